"""Signing in to HQ: the right people, by page and by call; guessing is slow; sessions end."""

from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from starlette.applications import Starlette

from hub.kernel import Kernel
from hub.staff.session_table import SessionTable
from hub.staff.sign_in import TRIES_LOGIN, SignInDesk
from hub.staff.throttle import MOST_KEYS, Throttle
from hub.stores.import_chain import Person, keep_person
from sync.web.errors import Problem
from sync.web.sessions import Session
from tests.unit.hub.stores.running_hub import SetClock
from tests.unit.hub.stores.running_pages import PAGE, PASSWORD, PASSWORD_HASH, client_of, token_of


async def test_a_token_tells_who_and_what(hq: httpx2.AsyncClient) -> None:
    answer = await hq.get("/api/v1/session")

    assert answer.json() == {"user": "hq", "name": "Head Office", "permissions": ["board", "hq"]}


@pytest.mark.parametrize(
    ("user", "password"),
    [("hq", "wrong"), ("nobody", PASSWORD), ("li", PASSWORD), ("gone", PASSWORD), ("hq", PASSWORD + " x")],
)
async def test_who_is_not_of_hq_is_refused_alike(
    kernel: Kernel, nobody: httpx2.AsyncClient, user: str, password: str
) -> None:
    answer = await nobody.post("/api/v1/session", json={"user": user, "password": password})

    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_refused")
    assert answer.json()["title"] == "User or password is wrong"
    assert await kernel.reader.all("SELECT * FROM web_session") == []


async def test_after_five_wrong_tries_even_the_right_password_waits(
    clock: SetClock, nobody: httpx2.AsyncClient
) -> None:
    for _ in range(5):
        await nobody.post("/api/v1/session", json={"user": "hq", "password": "wrong"})
    clock.move(minutes=3)

    locked = await nobody.post("/api/v1/session", json={"user": "hq", "password": PASSWORD})
    clock.move(minutes=12)
    later = await nobody.post("/api/v1/session", json={"user": "hq", "password": PASSWORD})

    assert (locked.status_code, locked.json()["retry_after_s"]) == (429, 720)
    assert locked.json()["detail"] == "There were too many wrong tries. Wait 12 min, then try again."
    assert later.status_code == 201


async def test_right_passwords_lock_nobody_out(nobody: httpx2.AsyncClient) -> None:
    statuses = {
        (await nobody.post("/api/v1/session", json={"user": "hq", "password": PASSWORD})).status_code
        for _ in range(TRIES_LOGIN + 1)
    }

    assert statuses == {201}


async def test_a_right_password_takes_no_wrong_try_back(app: Starlette) -> None:
    desk = SignInDesk(app.state.kernel)
    for number in range(TRIES_LOGIN - 1):
        with pytest.raises(Problem):
            await desk.prove("hq", "wrong", f"192.0.2.{number}")
    assert (await desk.prove("hq", PASSWORD, "192.0.2.99")).login == "hq"
    with pytest.raises(Problem) as wrong:
        await desk.prove("hq", "wrong", "192.0.2.98")
    with pytest.raises(Problem) as locked:
        await desk.prove("hq", PASSWORD, "192.0.2.97")

    assert (wrong.value.status, locked.value.status) == (401, 429)


async def test_too_many_at_once_are_asked_to_come_again(
    app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.staff.sign_in.CHECK_LIMIT_S", 0.0)
    given = {"user": "hq", "password": PASSWORD}
    async with client_of(app) as client:
        for _ in range(6):
            answer = await client.post("/api/v1/session", json=given)
            assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_busy")
            assert answer.headers["retry-after"] == "10"
    async with client_of(app, **PAGE) as client:
        page = await client.post("/hq/sign-in", data=given)
        assert page.status_code == 503
        assert "Too many people are signing in at this moment" in page.text
        monkeypatch.undo()
        assert (await client.post("/hq/sign-in", data=given)).status_code == 303


async def test_a_wrong_login_does_not_lock_others(nobody: httpx2.AsyncClient) -> None:
    for _ in range(6):
        await nobody.post("/api/v1/session", json={"user": "monitor", "password": "wrong"})

    answer = await nobody.post("/api/v1/session", json={"user": "hq", "password": PASSWORD})

    assert answer.status_code == 201


async def test_an_address_that_guesses_many_logins_is_locked(nobody: httpx2.AsyncClient) -> None:
    for number in range(20):
        await nobody.post("/api/v1/session", json={"user": f"u{number}", "password": "wrong"})

    answer = await nobody.post("/api/v1/session", json={"user": "hq", "password": PASSWORD})

    assert answer.status_code == 429


async def test_a_token_ends_by_sign_out_and_by_time(
    clock: SetClock, app: Starlette, nobody: httpx2.AsyncClient
) -> None:
    token = await token_of(nobody, "hq")
    other = await token_of(nobody, "monitor")
    async with client_of(app) as client:
        bearer = {"authorization": f"Bearer {token}"}
        assert (await client.delete("/api/v1/session", headers=bearer)).status_code == 204
        assert (await client.get("/api/v1/session", headers=bearer)).status_code == 401
        bearer = {"authorization": f"Bearer {other}"}
        assert (await client.get("/api/v1/session", headers=bearer)).status_code == 200
        clock.move(hours=12)
        assert (await client.get("/api/v1/session", headers=bearer)).status_code == 401


async def test_the_page_signs_in_and_goes_where_the_person_was_going(app: Starlette) -> None:
    async with client_of(app, **PAGE) as client:
        away = await client.get("/hq/stores?x=1")
        assert away.headers["location"] == "/hq/sign-in?next=%2Fhq%2Fstores%3Fx%3D1"
        answer = await client.post(away.headers["location"], data={"user": "HQ ", "password": PASSWORD})

        assert (answer.status_code, answer.headers["location"]) == (303, "/hq/stores?x=1")
        assert "omo-hub-8000" in client.cookies
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert (await client.get("/hq/sign-in")).status_code == 303


async def test_the_page_leads_to_no_other_site(app: Starlette) -> None:
    async with client_of(app, **PAGE) as client:
        answer = await client.post(
            "/hq/sign-in?next=https://evil.test/", data={"user": "hq", "password": PASSWORD}
        )

        assert answer.headers["location"] == "/hq"


async def test_the_page_says_what_is_wrong_and_keeps_the_user(app: Starlette) -> None:
    async with client_of(app, **PAGE) as client:
        empty = await client.post("/hq/sign-in", data={"user": "hq"})
        wrong = await client.post("/hq/sign-in", data={"user": "h<q", "password": "wrong"})

    assert (empty.status_code, wrong.status_code) == (422, 401)
    assert "This is needed" in empty.text
    assert "User or password is wrong" in wrong.text
    assert 'value="h&lt;q"' in wrong.text
    assert "wrong</" not in wrong.text.replace("User or password is wrong</", "")


async def test_the_page_speaks_chinese(app: Starlette) -> None:
    async with client_of(app, **PAGE) as client:
        answer = await client.get("/hq/sign-in?lang=zh-CN")

    assert "登录总部" in answer.text


async def test_another_site_cannot_sign_somebody_in(kernel: Kernel, app: Starlette) -> None:
    async with client_of(app, **PAGE) as client:
        answer = await client.post(
            "/hq/sign-in",
            data={"user": "hq", "password": PASSWORD},
            headers={"sec-fetch-site": "cross-site"},
        )

    assert answer.status_code == 403
    assert await kernel.reader.all("SELECT * FROM web_session") == []


async def test_signing_out_ends_the_session(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    answer = await browser.post("/hq/sign-out")

    assert answer.headers["location"] == "/hq/sign-in"
    assert await kernel.reader.all("SELECT * FROM web_session") == []


async def test_a_cookie_is_no_token_and_a_token_no_cookie(
    app: Starlette, browser: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    cookie = browser.cookies["omo-hub-8000"]
    token = await token_of(nobody, "hq")
    async with client_of(app) as client:
        by_cookie = await client.get("/api/v1/session", headers={"authorization": f"Bearer {cookie}"})
        by_token = await client.get("/hq", headers={"cookie": f"omo-hub-8000={token}"})

    assert (by_cookie.status_code, by_token.status_code) == (401, 401)


async def test_somebody_shut_out_is_signed_out_at_once(
    kernel: Kernel, hq: httpx2.AsyncClient, browser: httpx2.AsyncClient
) -> None:
    names = '{"zh-CN":"总部","en":"Head Office"}'
    gone = Person("hq", names, "administrator", None, PASSWORD_HASH, None, 0)

    await kernel.writer.run(lambda transaction: keep_person(transaction, gone))

    assert (await hq.get("/api/v1/session")).status_code == 401
    assert (await browser.get("/hq/stores")).status_code == 303


@pytest.mark.parametrize("header", ["Basic aHE6aHE=", "Bearer ", "Bearer " + "a" * 500, "bearer \u00e9"])
async def test_a_header_that_is_no_token_is_nobody(app: Starlette, header: str) -> None:
    async with client_of(app) as client:
        answer = await client.get("/api/v1/session", headers={b"authorization": header.encode("latin-1")})

    assert answer.status_code == 401


def test_a_throttle_frees_one_try_after_the_other(clock: SetClock) -> None:
    throttle = Throttle(clock, tries=2, window_s=60)
    throttle.note("a")
    clock.move(seconds=30)
    throttle.note("a")

    assert (throttle.wait_s("a"), throttle.wait_s("b")) == (30, 0)
    clock.move(seconds=30)
    assert throttle.wait_s("a") == 0
    throttle.note("a")
    assert throttle.wait_s("a") == 30


def test_a_throttle_holds_a_bounded_number_of_keys(clock: SetClock) -> None:
    throttle = Throttle(clock, tries=1, window_s=60)
    for number in range(MOST_KEYS + 1):
        throttle.note(str(number))

    assert (throttle.wait_s("0"), throttle.wait_s("1")) == (0, 60)


async def test_a_session_that_was_dropped_is_not_brought_back_by_a_use(
    kernel: Kernel, clock: SetClock
) -> None:
    table, now = SessionTable(kernel), clock.now()
    session = Session("hq", now, now + timedelta(hours=12), now, {"role": "monitor"})
    await table.save("k", session)
    used = replace(session, seen_at=now + timedelta(minutes=5))
    await table.touch("k", used)
    assert await table.load("k") == used
    await table.drop("k")
    await table.touch("k", used)
    assert await table.load("k") is None
