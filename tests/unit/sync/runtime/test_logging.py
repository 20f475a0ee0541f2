"""Logs are one JSON object a line, carry bound context, and never hold what must not be written down."""

import errno
import io
import json
import logging
import sys
from typing import Any

import pytest

from sync.runtime.logging import bound, configure_logging, get_logger
from sync.runtime.redaction import HIDDEN, hides_key, redact, redact_text


@pytest.fixture
def lines() -> Any:
    stream = io.StringIO()
    configure_logging("json", "info", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    configure_logging("json", "info", stream=sys.__stderr__)


def test_an_event_carries_its_data_and_context(lines: Any) -> None:
    with bound(store="s1"):
        get_logger("hub.orders").info("order.placed", order="0198c2aa-0000-7000-8000-0000000000e1", items=2)
    (event,) = lines()
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "order.placed",
        "level": "info",
        "source": "hub.orders",
        "store": "s1",
        "order": "0198c2aa-0000-7000-8000-0000000000e1",
        "items": 2,
    }


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk(io.StringIO):
        def write(self, text: str, /) -> int:
            raise OSError(errno.ENOSPC, text)

        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "flush")

    configure_logging("json", "info")
    monkeypatch.setattr(sys, "stderr", FullDisk())
    get_logger("hub.orders").info("order.placed")
    logging.getLogger("uvicorn").warning("a library's line")
    monkeypatch.undo()
    configure_logging("json", "info", stream=sys.__stderr__)


def test_library_logs_pass_the_same_chain(lines: Any) -> None:
    signed = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLXRleHQ"
    logging.getLogger("paho").warning("login with token=%s", signed)
    logging.getLogger("uvicorn.error").info("chatter")
    (event,) = lines()
    assert (event["event"], event["source"]) == (f"login with token={HIDDEN}", "paho")


def test_an_exception_is_written_without_the_secret_it_quotes(lines: Any) -> None:
    try:
        int("payment code 286543210987654321")
    except ValueError:
        get_logger("x").exception("payment.failed")
    (event,) = lines()
    assert "286543210987654321" not in json.dumps(event)
    assert f"payment code {HIDDEN}" in event["exception"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call 13812345678 now", "call ***5678 now"),
        ("+86 138 1234 5678", "***5678"),
        ("tel:+44 20 7946 0958", "tel:***0958"),
        ("code 6221 2612 3456 7890", f"code {HIDDEN}"),
        ("code 134567890123456789", f"code {HIDDEN}"),
        ("123456789012345678901234", HIDDEN),
        ("Authorization: Bearer abcdef123456", f"Authorization: Bearer {HIDDEN}"),
        ("mqtt://omo:pass@10.0.0.1:1883", f"mqtt://{HIDDEN}@10.0.0.1:1883"),
        ("mqtt://omo:pa/s#s?@10.0.0.1:1883 is no address", f"mqtt://{HIDDEN}@10.0.0.1:1883 is no address"),
        ("mqtt://omo:p@ss/w@10.0.0.1", f"mqtt://{HIDDEN}@10.0.0.1"),
        ("A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7", HIDDEN),
        ("-x-A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7.", f"{HIDDEN}."),
    ],
)
def test_patterns_are_masked(text: str, masked: str) -> None:
    assert redact_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "6901234567892",
        "0198c2aa-1b2c-7d3e-8f40-123456789012",
        "order R-02-1204 took 14 ms",
        "2026-11-23T14:05:00.123456Z",
        "人民路店",
        "15 of 100000 rows",
        "http://shop.local:8000/image/cola@2x.png",
        "http://[::1]:8700/cola@2x.png",
        "://" * 100_000,
        "a-" * 100_000,  # looked at once from each hyphen, it would hold the program up for many minutes
    ],
    ids=lambda text: text[:20],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "key", ["password", "db_password", "apiKey", "X-Auth-Token", "supervisor_pin", "payment_code", "Cookie"]
)
def test_secret_keys_are_hidden(key: str) -> None:
    assert hides_key(key)


@pytest.mark.parametrize("key", ["pinyin", "code", "keyboard", "store", "position"])
def test_plain_keys_are_not_hidden(key: str) -> None:
    assert not hides_key(key)


def test_nested_data_is_walked() -> None:
    given = {
        "contact": {"phone": "13812345678", "name": "李"},
        "pin": 1234,
        "raw": b"abc",
        "amount_minor": 1280,
    }
    assert redact(given) == {
        "contact": {"phone": "***5678", "name": "李"},
        "pin": HIDDEN,
        "raw": "<3 bytes>",
        "amount_minor": 1280,
    }
    assert redact([13812345678, 286543210987654321, True, None]) == ["***5678", HIDDEN, True, None]


def test_console_style_is_redacted_too() -> None:
    stream = io.StringIO()
    configure_logging("console", "info", stream=stream)
    get_logger("x").info("sms.sent", phone="13812345678")
    configure_logging("json", "info", stream=sys.__stderr__)
    assert "13812345678" not in stream.getvalue()
    assert "***5678" in stream.getvalue()
