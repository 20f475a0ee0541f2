"""Who may write and read what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.broker.errors import BadUserError
from hub.broker.rules import may_read, may_subscribe, may_write, require_store_name


@pytest.mark.parametrize("kind", ["up", "presence", "health"])
def test_a_store_writes_its_own(kind: str) -> None:
    assert may_write("s1", f"omo/1/s1/7/{kind}")
    assert not may_write("s1", f"omo/1/s2/7/{kind}")
    assert not may_read("s1", f"omo/1/s1/7/{kind}")


@pytest.mark.parametrize(
    "topic",
    [
        "omo/1/s1/7/down",
        "omo/1/s1/up",
        "omo/1/s1/7/8/up",
        "omo/1/all/catalog",
        "omo/1/hub/presence",
        "omo/2/s1/7/up",
        "x",
    ],
)
def test_a_store_writes_nothing_else(topic: str) -> None:
    assert not may_write("s1", topic)


def test_a_store_reads_its_own_and_what_is_for_all() -> None:
    assert may_read("s1", "omo/1/s1/7/down")
    assert may_read("s1", "omo/1/all/catalog")
    assert may_read("s1", "omo/1/hub/presence")
    assert not may_read("s1", "omo/1/s2/7/down")
    assert not may_read("s1", "omo/1/s2/7/presence")
    assert not may_read("s1", "$SYS/broker/uptime")


@pytest.mark.parametrize(
    ("topic_filter", "expected"),
    [
        ("omo/1/s1/+/down", True),
        ("omo/1/s1/7/down", True),
        ("omo/1/all/#", True),
        ("omo/1/all/catalog", True),
        ("omo/1/s1/#", False),
        ("omo/1/+/+/down", False),
        ("omo/1/#", False),
        ("#", False),
        ("omo/1/s1/+/down/#", False),
        ("omo/1/al+/#", False),
    ],
)
def test_a_store_subscribes_within_what_it_reads(topic_filter: str, *, expected: bool) -> None:
    assert may_subscribe("s1", topic_filter) is expected


def test_the_hub_does_everything_below_its_root_and_nothing_beside() -> None:
    for allowed in (may_read, may_write):
        assert allowed("hub", "omo/1/s1/7/down")
        assert allowed("hub", "omo/1/hub/presence")
        assert not allowed("hub", "omo/2/x")
    assert may_subscribe("hub", "omo/1/+/+/up")
    assert not may_subscribe("hub", "#")


@pytest.mark.parametrize(
    "name", ["hub", "all", "", "a/b", "+", "#", "a:b", "a\nb", "ä", "x" * 65, "-a", "%u", "a b", "s1\n"]
)
def test_a_name_that_reaches_beyond_its_place_is_refused_and_may_do_nothing(name: str) -> None:
    with pytest.raises(BadUserError):
        require_store_name(name)
    if name != "hub":
        assert not may_write(name, f"omo/1/{name}/7/up")
        assert not may_read(name, "omo/1/all/catalog")
        assert not may_subscribe(name, "omo/1/all/#")


@given(st.from_regex(r"[a-z0-9]{1,5}", fullmatch=True), st.from_regex(r"[a-z0-9]{1,5}", fullmatch=True))
def test_no_store_touches_another(one: str, other: str) -> None:
    if one in {other, "hub", "all"} or other in {"hub", "all"}:
        return
    for kind in ("up", "down", "presence", "health"):
        assert not may_write(one, f"omo/1/{other}/0/{kind}")
        assert not may_read(one, f"omo/1/{other}/0/{kind}")
        assert not may_subscribe(one, f"omo/1/{other}/+/{kind}")
