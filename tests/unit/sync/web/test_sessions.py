"""Sessions: opaque cookies, kept by hash, ended by time, idleness and sign-out."""

from datetime import timedelta

from starlette.testclient import TestClient

from sync.web.sessions import TOUCH_EVERY, Session, cookie_name, session_key
from tests.unit.sync.web.demo_pages.program import Demo

CREDENTIALS = {"user": "wang", "password": "x"}


def test_signing_in_sets_an_opaque_cookie_and_keeps_its_hash_only(demo: Demo, client: TestClient) -> None:
    answer = client.post("/sign-in?next=/desk", data=CREDENTIALS)
    cookie = answer.headers["set-cookie"]
    token = client.cookies["omo-demo-80"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert len(token) >= 43
    assert list(demo.store.kept) == [session_key(token)]
    assert client.get("/desk").json() == {"who": "wang"}


def test_with_https_the_cookie_belongs_to_this_host_only() -> None:
    demo = Demo(https=True)
    with TestClient(demo.app, base_url="https://shop", headers={"sec-fetch-site": "same-origin"}) as client:
        answer = client.post("/sign-in", data=CREDENTIALS, follow_redirects=False)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-omo-demo=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert cookie_name("omo-hub", https=False, port=8000) == "omo-hub-8000"


def test_signing_in_again_makes_a_new_id_and_drops_the_old(demo: Demo, client: TestClient) -> None:
    client.post("/sign-in", data=CREDENTIALS)
    first = client.cookies["omo-demo-80"]
    client.post("/sign-in", data=CREDENTIALS)
    assert list(demo.store.kept) == [session_key(client.cookies["omo-demo-80"])]
    assert client.cookies["omo-demo-80"] != first


def test_signing_out_ends_the_session_on_the_server(demo: Demo, client: TestClient) -> None:
    client.post("/sign-in", data=CREDENTIALS)
    token = client.cookies["omo-demo-80"]
    assert client.post("/sign-out").status_code == 303
    assert demo.store.kept == {}
    client.cookies.set("omo-demo-80", token)
    assert client.get("/desk").status_code == 401


def test_a_session_ends_after_idleness_and_at_its_time(demo: Demo, client: TestClient) -> None:
    client.post("/sign-in", data=CREDENTIALS)
    for _ in range(11):
        demo.clock.instant += timedelta(hours=1)
        assert client.get("/desk").status_code == 200
    demo.clock.instant += timedelta(hours=1)
    assert client.get("/desk").status_code == 401
    assert demo.store.kept == {}
    client.post("/sign-in", data=CREDENTIALS)
    demo.clock.instant += timedelta(hours=2, seconds=1)
    assert client.get("/desk").status_code == 401
    assert demo.store.kept == {}


def test_a_use_during_the_sign_out_brings_no_session_back(demo: Demo, client: TestClient) -> None:
    client.post("/sign-in", data=CREDENTIALS)
    demo.clock.instant += TOUCH_EVERY
    load = demo.store.load

    async def load_while_signing_out(key: str) -> Session | None:
        session = await load(key)
        await demo.store.drop(key)
        return session

    demo.store.load = load_while_signing_out  # type: ignore[method-assign]
    assert client.get("/desk").status_code == 200
    assert demo.store.kept == {}


def test_a_use_is_kept(demo: Demo, client: TestClient) -> None:
    client.post("/sign-in", data=CREDENTIALS)
    demo.clock.instant += TOUCH_EVERY
    client.get("/desk")
    assert [session.seen_at for session in demo.store.kept.values()] == [demo.clock.instant]


def test_a_strange_cookie_is_nobody(client: TestClient) -> None:
    for value in ("x" * 5000, "../../etc", "é", ""):
        answer = client.get("/desk", headers=[(b"cookie", f"omo-demo-80={value}".encode())])
        assert answer.status_code == 401
