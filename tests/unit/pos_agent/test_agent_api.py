"""The API's door and its manners: who may call, what bad input gets, what is documented."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pos_agent.app import build_app
from pos_agent.link.inbox import take_page
from pos_agent.problems import _TELL
from pos_agent.staff.session_store import TableSessions
from sync.rules.streams import Page
from sync.web.permissions import unguarded
from sync.web.sessions import Session
from sync.web.translation_check import check_translations
from tests.unit.pos_agent.agent_stage import COLA, MILK, SETTINGS, Stage, client, gtin, hold_item


async def test_nothing_is_told_to_nobody(stage: Stage) -> None:
    async with client(stage, None) as nobody:
        for path in ("/api/v1/status", "/api/v1/till/ticket", "/api/v1/counter", "/api/v1/stock/x"):
            answer = await nobody.get(path)
            assert (answer.status_code, answer.json()["code"]) == (401, "identity.missing")
        answer = await nobody.post("/api/v1/till/scan", json={"code": gtin(1)})
        assert answer.status_code == 401
        for path in ("/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"):
            assert (await nobody.get(path)).status_code == 200


async def test_a_wrong_pin_is_refused_and_soon_locked(stage: Stage) -> None:
    async with client(stage, None) as nobody:
        for login in ("mei", "nobody"):
            for _ in range(5):
                wrong = await nobody.post("/api/v1/session", json={"login": login, "pin": "0000"})
                assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_pin")
            locked = await nobody.post("/api/v1/session", json={"login": login, "pin": "2468"})
            assert (locked.status_code, locked.json()["code"]) == (429, "locked")
        stage.clock.go(61)
        right = await nobody.post("/api/v1/session", json={"login": "mei", "pin": "2468"})
        assert right.status_code == 201
    assert await stage.rows("SELECT count(*) FROM session") == [(1,)]


async def test_many_pins_tried_at_once_are_no_more_than_five(stage: Stage) -> None:
    async with client(stage, None) as nobody:
        tries = [
            nobody.post("/api/v1/session", json={"login": "mei", "pin": f"{pin:04d}"}) for pin in range(20)
        ]
        told = sorted(answer.status_code for answer in await asyncio.gather(*tries))
    assert told == [401] * 5 + [429] * 15
    assert await stage.rows("SELECT count(*) FROM session") == [(0,)]


@pytest.mark.parametrize("told", [{"role": ["manager"]}, {"role": None}, {"names": "林"}, {"pin_hash": 1}])
async def test_a_person_whose_entry_makes_no_sense_is_nobody(stage: Stage, told: dict[str, Any]) -> None:
    async with client(stage, None) as nobody:
        known: dict[str, Any] = dict(SETTINGS[1])["body"]  # type: ignore[assignment]
        entry = {"version": 51, "key": "staff:mei", "body": {**known, **told}}
        page = Page(name="store", hinc=1, since=50, to=51, top=51, entries=(entry,))
        assert (await take_page(stage.desk, page)).is_whole
        answer = await nobody.post("/api/v1/session", json={"login": "mei", "pin": "2468"})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_pin")


async def test_a_browser_signs_in_with_a_cookie_and_out_again(stage: Stage) -> None:
    page = {"sec-fetch-site": "same-origin"}
    async with client(stage, None) as browser:
        signed = await browser.post("/api/v1/sign-in", json={"login": "mei", "pin": "2468"}, headers=page)
        assert signed.json() == {"login": "mei", "names": {"zh-CN": "mei", "en": "mei"}, "role": "clerk"}
        status = await browser.get("/api/v1/status")
        assert (status.status_code, status.json()["staff"]["login"]) == (200, "mei")
        forged = await browser.post("/api/v1/till/clear", headers={"sec-fetch-site": "cross-site"})
        assert (forged.status_code, forged.json()["code"]) == (403, "origin.refused")
        assert (await browser.post("/api/v1/till/clear", headers=page)).status_code == 200
        assert (await browser.post("/api/v1/sign-out", headers=page)).status_code == 204
        assert (await browser.get("/api/v1/status")).status_code == 401


async def test_somebody_who_left_is_nobody_at_once(stage: Stage) -> None:
    async with client(stage) as clerk:
        assert (await clerk.get("/api/v1/status")).status_code == 200
        await stage.desk.ledger.writer.run(
            lambda tx: (
                tx.execute(
                    "UPDATE setting SET body = json_set(body, '$.active', json('false'))"
                    " WHERE key = 'staff:mei'"
                ).rowcount
            )
        )
        assert (await clerk.get("/api/v1/status")).status_code == 401


async def test_taking_goods_in_is_the_managers_and_counts_once(stage: Stage) -> None:
    body: dict[str, Any] = {"ref": "D-1", "reason": "receive", "lines": [{"sku": COLA, "qty": 6}]}
    async with client(stage) as clerk:
        assert (await clerk.post("/api/v1/stock/receive", json=body)).status_code == 403
    async with client(stage, "lin") as manager:
        first = await manager.post("/api/v1/stock/receive", json=body)
        again = await manager.post("/api/v1/stock/receive", json=body)
        body["lines"][0]["qty"] = 7
        other = await manager.post("/api/v1/stock/receive", json=body)
        lost = await manager.post(
            "/api/v1/stock/receive", json={**body, "ref": "D-2", "lines": [{"sku": "X", "qty": 1}]}
        )
        stock = (await manager.get(f"/api/v1/stock/{COLA}")).json()
        why = (await manager.get(f"/api/v1/stock/{COLA}/movements")).json()["movements"]
    assert [answer.status_code for answer in (first, again, other, lost)] == [201, 200, 409, 404]
    assert (other.json()["code"], lost.json()["code"]) == ("ref_reused", "unknown_sku")
    assert (stock["floor"], stock["granted"], stock["free"]) == (6, 3, 3)
    assert [(move["change"], move["ref"], move["reason"]) for move in why] == [(6, "D-1", "receive")]


JSON = {"content-type": "application/json"}
BAD_BODIES: tuple[Any, ...] = (
    None, [], 1, "x", {}, {"code": None}, {"code": 1}, {"code": ""}, {"code": "x" * 701}, {"code": "a\x00b"},
    {"code": "\ud800"}, {"code": gtin(1), "more": 1}, {"line": -1}, {"line": 2**70}, {"qty": 1.5},
    {"qty": "2"},
    {"sku": COLA, "qty": 0}, {"sku": COLA, "qty": 1_000_001}, {"given_minor": -1, "ticket": "x"},
    {"given_minor": 2**64, "ticket": "x"}, {"ref": "", "lines": []}, {"token": "a", "code": "b"},
    {"ref": "r", "lines": [{"sku": "x", "qty": 1}] * 20_001}, {"why": "a\u2028b"},
    {"login": "a" * 99, "pin": "1"},
)  # fmt: skip
PATHS = (
    "/api/v1/till/scan", "/api/v1/till/lines", "/api/v1/till/pay", "/api/v1/stock/receive", "/api/v1/session",
    "/api/v1/sign-in", "/api/v1/counter/find", "/api/v1/counter/orders/o-1/scan",
    "/api/v1/counter/orders/o-1/short",
    "/api/v1/counter/orders/o-1/put-back", "/api/v1/counter/orders/o-1/release",
    "/api/v1/counter/orders/%00/pick",
    "/api/v1/counter/orders/o-1/hand-over", "/api/v1/counter/orders/nope/ready",
)  # fmt: skip


async def test_lines_that_sum_to_more_than_a_movement_carries_are_refused(stage: Stage) -> None:
    lines = [{"sku": sku, "qty": 600_000_000} for sku in (COLA, MILK, COLA)]
    async with client(stage, "lin") as manager:
        refused = await manager.post("/api/v1/stock/receive", json={"ref": "d-1", "lines": lines})
        taken = await manager.post("/api/v1/stock/receive", json={"ref": "d-1", "lines": lines[:2]})
    told = refused.json()
    assert (refused.status_code, told["code"], told["sku"], told["line"]) == (422, "too_many_units", COLA, 3)
    assert (taken.status_code, taken.json()["seq"]) == (201, 1)


@pytest.mark.parametrize("path", PATHS)
async def test_bad_bodies_are_refused_with_a_problem_and_change_nothing(stage: Stage, path: str) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    before = await stage.events()
    async with client(stage, "lin") as caller:
        for body in BAD_BODIES:
            answer = await caller.post(path, content=json.dumps(body), headers=JSON)
            assert 400 <= answer.status_code < 500, (path, body, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["title"]
        for raw in (b"", b"\xff", b"{", b"[" * 10_000):
            answer = await caller.post(path, content=raw, headers=JSON)
            assert 400 <= answer.status_code < 500, (path, raw[:10])
    assert await stage.events() == before


async def test_a_payment_code_is_refused_and_kept_nowhere(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = ("134567890123456789", "2812345678901234", "6212345678901234567")
    async with client(stage) as till:
        for code in codes:
            answer = await till.post("/api/v1/till/scan", json={"code": code})
            assert (answer.status_code, answer.json()["code"]) == (422, "payment_code")
            assert code not in answer.text
    data = stage.path.read_bytes() + stage.path.with_name("agent.db-wal").read_bytes()
    said = "".join(capsys.readouterr())
    for code in codes:
        assert code.encode() not in data
        assert code not in said


async def test_refusals_are_told_in_both_languages(stage: Stage) -> None:
    assert check_translations("pos_agent.problems") == []
    async with client(stage) as till:
        for tag, title in (("zh-CN", "这是付款码"), ("en", "This is a payment code")):
            answer = await till.post(
                "/api/v1/till/scan", json={"code": "6" + "2" * 18}, headers={"accept-language": tag}
            )
            assert answer.json()["title"] == title


def test_every_route_names_its_permission_and_every_refusal_its_words(stage: Stage) -> None:
    app = build_app(stage.desk, 8700)
    assert unguarded(app.routes) == []
    for status, title, detail in _TELL.values():
        assert 400 <= status < 500
        assert title
        assert detail


async def test_a_session_that_was_dropped_is_not_brought_back_by_a_use(stage: Stage) -> None:
    table, now = TableSessions(stage.desk), stage.clock.now()
    session = Session("mei", now, now + timedelta(hours=12), now, {"till": "1"})
    await table.save("k", session)
    used = replace(session, seen_at=now + timedelta(minutes=5))
    await table.touch("k", used)
    assert await table.load("k") == used
    await table.drop("k")
    await table.touch("k", used)
    assert await table.load("k") is None
