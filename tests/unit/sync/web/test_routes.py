"""Guarded routes: permissions, cross-site writes, limits, problem documents, security headers."""

import io
import sys
from collections.abc import Iterator

import pytest
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from sync.runtime.logging import configure_logging
from sync.web.origin import may_write
from sync.web.permissions import (
    CLERK,
    MACHINE,
    PUBLIC,
    PUBLIC_API,
    Identity,
    Permission,
    unguarded,
    walk_routes,
)
from sync.web.routes import read_away
from tests.unit.sync.web.demo_pages.program import Demo

ORDER = {"store": "s1", "qty": 2}
KEY = {"idempotency-key": "k1"}
PAGE = {"accept": "text/html"}


def test_every_route_of_the_demo_names_its_permission(demo: Demo) -> None:
    assert unguarded(demo.app.routes) == []
    assert unguarded([Route("/bare", demo.home)]) == ["/bare"]
    assert "/api/v1/orders" in [path for path, _ in walk_routes(demo.app.routes)]


@pytest.mark.parametrize(
    ("headers", "permission", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, PUBLIC, True),
        ({"sec-fetch-site": "none"}, PUBLIC, True),
        ({"sec-fetch-site": "cross-site"}, PUBLIC_API, False),
        ({"sec-fetch-site": "same-site", "origin": "http://till:1", "host": "till:1"}, PUBLIC, False),
        ({"origin": "http://till:8001", "host": "till:8001"}, PUBLIC, True),
        ({"origin": "HTTPS://Till", "host": "till"}, PUBLIC, True),
        ({"origin": "http://till:8002", "host": "till:8001"}, PUBLIC_API, False),
        ({"origin": "null", "host": "till"}, PUBLIC_API, False),
        ({"origin": "http://[", "host": "till"}, PUBLIC_API, False),
        ({"host": "till"}, PUBLIC, False),
        ({"host": "till"}, CLERK, False),
        ({"host": "till"}, PUBLIC_API, True),
        ({"host": "till", "cookie": "a=b"}, PUBLIC_API, True),
        ({"host": "till"}, MACHINE, True),
        ({"host": "till", "cookie": "a=b"}, MACHINE, False),
    ],
)
def test_who_may_write(headers: dict[str, str], permission: Permission, allowed: bool) -> None:
    assert may_write("POST", Headers(headers), permission) is allowed
    assert may_write("GET", Headers(headers), permission) is True


def test_a_cross_site_write_is_refused_and_changes_nothing(demo: Demo, client: TestClient) -> None:
    answer = client.post("/api/v1/orders", json=ORDER, headers={**KEY, "sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "origin.refused")
    assert demo.placed == []


def test_a_program_without_a_browser_may_call_the_api(demo: Demo) -> None:
    with TestClient(demo.app) as client:
        answer = client.post("/api/v1/orders", json=ORDER, headers=KEY)
        assert (answer.status_code, answer.json()) == (201, {"id": "o1", "qty": 2})
        assert client.post("/sign-in", data={"user": "wang", "password": "x"}).status_code == 403
    assert len(demo.placed) == 1
    assert demo.store.kept == {}


def test_an_identity_by_cookie_is_no_machine() -> None:
    held = frozenset({"machine", "clerk"})
    assert Identity("m", permissions=held).may(MACHINE)
    assert not Identity("m", permissions=held, by_cookie=True).may(MACHINE)
    assert Identity("m", permissions=held, by_cookie=True).may(CLERK)


def test_a_machine_calls_by_its_header(client: TestClient) -> None:
    refused = client.post("/api/v1/devices/7")
    assert (refused.status_code, refused.json()["code"]) == (401, "identity.missing")
    assert refused.headers["www-authenticate"] == "Bearer"
    allowed = client.post("/api/v1/devices/7", headers={"authorization": "Bearer machine"})
    assert (allowed.status_code, allowed.json()) == (200, {"id": 7})


@pytest.mark.parametrize("number", ["9" * 19, "1" * 5000, "-1", "1.5", "seven"])
def test_a_number_in_an_address_that_no_column_takes_is_no_address(client: TestClient, number: str) -> None:
    answer = client.post(f"/api/v1/devices/{number}", headers={"authorization": "Bearer machine"})
    assert (answer.status_code, answer.json()["code"]) == (404, "page.missing")


def test_a_person_is_sent_to_sign_in_and_a_script_is_told(client: TestClient) -> None:
    sent = client.get("/desk?tab=1", headers=PAGE)
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Fdesk%3Ftab%3D1")
    assert client.get("/desk").status_code == 401


def test_somebody_without_the_permission_is_refused(client: TestClient) -> None:
    client.post("/sign-in", data={"user": "hq", "password": "x"})
    answer = client.get("/desk")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission.missing")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "page.missing"),
        ("GET", "/static/web/x/none.css", 404, "page.missing"),
        ("PUT", "/", 405, "method.refused"),
        ("GET", "/domain", 409, "domain.refused"),
    ],
)
def test_refusals_are_problem_documents(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:omo:problem:{code}"
    assert body["trace_id"] == answer.headers["x-trace-id"]


def test_problems_speak_the_readers_language(client: TestClient) -> None:
    body = client.post(
        "/api/v1/orders", json={"store": "s", "qty": 9}, headers={**KEY, "accept-language": "zh"}
    ).json()
    assert (body["title"], body["available"]) == ("只剩 5 件", 5)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the program logs, whoever set logging up before."""
    stream = io.StringIO()
    configure_logging("json", stream=stream)
    yield stream
    configure_logging("json", stream=sys.__stderr__)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_unexpected_error_says_nothing_of_the_inside(
    client: TestClient, accept: str, logged: io.StringIO
) -> None:
    answer = client.get("/fall", headers={"accept": accept})
    assert answer.status_code == 500
    assert "secret inside" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-trace-id"] in answer.text
    assert answer.headers["x-trace-id"] in logged.getvalue()


def test_a_person_gets_a_page_for_a_problem(client: TestClient) -> None:
    answer = client.get("/nowhere", headers=PAGE)
    assert answer.status_code == 404
    assert "<h1>There is nothing here</h1>" in answer.text
    assert client.get("/api/v1/nowhere", headers=PAGE).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_over_the_limit_is_413_and_changes_nothing(
    demo: Demo, client: TestClient, declared: bool
) -> None:
    body = b'{"store": "' + b"a" * 600 + b'", "qty": 1}'
    content = body if declared else (body[i : i + 100] for i in range(0, len(body), 100))
    headers = {**KEY, "content-type": "application/json"}
    answer = client.post("/api/v1/orders", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")
    assert demo.placed == []


@pytest.mark.parametrize(("sent", "taken"), [(20, 20), (100, 40)])
async def test_a_refused_body_is_read_away_within_bounds(sent: int, taken: int) -> None:
    parts = [{"type": "http.request", "body": b"x" * 100, "more_body": True} for _ in range(sent - 1)]
    parts.append({"type": "http.request", "body": b"x" * 100, "more_body": False})
    waiting = iter(parts)

    async def receive() -> Message:
        return next(waiting)

    await read_away(receive, 4_000)

    assert len(list(waiting)) == sent - taken


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/nowhere", "/fall", "/healthz"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in headers


def test_health_tells_what_is_wrong(demo: Demo, client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {
        "status": "ok",
        "checks": {"database": {"ok": True, "detail": "wal"}},
    }
    demo.ready = False
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {
        "ok": False,
        "detail": "the check itself failed; see the log",
    }
    assert "demo_orders_total 0.0" in client.get("/metrics").text


def test_the_api_document_follows_the_routes(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {"/api/v1/search", "/api/v1/orders", "/api/v1/devices/{device_id}"}
    placing = document["paths"]["/api/v1/orders"]["post"]
    assert placing["x-permission"] == "public-api"
    assert placing["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/NewOrder"
    }
    assert set(placing["responses"]) == {"201", "400", "403", "409", "413", "415", "422"}
    assert placing["parameters"][0]["name"] == "Idempotency-Key"
    device = document["paths"]["/api/v1/devices/{device_id}"]["post"]
    assert device["security"] == [{"bearer": []}]
    assert device["parameters"] == [
        {"name": "device_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    ]
