"""Who may write and read which topics. Pure; the same rules stand in mosquitto's rule file, see ``files``.

A store's user name is its store id. It writes only its own ``up``, ``presence`` and ``health``, and reads
only its own ``down`` and what is meant for all. The hub's user may do everything below ``omo/1/``.
"""

import re
from enum import StrEnum

from hub.broker.errors import BadUserError
from sync.link.topics import covers, is_filter, matches

HUB_USER = "hub"
HUB_FILTER = "omo/1/#"
STORE_WRITES = ("omo/1/{store}/+/up", "omo/1/{store}/+/presence", "omo/1/{store}/+/health")
STORE_READS = ("omo/1/{store}/+/down", "omo/1/all/#", "omo/1/hub/#")

# "all" and "hub" are branches of the topic tree that every store may read.
RESERVED_NAMES = frozenset({HUB_USER, "all"})
_STORE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


class Access(StrEnum):
    """What a client wants to do with a topic."""

    READ = "read"
    WRITE = "write"


def require_store_name(name: str) -> str:
    """Accept a store id as a user name: letters, digits, ``-`` and ``_``, at most 64, and not reserved.

    Raises:
        BadUserError: The name could break out of its topic level, its line in a file, or its place.
    """
    if name in RESERVED_NAMES:
        raise BadUserError(f"{name!r} cannot name a store: it is a branch of the topic tree")
    if not _STORE_NAME.fullmatch(name):
        raise BadUserError(f"{name!r} cannot name a store: use 1 to 64 of A-Z a-z 0-9 - _")
    return name


def filters(user: str, access: Access) -> tuple[str, ...]:
    """Give the topic filters within which a user may act; none for a name that is no user's."""
    if user == HUB_USER:
        return (HUB_FILTER,)
    if user in RESERVED_NAMES or not _STORE_NAME.fullmatch(user):
        return ()
    patterns = STORE_WRITES if access is Access.WRITE else STORE_READS
    return tuple(pattern.format(store=user) for pattern in patterns)


def may_write(user: str, topic: str) -> bool:
    """Tell whether a user may publish on a topic, by message or by will."""
    return any(matches(allowed, topic) for allowed in filters(user, Access.WRITE))


def may_read(user: str, topic: str) -> bool:
    """Tell whether a message on a topic may be delivered to a user."""
    return any(matches(allowed, topic) for allowed in filters(user, Access.READ))


def may_subscribe(user: str, topic_filter: str) -> bool:
    """Tell whether every topic of a filter is readable for a user."""
    if not is_filter(topic_filter):
        return False
    return any(covers(allowed, topic_filter) for allowed in filters(user, Access.READ))
