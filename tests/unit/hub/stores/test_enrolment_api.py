"""Enrolment over HTTP: a code works once and in time, guessing is slow, the broker follows."""

import asyncio
import base64
from pathlib import Path

import httpx2
import pytest

from hub.broker.files import read_users
from hub.broker.secret_hash import secret_matches
from hub.kernel import Kernel
from hub.stores.sync_broker import sync_broker
from tests.unit.hub.stores.running_hub import SetClock


async def code_for(hq: httpx2.AsyncClient, store: str) -> str:
    answer = await hq.post(f"/api/v1/stores/{store}/enrolment-codes")
    assert answer.status_code == 201, answer.text
    code: str = answer.json()["code"]
    return code


async def streams(kernel: Kernel) -> list[tuple[object, ...]]:
    return await kernel.reader.all("SELECT * FROM store_stream ORDER BY store")


async def test_a_code_turns_an_agent_into_its_store(
    kernel: Kernel, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    code = await code_for(hq, "s1")

    answer = await nobody.post("/api/v1/enrolments", json={"code": code, "app_version": "0.1.0"})

    assert answer.status_code == 201
    told = answer.json()
    assert (told["store"], told["sinc"], told["hinc"]) == ("s1", 1, 1)
    assert told["broker"] == {"url": "mqtt://broker.test:1883", "user": "s1"}
    assert told["hub_keys"] == [
        {"id": kernel.key.key_id, "public": base64.b64encode(kernel.key.public).decode()}
    ]
    assert told["names"] == {"zh-CN": "s1 店", "en": "Store s1"}
    assert (told["locale"], told["currency"], told["tz"]) == ("zh-CN", "CNY", "Asia/Shanghai")
    facts = kernel.directory.get("s1")
    assert facts is not None
    assert facts.sinc == 1
    folder = kernel.settings.broker.folder
    assert folder is not None
    users = read_users(folder / "users.json")
    assert set(users) == {"hub", "s1"}
    assert secret_matches(told["secret"], users["s1"])


async def test_an_enrolment_that_takes_too_long_keeps_its_code(
    hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"code": await code_for(hq, "s1")}
    monkeypatch.setattr("hub.stores.enrolling.HASH_LIMIT_S", 0.0)

    slow = await nobody.post("/api/v1/enrolments", json=given)
    monkeypatch.undo()
    again = await nobody.post("/api/v1/enrolments", json=given)

    assert (slow.status_code, slow.json()["code"], slow.headers["retry-after"]) == (503, "hub.slow", "10")
    assert again.status_code == 201


async def test_a_second_enrolment_shuts_the_first_agent_out(
    kernel: Kernel, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    first = await nobody.post("/api/v1/enrolments", json={"code": await code_for(hq, "s1")})

    second = await nobody.post("/api/v1/enrolments", json={"code": await code_for(hq, "s1")})

    assert (first.json()["sinc"], second.json()["sinc"]) == (1, 2)
    folder = kernel.settings.broker.folder
    assert folder is not None
    users = read_users(folder / "users.json")
    assert not secret_matches(first.json()["secret"], users["s1"])
    assert secret_matches(second.json()["secret"], users["s1"])


async def test_a_used_code_is_refused_and_changes_nothing(
    kernel: Kernel, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    code = await code_for(hq, "s1")
    await nobody.post("/api/v1/enrolments", json={"code": code})
    before = await streams(kernel)

    again = await nobody.post("/api/v1/enrolments", json={"code": code})

    assert (again.status_code, again.json()["code"]) == (403, "enrolment_code_refused")
    assert await streams(kernel) == before


async def test_an_old_code_is_refused(
    kernel: Kernel, clock: SetClock, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    code = await code_for(hq, "s1")
    before = await streams(kernel)
    clock.move(hours=1, seconds=1)

    answer = await nobody.post("/api/v1/enrolments", json={"code": code})

    assert answer.status_code == 403
    assert await streams(kernel) == before


async def test_one_code_used_by_five_at_once_makes_one_agent(
    kernel: Kernel, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    code = await code_for(hq, "s1")

    answers = await asyncio.gather(
        *[nobody.post("/api/v1/enrolments", json={"code": code}) for _ in range(5)]
    )

    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403, 403]
    assert (await streams(kernel))[0][1] == 1


async def test_guessing_codes_is_stopped_and_told_for_how_long(
    clock: SetClock, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    for _ in range(10):
        answer = await nobody.post("/api/v1/enrolments", json={"code": "AAAA-AAAA"})
        assert answer.status_code == 403
    code = await code_for(hq, "s1")

    locked = await nobody.post("/api/v1/enrolments", json={"code": code})
    clock.move(minutes=10)
    later = await nobody.post("/api/v1/enrolments", json={"code": code})

    assert (locked.status_code, locked.json()["code"], locked.headers["retry-after"]) == (
        429,
        "enrolment_locked",
        "600",
    )
    assert locked.json()["detail"] == "Wait 10 min, then try again with a new code from HQ."
    assert later.status_code == 201


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"code": 5}', b'{"code": "x"}', b'{"code":"AAAA-AAAA","x":1}', b"\xff"]
)
async def test_a_body_that_is_no_enrolment_is_refused(
    kernel: Kernel, nobody: httpx2.AsyncClient, body: bytes
) -> None:
    before = await streams(kernel)

    answer = await nobody.post(
        "/api/v1/enrolments", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code == 422
    assert await streams(kernel) == before


async def test_only_hq_makes_codes_and_stores(
    kernel: Kernel, nobody: httpx2.AsyncClient, monitor: httpx2.AsyncClient
) -> None:
    for client, status in ((nobody, 401), (monitor, 403)):
        assert (await client.post("/api/v1/stores/s1/enrolment-codes")).status_code == status
        assert (await client.post("/api/v1/stores/s1/revocation")).status_code == status
        assert (await client.post("/api/v1/stores", json={})).status_code == status

    assert await kernel.reader.all("SELECT * FROM enrolment_code") == []


async def test_a_code_for_no_store_is_refused(hq: httpx2.AsyncClient) -> None:
    answer = await hq.post("/api/v1/stores/nowhere/enrolment-codes")

    assert (answer.status_code, answer.json()["code"]) == (404, "store.unknown")


async def test_a_revoked_store_is_cut_from_the_broker(
    kernel: Kernel, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    await nobody.post("/api/v1/enrolments", json={"code": await code_for(hq, "s1")})

    answer = await hq.post("/api/v1/stores/s1/revocation")

    assert answer.status_code == 204
    folder = kernel.settings.broker.folder
    assert folder is not None
    assert set(read_users(folder / "users.json")) == {"hub"}


async def test_hq_creates_and_changes_a_store(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    made = await hq.post("/api/v1/stores", json={"id": "s3", "names": {"en": "Three"}})
    changed = await hq.post("/api/v1/stores", json={"id": "s3", "names": {"en": "Third"}})

    assert (made.status_code, changed.status_code) == (201, 200)
    facts = kernel.directory.get("s3")
    assert facts is not None
    assert (facts.name("en"), facts.position) == ("Third", 2)


async def test_a_store_with_faults_is_refused_with_a_message_a_field(
    kernel: Kernel, hq: httpx2.AsyncClient
) -> None:
    body = {"id": "S 3", "names": {}, "tz": "Mars/Base", "colour": "red"}

    answer = await hq.post("/api/v1/stores", json=body)

    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["errors"]} == {"id", "names", "tz", "colour"}
    assert [store.id for store in kernel.directory.all()] == ["s1", "s2"]


@pytest.mark.parametrize(
    ("field", "value"), [("locale", "fr"), ("names", {"en": "A", "fr": "B"}), ("address", {"x" * 5_000: "A"})]
)
async def test_a_store_speaks_the_chains_languages_only(
    kernel: Kernel, hq: httpx2.AsyncClient, field: str, value: object
) -> None:
    body = {"id": "s3", "names": {"en": "Three"}, field: value}

    answer = await hq.post("/api/v1/stores", json=body)

    assert answer.status_code == 422
    assert {fault["field"].split(".")[0] for fault in answer.json()["errors"]} == {field}
    assert [store.id for store in kernel.directory.all()] == ["s1", "s2"]


@pytest.mark.parametrize("name", ["hub", "all"])
async def test_a_store_may_not_be_called_as_another_branch_of_the_topics(
    kernel: Kernel, hq: httpx2.AsyncClient, name: str
) -> None:
    answer = await hq.post("/api/v1/stores", json={"id": name, "names": {"en": "A store"}})

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["id"]
    assert [store.id for store in kernel.directory.all()] == ["s1", "s2"]


async def test_an_agent_gets_its_secret_even_when_the_brokers_folder_is_lost(
    kernel: Kernel, hq: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    folder = kernel.settings.broker.folder
    assert folder is not None
    await asyncio.to_thread(folder.write_text, "a file stands in the way")
    code = await code_for(hq, "s1")

    answer = await nobody.post("/api/v1/enrolments", json={"code": code})

    assert answer.status_code == 201
    await asyncio.to_thread(Path.unlink, folder)
    assert await sync_broker(kernel) == 2
    assert secret_matches(answer.json()["secret"], read_users(folder / "users.json")["s1"])
