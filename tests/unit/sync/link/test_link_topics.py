"""Topic names and filters, from the table of MQTT 3.1.1 section 4.7."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.link.errors import BadTopicError
from sync.link.topics import covers, is_filter, matches, require_topic

LEVEL = st.sampled_from(["a", "b", ""])
TOPIC = st.lists(LEVEL, min_size=1, max_size=4).map("/".join).filter(bool)
FILTER = st.builds(
    lambda levels, tail: "/".join([*levels, *tail]),
    st.lists(st.sampled_from(["a", "b", "+", ""]), min_size=1, max_size=3),
    st.sampled_from([[], ["#"]]),
).filter(bool)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("a/+", "a/b/c", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("#", "a/b", True),
        ("+/+", "/a", True),
        ("#", "$SYS/x", False),
        ("+/x", "$SYS/x", False),
        ("$SYS/#", "$SYS/x", True),
    ],
)
def test_a_filter_matches_as_the_standard_says(topic_filter: str, topic: str, *, expected: bool) -> None:
    assert matches(topic_filter, topic) is expected


@pytest.mark.parametrize("topic", ["", "a/+", "#", "a\0", "x" * 65_536])
def test_a_topic_that_cannot_be_published_on_is_refused(topic: str) -> None:
    with pytest.raises(BadTopicError) as caught:
        require_topic(topic)
    assert caught.value.code == "link.bad_topic"


@pytest.mark.parametrize(
    ("topic_filter", "expected"),
    [
        ("a/+/b", True),
        ("a/#", True),
        ("#", True),
        ("a/#/b", False),
        ("a+", False),
        ("a/b#", False),
        ("", False),
    ],
)
def test_wildcards_stand_alone_and_the_hash_stands_last(topic_filter: str, *, expected: bool) -> None:
    assert is_filter(topic_filter) is expected


@given(wide=FILTER, narrow=FILTER, topic=TOPIC)
def test_what_a_narrow_filter_matches_its_cover_matches_too(wide: str, narrow: str, topic: str) -> None:
    if covers(wide, narrow) and matches(narrow, topic):
        assert matches(wide, topic)


@given(wide=FILTER, narrow=FILTER)
def test_a_filter_that_is_not_covered_lets_something_through(wide: str, narrow: str) -> None:
    if covers(wide, narrow):
        return
    strange = narrow.replace("+", "z").replace("#", "z/z/z/z")
    assert not matches(wide, strange) or not matches(narrow, strange) or narrow.endswith("#")
