"""Under which names the hub answers: see `sync.web.known_hosts`."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.middleware import Middleware

from hub.settings import HubSettings
from sync.web.errors import N_, Problem
from sync.web.known_hosts import LOCAL_NAME, MISDIRECTED, KnownHosts, is_address

TITLE: Final = N_("These pages are not served under this name")
DETAIL: Final = N_(
    "Check the address. Should this name lead here, the operator writes it into public_url or hosts of"
    " hub.toml and starts the hub again."
)


def host_gate(settings: HubSettings) -> Middleware:
    """The gate for a hub's settings."""
    return Middleware(KnownHosts, knows=known_by(settings), problem=foreign_name)


def known_by(settings: HubSettings) -> Callable[[str], bool]:
    """Whether a name is the hub's: addresses, localhost, where it listens, what the operator wrote down."""
    public = urlsplit(settings.public_url).hostname or ""
    names = {LOCAL_NAME, settings.host.lower(), public, *settings.hosts} - {""}
    return lambda name: name in names or is_address(name)


def foreign_name() -> Problem:
    """What is said under any other name."""
    return Problem(MISDIRECTED, "foreign_name", TITLE, DETAIL)
