"""Documents for programs: every bad input is told in words, and nothing changes."""

from typing import Any

import httpx2
import pytest

from hub.kernel import Kernel
from sync.rules.facts import DocumentTo
from tests.unit.hub.documents_pages.said import DELIVERY, PATH, TRANSFER, given, post, rows, tells


async def test_a_document_is_given_listed_and_shown(
    hq: httpx2.AsyncClient, monitor: httpx2.AsyncClient
) -> None:
    answer = await post(hq, DELIVERY)
    assert answer.status_code == 201
    document = answer.json()["id"]
    assert (answer.json()["number"], answer.json()["state"]) == ("D-1", "asked")

    listed = (await monitor.get(PATH)).json()
    shown = (await monitor.get(f"{PATH}/{document}")).json()

    assert [one["id"] for one in listed["documents"]] == [document]
    assert listed["next_after"] == ""
    head = shown["document"]
    assert (head["task"], head["store"], head["partner"], head["given_by"]) == (
        "receiving",
        "s1",
        "Tea Co",
        "hq",
    )
    assert [(line["sku"], line["qty"], line["asked"], line["found"]) for line in shown["lines"]] == [
        ("tea", 10, None, None),
        ("soap", 4, None, None),
    ]
    assert [(deed["kind"], deed["by"]) for deed in shown["history"]] == [("given", "hq")]
    assert shown["transfer"] is None


async def test_the_same_key_is_answered_the_same_and_another_body_is_refused(
    hq: httpx2.AsyncClient, kernel: Kernel
) -> None:
    first = await post(hq, DELIVERY)
    before = await rows(kernel)
    assert (await post(hq, DELIVERY)).json() == first.json()
    other = await post(hq, {**DELIVERY, "number": "D-2"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.reused")
    assert await rows(kernel) == before


def lines(count: int) -> list[dict[str, Any]]:
    """That many lines."""
    return [{"sku": f"sku-{number}", "qty": 1} for number in range(count)]


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"store": "s9"}, 404, "store.unknown", ""),
        ({"store": "s3"}, 409, "store.not_enrolled", ""),
        ({**TRANSFER, "to_store": "s3"}, 409, "store.not_enrolled", ""),
        ({**TRANSFER, "to_store": "s9"}, 404, "store.unknown", ""),
        ({**TRANSFER, "to_store": "s1"}, 422, "same_store", "to_store"),
        ({**TRANSFER, "to_store": ""}, 422, "store_missing", "to_store"),
        ({"lines": [{"sku": "tea", "qty": 1}, {"sku": "odd", "qty": 1}]}, 422, "sku_unknown", "lines.1.sku"),
        ({"lines": [{"sku": "tea", "qty": 1}] * 2}, 422, "sku_twice", "lines.1.sku"),
        ({"lines": [{"sku": "tea", "qty": 0}]}, 422, "qty_wrong", "lines.0.qty"),
        ({"lines": [{"sku": "tea", "qty": -5}]}, 422, "qty_wrong", "lines.0.qty"),
        ({"lines": [{"sku": "tea", "qty": 1_000_000_001}]}, 422, "qty_wrong", "lines.0.qty"),
        ({"lines": [{"sku": "tea", "qty": 10**30}]}, 422, "less_than_equal", "lines.0.qty"),
        ({"lines": [{"sku": "tea", "qty": 1.5}]}, 422, "int_type", "lines.0.qty"),
        ({"lines": [{"sku": "tea", "qty": 1, "bucket": "damaged"}]}, 422, "bucket_wrong", "lines.0.bucket"),
        ({"lines": []}, 422, "no_lines", "lines"),
        ({"lines": lines(101)}, 422, "too_many_for_one", "lines"),
        ({"number": " "}, 422, "number_missing", "number"),
        ({"number": "x" * 201}, 422, "string_too_long", "number"),
        ({"note": "a\u0007b"}, 422, "text.control", "note"),
        ({"task": "count"}, 422, "qty_of_count", "lines.0.qty"),
        ({"task": "adjust"}, 422, "reason_missing", "note"),
        (
            {"task": "adjust", "note": "x", "lines": [{"sku": "tea", "qty": 0}]},
            422,
            "qty_of_adjust",
            "lines.0.qty",
        ),
        ({"task": "nonsense"}, 422, "literal_error", "task"),
        ({"extra": 1}, 422, "extra_forbidden", "extra"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(
    hq: httpx2.AsyncClient, kernel: Kernel, change: dict[str, Any], status: int, code: str, field: str
) -> None:
    before = await rows(kernel)
    answer = await post(hq, {**DELIVERY, **change})

    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    if field:
        assert told["code"] == "input.invalid"
        assert (told["errors"][0]["field"], told["errors"][0]["code"]) == (field, code)
        assert told["errors"][0]["message"]
    else:
        assert told["code"] == code
        assert told["detail"]
    assert await rows(kernel) == before


async def test_a_call_without_a_key_is_refused(hq: httpx2.AsyncClient, kernel: Kernel) -> None:
    before = await rows(kernel)
    answer = await hq.post(PATH, json=DELIVERY)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.missing")
    assert await rows(kernel) == before


async def test_who_may_not_change_may_look(
    nobody: httpx2.AsyncClient, monitor: httpx2.AsyncClient, kernel: Kernel, hq: httpx2.AsyncClient
) -> None:
    document = await given(hq)
    before = await rows(kernel)
    paths = {"": DELIVERY, f"/{document}/withdraw": {}, f"/{document}/close": {"why": "x"}}
    paths |= {f"/{document}/revise": {"rev": 1, "lines": []}, f"/{document}/send-on": {"store": "s2"}}
    for path, body in paths.items():
        headers = {"idempotency-key": "k2"}
        assert (await monitor.post(PATH + path, json=body, headers=headers)).status_code == 403
        assert (await nobody.post(PATH + path, json=body, headers=headers)).status_code == 401
    assert (await nobody.get(PATH)).status_code == 401
    assert (await monitor.get(f"{PATH}/{document}")).status_code == 200
    assert await rows(kernel) == before


async def test_a_refusal_speaks_the_callers_language(hq: httpx2.AsyncClient) -> None:
    answer = await hq.post(
        PATH,
        json={**DELIVERY, "store": "s3"},
        headers={"idempotency-key": "k1", "accept-language": "zh-CN"},
    )
    assert answer.json()["title"] == "门店 s3 还没有门店代理"


async def test_revise_and_withdraw(hq: httpx2.AsyncClient, kernel: Kernel) -> None:
    document = await given(hq)
    revised = await hq.post(
        f"{PATH}/{document}/revise", json={"rev": 1, "lines": [{"sku": "tea", "qty": 12}], "why": "more"}
    )
    assert (revised.status_code, revised.json()["document"]["rev"]) == (200, 2)
    assert [(line["sku"], line["qty"]) for line in revised.json()["lines"]] == [("tea", 12)]
    withdrawn = await hq.post(f"{PATH}/{document}/withdraw", json={"why": "wrong store"})
    assert withdrawn.status_code == 200
    assert (withdrawn.json()["document"]["state"], withdrawn.json()["document"]["rev"]) == ("asked", 3)
    assert withdrawn.json()["document"]["withdraw_asked_at"] is not None
    assert [deed["kind"] for deed in withdrawn.json()["history"]] == ["given", "revised", "withdraw_asked"]


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("revise", {"rev": 2, "lines": [{"sku": "tea", "qty": 1}]}, 409, "document.changed"),
        ("revise", {"rev": 1, "lines": []}, 422, "input.invalid"),
        ("revise", {"rev": 1, "lines": [{"sku": "odd", "qty": 1}]}, 422, "input.invalid"),
        ("revise", {"rev": 1, "lines": lines(101)}, 422, "input.invalid"),
        ("revise", {"rev": 0, "lines": [{"sku": "tea", "qty": 1}]}, 422, "input.invalid"),
        ("close", {"why": "lost"}, 409, "document.no_transfer"),
        ("close", {"why": "  "}, 422, "input.invalid"),
        ("close", {}, 422, "input.invalid"),
        ("send-on", {"store": "s2"}, 409, "document.no_transfer"),
        ("send-on", {"store": "S 2"}, 422, "input.invalid"),
        ("withdraw", {"why": "x" * 201}, 422, "input.invalid"),
    ],
)
async def test_bad_changes_are_refused_and_change_nothing(
    hq: httpx2.AsyncClient, kernel: Kernel, what: str, body: Any, status: int, code: str
) -> None:
    document = await given(hq)
    before = await rows(kernel)
    answer = await hq.post(f"{PATH}/{document}/{what}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rows(kernel) == before


@pytest.mark.parametrize("what", ["revise", "withdraw", "close", "send-on"])
async def test_there_is_no_such_document(hq: httpx2.AsyncClient, what: str) -> None:
    bodies = {"revise": {"rev": 1, "lines": []}, "close": {"why": "x"}, "send-on": {"store": "s1"}}
    answer = await hq.post(f"{PATH}/nothing/{what}", json=bodies.get(what, {}))
    assert (answer.status_code, answer.json()["code"]) == (404, "document.unknown")
    assert (await hq.get(f"{PATH}/nothing")).json()["code"] == "document.unknown"


async def test_what_has_ended_cannot_be_asked_back(hq: httpx2.AsyncClient, kernel: Kernel) -> None:
    document = await given(hq)
    await tells(kernel, "s1", document, "booked", ("tea", 10, 10), ("soap", 4, 4))
    before = await rows(kernel)
    answer = await hq.post(f"{PATH}/{document}/withdraw", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "document.ended")
    assert await rows(kernel) == before


async def test_a_transfer_is_told_with_what_is_in_transit_and_closed(
    hq: httpx2.AsyncClient, kernel: Kernel
) -> None:
    document = await given(hq, TRANSFER)
    await tells(kernel, "s1", document, "booked", ("tea", 3, 3))
    transfer = (await hq.get(f"{PATH}/{document}")).json()["transfer"]
    assert (transfer["state"], transfer["source"], transfer["target"], transfer["in_transit"]) == (
        "in_transit",
        "s1",
        "s2",
        3,
    )
    _, arrival = transfer["documents"]
    early = await hq.post(f"{PATH}/{document}/close", json={"why": "lost"})
    assert (early.status_code, early.json()["code"]) == (409, "transfer.still_open")
    await tells(kernel, "s2", arrival, "booked", ("tea", 3, 1))

    closed = await hq.post(f"{PATH}/{arrival}/close", json={"why": "lost on the road"})

    assert (closed.status_code, closed.json()) == (200, {"units": 2})
    transfer = (await hq.get(f"{PATH}/{document}")).json()["transfer"]
    assert (transfer["state"], transfer["in_transit"], transfer["closed_by"]) == (
        "discrepancy_closed",
        0,
        "hq",
    )
    assert transfer["units"] == [
        {"sku": "tea", "bucket": "floor", "went": 3, "came": 1, "closed": 2, "in_transit": 0}
    ]
    again = await hq.post(f"{PATH}/{document}/close", json={"why": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "transfer.nothing_in_transit")


async def test_refused_goods_are_sent_on(hq: httpx2.AsyncClient, kernel: Kernel) -> None:
    document = await given(hq, TRANSFER)
    await tells(kernel, "s1", document, "booked", ("tea", 3, 3))
    _, arrival = (await hq.get(f"{PATH}/{document}")).json()["transfer"]["documents"]
    await tells(kernel, "s2", arrival, "refused", why="shop is full")
    before = await rows(kernel)
    for store, status in (("s3", 409), ("s9", 404)):
        assert (await hq.post(f"{PATH}/{document}/send-on", json={"store": store})).status_code == status
    assert await rows(kernel) == before

    answer = await hq.post(f"{PATH}/{document}/send-on", json={"store": "s1"})
    shown = (await hq.get(f"{PATH}/{answer.json()['id']}")).json()
    assert (answer.status_code, shown["document"]["store"], shown["document"]["task"]) == (
        201,
        "s1",
        "transfer_in",
    )


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["T", "C", "D-1"]),
        ("?store=s2", []),
        ("?task=receiving", ["D-1"]),
        ("?task=transfer", ["T"]),
        ("?task=transfer_in", []),
        ("?state=booked", ["D-1"]),
        ("?state=open", ["T", "C"]),
        ("?state=on_the_road", []),
        ("?store=s1&task=count&state=asked", ["C"]),
        ("?store=%27%20OR%201=1", []),
    ],
)
async def test_filters(hq: httpx2.AsyncClient, kernel: Kernel, query: str, numbers: list[str]) -> None:
    delivery = await given(hq)
    await given(hq, {"task": "count", "store": "s1", "number": "C", "lines": [{"sku": "tea"}]}, "k2")
    await given(hq, {**TRANSFER, "number": "T"}, "k3")
    await tells(kernel, "s1", delivery, "booked", ("tea", 10, 10), ("soap", 4, 4))
    listed = (await hq.get(PATH + query)).json()
    assert [one["number"] for one in listed["documents"]] == numbers


async def test_pages_hold_every_document_once(hq: httpx2.AsyncClient) -> None:
    for number in range(53):
        await given(hq, {**DELIVERY, "number": f"D-{number}"}, f"k{number}")
    first = (await hq.get(PATH)).json()
    second = (await hq.get(f"{PATH}?after={first['next_after']}")).json()
    told = [one["number"] for page in (first, second) for one in page["documents"]]
    assert (len(first["documents"]), len(second["documents"]), second["next_after"]) == (50, 3, "")
    assert told == [f"D-{number}" for number in reversed(range(53))]


@pytest.mark.parametrize("query", ["?state=nonsense", "?task=nonsense", "?after=" + "x" * 65])
async def test_what_cannot_be_asked_for_is_refused(monitor: httpx2.AsyncClient, query: str) -> None:
    assert (await monitor.get(PATH + query)).status_code == 422


async def test_a_delivery_is_given_once_to_a_store_whatever_the_key(
    hq: httpx2.AsyncClient, kernel: Kernel
) -> None:
    first = await given(hq)
    before = await rows(kernel)
    again = await post(hq, {**DELIVERY, "lines": [{"sku": "tea", "qty": 1}]}, "k2")
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")
    told = again.json()
    assert (told["code"], told["document"]) == ("document.given_already", first)
    assert told["title"] == "Delivery D-1 was given to this store already"
    assert "give it another number" in told["detail"]
    assert await rows(kernel) == before
    for key, other in (("k3", {"store": "s2"}), ("k4", {"number": "D-2"})):
        assert (await post(hq, {**DELIVERY, **other}, key)).status_code == 201
    count = {"task": "count", "store": "s1", "number": "D-1", "lines": [{"sku": "tea"}]}
    assert (await post(hq, count, "k5")).status_code == 201


@pytest.mark.parametrize(("end", "status"), [("refused", 201), ("withdrawn", 201), ("booked", 409)])
async def test_a_delivery_that_booked_nothing_may_be_given_again(
    hq: httpx2.AsyncClient, kernel: Kernel, end: DocumentTo, status: int
) -> None:
    first = await given(hq)
    await tells(kernel, "s1", first, end, ("tea", 10, 10), ("soap", 4, 4))
    assert (await post(hq, DELIVERY, "k2")).status_code == status


async def test_a_delivery_in_parts_is_the_same_delivery(hq: httpx2.AsyncClient, kernel: Kernel) -> None:
    await given(hq)
    await kernel.writer.run(
        lambda transaction: transaction.execute("UPDATE document SET number = 'D-1/1'").rowcount
    )
    before = await rows(kernel)
    assert (await post(hq, DELIVERY, "k2")).status_code == 409
    assert await rows(kernel) == before
