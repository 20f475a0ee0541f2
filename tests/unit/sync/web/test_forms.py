"""What callers send: models or a problem that names each field, never a 500 and never a change."""

import asyncio
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message

from sync.web.errors import Problem
from sync.web.forms import local_path, read_form, read_json
from tests.unit.sync.web.demo_pages.program import Demo, NewOrder

KEY = {"idempotency-key": "k1"}
JSON = {**KEY, "content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (b"{", [("", "json_invalid", "This is not valid JSON")]),
        (b"", [("", "json_invalid", "This is not valid JSON")]),
        (b"[" * 400, [("", "json_invalid", "This is not valid JSON")]),
        (b"[]", [("", "model_type", "This entry is not right")]),
        (
            b'{"store": "", "qty": 0, "x": 1}',
            [
                ("store", "string_too_short", "Enter at least 1 characters"),
                ("qty", "greater_than_equal", "Enter 1 or more"),
                ("x", "extra_forbidden", "This field is not known"),
            ],
        ),
        (b'{"store": "a\\u0000", "qty": 1}', [("store", "text.control", "Use ordinary characters only")]),
        (b'{"store": "a\\nb", "qty": 1}', [("store", "text.lines", "Write this on one line")]),
        (b'{"store": "\\ud800", "qty": 1}', [("", "json_invalid", "This is not valid JSON")]),
        (b'{"store": "a", "qty": NaN}', [("qty", "finite_number", "Enter a whole number")]),
        (b'{"store": "a", "qty": 1.5}', [("qty", "int_from_float", "Enter a whole number")]),
        (b'{"store": "a", "qty": 1e999}', [("qty", "finite_number", "Enter a whole number")]),
        (
            b'{"store": "a", "qty": 1, "pay": "gold"}',
            [("pay", "literal_error", "Choose one of: 'counter' or 'sandbox'")],
        ),
        (b"\xff\xfe", [("", "json_invalid", "This is not valid JSON")]),
    ],
)
def test_bad_bodies_name_their_fields(
    demo: Demo, client: TestClient, body: bytes, errors: list[tuple[str, str, str]]
) -> None:
    answer = client.post("/api/v1/orders", content=body, headers=JSON)
    assert answer.status_code == 422
    assert [(one["field"], one["code"], one["message"]) for one in answer.json()["errors"]] == errors
    assert demo.placed == []


def test_another_media_type_is_415(demo: Demo, client: TestClient) -> None:
    answer = client.post("/api/v1/orders", content=b"a=b", headers={**KEY, "content-type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "media.refused")
    assert demo.placed == []


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency.missing"),
        ("", "idempotency.malformed"),
        ('"a b"', "idempotency.malformed"),
        ("a" * 129, "idempotency.malformed"),
        ('a"b', "idempotency.malformed"),
        ('"', "idempotency.malformed"),
    ],
)
def test_the_idempotency_key_is_checked(demo: Demo, client: TestClient, key: str | None, code: str) -> None:
    headers = {} if key is None else {"idempotency-key": key}
    answer = client.post("/api/v1/orders", json={"store": "s", "qty": 1}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert demo.placed == []


@pytest.mark.parametrize("key", ["k", '"quoted-1"', "a" * 128, "0198c2aa-0000-7000-8000-0000000000e1"])
def test_good_idempotency_keys_pass(demo: Demo, client: TestClient, key: str) -> None:
    answer = client.post("/api/v1/orders", json={"store": "s", "qty": 1}, headers={"idempotency-key": key})
    assert answer.status_code == 201
    assert len(demo.placed) == 1


def test_a_form_comes_back_with_its_faults_in_the_readers_language(demo: Demo, client: TestClient) -> None:
    answer = client.post("/sign-in?lang=zh-CN", data={"user": "王<敏>", "password": ""})
    assert answer.status_code == 422
    assert 'value="王&lt;敏&gt;"' in answer.text
    assert "请至少输入 1 个字" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert demo.store.kept == {}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\nbroken"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\ncontent-disposition: form-data; name="f"; filename="x"\r\n\r\nz\r\n--a--\r\n',
        ),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % i for i in range(1001))),
        ("application/x-www-form-urlencoded", b"user=%ff%fe&password=%00"),
        ("text/plain", b"user=a"),
    ],
)
def test_broken_forms_are_refused(demo: Demo, client: TestClient, content_type: str, body: bytes) -> None:
    answer = client.post("/sign-in", content=body, headers={"content-type": content_type})
    assert answer.status_code in {400, 422}
    assert demo.store.kept == {}


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", '"UTF-16"', "latin-1", "nonsense", ""])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=a", "application/x-www-form-urlencoded"])
def test_a_form_is_utf8_or_nothing(demo: Demo, client: TestClient, kind: str, charset: str) -> None:
    body = b'--a\r\ncontent-disposition: form-data; name="user"\r\n\r\n\\ud800+2AA-\r\n--a--\r\n'
    headers = {"content-type": f"{kind}; charset={charset}"}
    answer = client.post("/sign-in", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "form.encoding")
    assert demo.store.kept == {}


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf8"'])
def test_a_form_may_say_that_it_is_utf8(client: TestClient, charset: str) -> None:
    headers = {"content-type": f"application/x-www-form-urlencoded; charset={charset}"}
    answer = client.post("/sign-in", content=b"user=%E7%8E%8B&password=x", headers=headers)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"]
)
async def test_a_body_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("sync.web.forms.BODY_LIMIT_S", 0.01)
    arriving: asyncio.Queue[Message] = asyncio.Queue()
    arriving.put_nowait({"type": "http.request", "body": b"", "more_body": True})
    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    read = read_json if kind == "application/json" else read_form
    with pytest.raises(Problem) as caught:
        await read(Request(scope, arriving.get), NewOrder)
    assert (caught.value.status, caught.value.code) == (408, "body.slow")
    assert caught.value.headers == {"Connection": "close"}


def test_a_query_is_a_model(client: TestClient) -> None:
    assert client.get("/api/v1/search?text=milk&limit=5").json() == {"id": "milk", "qty": 5}
    assert client.get("/api/v1/search?text=milk&limit=x").json()["errors"][0]["field"] == "limit"
    assert client.get("/api/v1/search?text=a&text=b").status_code == 422


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["store", "qty", "pay"]), inner)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_body_makes_the_api_fall(demo: Demo, client: TestClient, body: bytes) -> None:
    before = len(demo.placed)
    answer = client.post("/api/v1/orders", content=body, headers=JSON)
    assert answer.status_code in {201, 409, 413, 422}
    assert len(demo.placed) == before + (answer.status_code == 201)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/desk?tab=1", "/desk?tab=1"),
        (None, "/"),
        ("", "/"),
        ("desk", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\tevil", "/"),
        ("/a\r\nset-cookie: x", "/"),
    ],
)
def test_next_stays_on_this_site(target: str | None, path: str) -> None:
    assert local_path(target) == path
