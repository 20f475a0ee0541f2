"""Documents at the agent: they arrive, people count blind and book; what is refused changes nothing."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from pos_agent.link.inbox import take_down
from sync.rules.baseline import SkuBalance
from sync.rules.canonical import to_raw
from sync.rules.facts import DocumentStep
from sync.rules.items import DocumentItem, DocumentLine
from sync.rules.rights import StoreStock
from sync.rules.store.begin_log import NOTHING, Mirror, begin_log
from sync.rules.streams import Down
from tests.unit.pos_agent.agent_stage import COLA, MILK, SOAP, Stage, client, gtin

ONE = "/api/v1/documents/d-1"


def asked(
    task: Any, *lines: tuple[str, int], document: str = "d-1", rev: int = 1, **more: Any
) -> DocumentItem:
    """What the headquarters ask; by default five colas."""
    return DocumentItem(
        id=document,
        rev=rev,
        task=task,
        number=f"N-{document}",
        at=f"2026-05-01T03:0{document[-1]}:00.000Z",
        lines=tuple(
            DocumentLine(sku=sku, qty=qty, names={"zh-CN": sku}) for sku, qty in lines or ((COLA, 5),)
        ),
        **more,
    )


async def arrive(stage: Stage, *items: DocumentItem) -> None:
    """A DOWN brings them."""
    position = await stage.run(lambda book: book.position())
    base = position.dver
    down = Down(
        hinc=1, sinc=1, base=base, ver=base + len(items), app=0, items=tuple(to_raw(item) for item in items)
    )
    await take_down(stage.desk, down)


async def found(caller: httpx.AsyncClient, sku: str, qty: int, **more: Any) -> httpx.Response:
    """Somebody says what was found."""
    return await caller.post(f"{ONE}/lines", json={"sku": sku, "qty": qty, **more})


async def told_of_documents(stage: Stage) -> list[tuple[str, str]]:
    """The log's steps of documents."""
    return [(raw["document"], raw["to"]) for raw in await stage.events() if raw["kind"] == "document"]


async def test_open_documents_are_listed_the_oldest_first(stage: Stage) -> None:
    newer = asked("count", (COLA, 0), (MILK, 0), document="d-2", note="冷柜")
    await arrive(stage, newer, asked("receiving", partner="供货商"))
    async with client(stage) as clerk:
        told = (await clerk.get("/api/v1/documents")).json()
        status = (await clerk.get("/api/v1/status")).json()
    assert (told["open"], status["documents"]) == (2, 2)
    assert told["documents"] == [
        {
            "id": "d-1", "task": "receiving", "number": "N-d-1", "partner": "供货商", "note": "",
            "at": "2026-05-01T03:01:00.000Z", "own": False, "lines": 1, "found": 0,
        },
        {
            "id": "d-2", "task": "count", "number": "N-d-2", "partner": "", "note": "冷柜",
            "at": "2026-05-01T03:02:00.000Z", "own": False, "lines": 2, "found": 0,
        },
    ]  # fmt: skip


async def test_a_document_that_arrives_is_told_to_the_open_pages(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(stage.desk.screens, "publish", lambda *event: told.append(event))
    await arrive(stage, asked("receiving"))
    assert told == [("status", "documents", {"document": "d-1"})]


async def test_a_delivery_is_booked_with_what_really_came(stage: Stage) -> None:
    await arrive(stage, asked("receiving", (COLA, 5), ("NEW-9", 2)))
    async with client(stage, "lin") as manager:
        shown = (await manager.get(ONE)).json()
        assert shown["lines"][0] == {
            "sku": COLA, "bucket": "floor", "gtin": gtin(1), "shelf": "A-01",
            "names": {"zh-CN": "可口可乐 500ml", "en": "Cola 500 ml"},
            "asked": 5, "found": None,
        }  # fmt: skip
        assert shown["lines"][1]["names"] == {"zh-CN": "NEW-9"}
        assert (await found(manager, COLA, 6)).json()["lines"][0]["found"] == 6
        refused = await manager.post(f"{ONE}/book", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "lines_missing")
        booked = await manager.post(f"{ONE}/book", json={"partly": True})
    assert (booked.status_code, booked.json()["state"], booked.json()["ended_by"]) == (200, "booked", "lin")
    assert (await stage.sku(COLA)).floor == 6
    assert await told_of_documents(stage) == [("d-1", "received"), ("d-1", "booked")]


async def test_people_count_blind_and_sales_fall_on_their_side(stage: Stage) -> None:
    await stage.receive(SKU_1=9)
    await arrive(stage, asked("count", (COLA, 0)))
    async with client(stage, "lin") as manager:
        counted = (await found(manager, COLA, 8)).json()
        assert (counted["lines"][0]["asked"], counted["lines"][0]["found"], counted["moved"]) == (
            None,
            8,
            False,
        )
        assert "expected" not in counted["lines"][0]
        scanned = await manager.post("/api/v1/till/scan", json={"code": gtin(1)})
        assert scanned.status_code == 200
        ticket = scanned.json()["ticket"]["id"]
        cash = {"ticket": ticket, "tender": "cash", "given_minor": 350, "override": None}
        paid = await manager.post("/api/v1/till/pay", json=cash)
        assert paid.status_code == 200, paid.text
        assert (await found(manager, COLA, 8)).json()["moved"] is True
        assert (await found(manager, COLA, 7)).json()["moved"] is False
        assert (await manager.post(f"{ONE}/book", json={})).status_code == 200
    assert (await stage.sku(COLA)).floor == 7


async def test_a_clerk_counts_and_a_manager_books(stage: Stage) -> None:
    await arrive(stage, asked("receiving"))
    async with client(stage) as clerk:
        assert (await found(clerk, COLA, 5)).status_code == 200
        for path, body in (("book", {}), ("refuse", {"reason": "no"})):
            assert (await clerk.post(f"{ONE}/{path}", json=body)).status_code == 403
    assert await told_of_documents(stage) == [("d-1", "received")]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("d-1/lines", {"sku": MILK, "qty": 1}, 404, "unknown_line"),
        ("d-1/lines", {"sku": COLA, "qty": 6}, 409, "beyond_asked"),
        ("d-9/lines", {"sku": COLA, "qty": 1}, 404, "unknown_document"),
        ("d-1/lines", {"sku": COLA, "qty": -1}, 422, "input.invalid"),
        ("d-1/lines", {"sku": COLA, "qty": 1, "bucket": "staged"}, 422, "input.invalid"),
        ("d-1/book", {}, 409, "nothing_found"),
        ("d-1/refuse", {"reason": " "}, 422, "input.invalid"),
        ("d-9/refuse", {"reason": "no"}, 404, "unknown_document"),
        ("a b/book", {}, 404, "unknown_document"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    stage: Stage, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    await arrive(stage, asked("transfer_out"))
    before = await stage.rows("SELECT * FROM store_document"), await stage.events()
    async with client(stage, "lin") as manager:
        answer = await manager.post(f"/api/v1/documents/{path}", json=body)
        unknown = await manager.get("/api/v1/documents/d-9")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_document")
    assert (await stage.rows("SELECT * FROM store_document"), await stage.events()) == before


async def test_goods_owed_online_are_not_shipped(stage: Stage) -> None:
    await stage.receive(SKU_1=4)
    await arrive(stage, asked("transfer_out"))
    async with client(stage, "lin") as manager:
        await found(manager, COLA, 3)
        short = await manager.post(f"{ONE}/book", json={})
    told = short.json()
    assert (short.status_code, told["code"], told["bucket"]) == (409, "not_free", "floor")
    parts = {name: told[name] for name in ("wanted", "left", "shelf", "promised", "picked", "online")}
    assert parts == {"wanted": 3, "left": 2, "shelf": 4, "promised": 0, "picked": 0, "online": 2}
    assert (await stage.sku(COLA)).floor == 4


async def test_what_may_not_leave_is_named_with_its_parts(stage: Stage) -> None:
    await stage.receive(SKU_1=9)
    stock = StoreStock(floor=5, staged=2, damaged=1, granted=6, settled=1, open=4)
    await stage.run(lambda book: book.put_stock(COLA, stock))
    floor = asked("transfer_out", (COLA, 3)).lines[0]
    lines = (floor, replace(floor, bucket="damaged"))
    await arrive(stage, replace(asked("transfer_out"), lines=lines))
    async with client(stage, "lin") as manager:
        await found(manager, COLA, 3)
        await found(manager, COLA, 2, bucket="damaged")
        shelf = (await manager.post(f"{ONE}/book", json={})).json()
        await found(manager, COLA, 2)
        damaged = (await manager.post(f"{ONE}/book", json={})).json()
    assert (shelf["left"], shelf["shelf"], shelf["promised"], shelf["picked"], shelf["online"]) == (
        2, 5, 2, 2, 1,
    )  # fmt: skip
    assert (damaged["code"], damaged["bucket"], damaged["left"]) == ("not_free", "damaged", 1)
    assert "online" not in damaged


async def test_a_refused_document_is_over_and_says_why(stage: Stage) -> None:
    await arrive(stage, asked("receiving"))
    async with client(stage, "lin") as manager:
        refused = await manager.post(f"{ONE}/refuse", json={"reason": "不是本店的货"})
        assert refused.status_code == 200
        again = await found(manager, COLA, 1)
        shown = (await manager.get(ONE)).json()
        assert (await manager.get("/api/v1/documents")).json() == {"documents": [], "open": 0}
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (
        409,
        "document_ended",
        "refused",
    )
    assert shown == {
        "id": "d-1", "rev": 1, "state": "refused", "number": "N-d-1", "lines": [],
        "ended_at": stage.desk.at, "ended_by": "lin", "why": "不是本店的货",
    }  # fmt: skip


async def test_what_the_headquarters_decided_is_booked_on_arrival_though_the_catalogue_lags(
    stage: Stage,
) -> None:
    await arrive(stage, asked("adjust", ("NEW-9", 3)), asked("adjust", (COLA, -1), document="d-2"))
    assert (await stage.sku("NEW-9")).floor == 3
    assert (await stage.sku(COLA)).floor == 0
    steps = await told_of_documents(stage)
    assert steps == [("d-1", "received"), ("d-1", "booked"), ("d-2", "received"), ("d-2", "refused")]


async def lose_the_books(stage: Stage, *skus: str) -> None:
    """A ledger that begins with what the hub knew, four of each, and with a delivery booked before."""
    mirror = Mirror(
        from_sinc=1,
        from_seq=9,
        doubt=False,
        stocks=tuple(SkuBalance(sku=sku, floor=4) for sku in skus),
        holds=(),
        documents=(DocumentStep(document="d-1", rev=1, to="booked", at=stage.desk.at),),
    )
    await stage.run(lambda book: begin_log(book, book.position(), mirror, NOTHING, stage.desk.at))


async def test_after_a_loss_frozen_goods_are_counted_instead_of_accepted(stage: Stage) -> None:
    await lose_the_books(stage, COLA, MILK)
    async with client(stage, "lin") as manager:
        begun = await manager.post("/api/v1/counts", json={"frozen": True})
        assert begun.status_code == 201
        own = begun.json()
        assert (own["own"], own["task"], own["number"]) == (True, "count", "C-0501-120000")
        assert [line["sku"] for line in own["lines"]] == [COLA, MILK]
        second = await manager.post("/api/v1/counts", json={"frozen": True})
        assert (second.status_code, second.json()["code"]) == (409, "is_sure")
        path = f"/api/v1/documents/{own['id']}"
        for sku, qty in ((COLA, 4), (SOAP, 2)):
            assert (await manager.post(f"{path}/lines", json={"sku": sku, "qty": qty})).status_code == 200
        unknown = await manager.post(f"{path}/lines", json={"sku": "nothing", "qty": 1})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_sku")
        assert (await manager.post(f"{path}/book", json={"partly": True})).status_code == 200
        assert (await manager.get("/api/v1/frozen")).json()["count"] == 1
    assert [(await stage.sku(sku)).frozen for sku in (COLA, MILK)] == [False, True]
    assert (await stage.sku(SOAP)).floor == 2
    assert await told_of_documents(stage) == [("d-1", "booked"), (own["id"], "booked")]


async def test_a_count_of_the_stores_own_needs_known_goods(stage: Stage) -> None:
    async with client(stage) as clerk:
        for body, status in (
            ({"skus": ["nothing"]}, 404),
            ({}, 422),
            ({"skus": [COLA], "frozen": True}, 422),
        ):
            assert (await clerk.post("/api/v1/counts", json=body)).status_code == status
        begun = await clerk.post("/api/v1/counts", json={"skus": [COLA, MILK, COLA]})
    assert [line["sku"] for line in begun.json()["lines"]] == [COLA, MILK]
    assert await stage.events() == []


async def test_a_booked_document_that_is_told_anew_to_a_new_ledger_stays_booked(stage: Stage) -> None:
    await lose_the_books(stage, COLA)
    await arrive(stage, asked("receiving", rev=2))
    async with client(stage) as clerk:
        assert (await clerk.get("/api/v1/documents")).json()["open"] == 0
    assert (await stage.sku(COLA)).floor == 4


async def receive_note(caller: httpx.AsyncClient, ref: str, qty: int) -> httpx.Response:
    """Somebody books a delivery note of colas on the receiving page."""
    body = {"ref": ref, "lines": [{"sku": COLA, "qty": qty}]}
    return await caller.post("/api/v1/stock/receive", json=body)


@pytest.mark.parametrize("came", [3, 5])
async def test_a_note_that_was_booked_as_a_document_is_not_received_again(stage: Stage, came: int) -> None:
    await arrive(stage, asked("receiving"))
    async with client(stage, "lin") as manager:
        await found(manager, COLA, came)
        assert (await manager.post(f"{ONE}/book", json={})).status_code == 200
        before = await stage.events()
        again = await receive_note(manager, "N-d-1", 5)
        other = await receive_note(manager, "N-d-2", 1)
    assert (again.status_code, again.json()["code"]) == (409, "ref_booked")
    assert (again.json()["at"], again.json()["by"]) == (stage.desk.at, "lin")
    assert (other.status_code, (await stage.sku(COLA)).floor) == (201, came + 1)
    assert (await stage.events())[: len(before)] == before


async def test_a_document_whose_note_was_received_before_can_only_be_refused(stage: Stage) -> None:
    await arrive(stage, asked("receiving"))
    async with client(stage, "lin") as manager:
        assert (await receive_note(manager, "N-d-1", 5)).status_code == 201
        await found(manager, COLA, 5)
        before = await stage.rows("SELECT * FROM store_document"), await stage.events()
        booked = await manager.post(f"{ONE}/book", json={})
        assert (await stage.rows("SELECT * FROM store_document"), await stage.events()) == before
        refused = await manager.post(f"{ONE}/refuse", json={"reason": "已收"})
    assert (booked.status_code, booked.json()["code"]) == (409, "received_before")
    assert (booked.json()["at"], booked.json()["by"]) == (stage.desk.at, "lin")
    assert (refused.status_code, (await stage.sku(COLA)).floor) == (200, 5)


async def test_two_documents_of_one_number_and_other_tasks_are_the_headquarters_business(
    stage: Stage,
) -> None:
    twin = replace(asked("receiving", document="d-2"), number="N-d-1")
    other = replace(asked("transfer_in", document="d-3"), number="N-9")
    await arrive(stage, asked("receiving"), twin, other)
    async with client(stage, "lin") as manager:
        assert (await receive_note(manager, "N-9", 1)).status_code == 201
        for document in ("d-1", "d-2", "d-3"):
            path = f"/api/v1/documents/{document}"
            await manager.post(f"{path}/lines", json={"sku": COLA, "qty": 2})
            assert (await manager.post(f"{path}/book", json={})).status_code == 200
    assert (await stage.sku(COLA)).floor == 7


async def test_a_note_of_which_nothing_came_can_still_be_received(stage: Stage) -> None:
    await arrive(stage, asked("receiving"))
    async with client(stage, "lin") as manager:
        await found(manager, COLA, 0)
        assert (await manager.post(f"{ONE}/book", json={})).status_code == 200
        assert (await receive_note(manager, "N-d-1", 5)).status_code == 201
    assert (await stage.sku(COLA)).floor == 5
