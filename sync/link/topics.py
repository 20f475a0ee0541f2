"""Topic names and filters as MQTT 3.1.1 section 4.7 defines them. Pure; knows no topic of ours."""

from sync.link.errors import BadTopicError

MAX_TOPIC_BYTES = 65_535


def require_topic(topic: str) -> None:
    """Accept a name that may be published on.

    Raises:
        BadTopicError: It is empty, too long, has a wildcard, or a NUL.
    """
    if not _fits(topic) or "+" in topic or "#" in topic:
        raise BadTopicError(f"{topic!r} is no topic to publish on: use 1 to 65,535 bytes without +, # or NUL")


def is_filter(topic_filter: str) -> bool:
    """Tell whether ``+`` and ``#`` stand alone in their levels, and ``#`` stands last."""
    if not _fits(topic_filter):
        return False
    levels = topic_filter.split("/")
    if any(("+" in level or "#" in level) and len(level) > 1 for level in levels):
        return False
    return "#" not in levels[:-1]


def matches(topic_filter: str, topic: str) -> bool:
    """Tell whether a topic falls under a filter; ``a/#`` also matches ``a`` (4.7.1.2), ``#`` no ``$SYS``."""
    if topic.startswith("$") and topic_filter[:1] in {"+", "#"}:
        return False
    return _covers(topic_filter.split("/"), topic.split("/"))


def covers(wide: str, narrow: str) -> bool:
    """Tell whether every topic of the filter ``narrow`` also falls under the filter ``wide``."""
    return _covers(wide.split("/"), narrow.split("/"))


def _fits(text: str) -> bool:
    return 0 < len(text.encode("utf-8", "replace")) <= MAX_TOPIC_BYTES and "\0" not in text


def _covers(wide: list[str], narrow: list[str]) -> bool:
    for index, level in enumerate(wide):
        if level == "#":
            return True
        if index >= len(narrow) or narrow[index] == "#":
            return False
        if level not in {"+", narrow[index]}:
            return False
    return len(wide) == len(narrow)
