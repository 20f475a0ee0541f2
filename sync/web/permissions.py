"""Who may call what: identities, permissions, and the check that no route forgot to name one.

Permissions are names. Three rules differ from name to name: whether anybody may call, whether an identity
that came by cookie counts, and whether a program without a browser may write without an Origin header.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Mount


@dataclass(frozen=True, slots=True)
class Permission:
    """What a route asks of its caller.

    Attributes:
        name: Stable name; held by identities and shown in the OpenAPI document.
        anyone: True when no identity is needed.
        by_machine: True when programs without a browser may call: a write with neither Sec-Fetch-Site nor
        Origin
            is allowed as long as it carries no cookie, since it then carries nobody's rights by accident.
        by_cookie: False refuses an identity that came by cookie (device credentials only).
    """

    name: str
    anyone: bool = False
    by_machine: bool = False
    by_cookie: bool = True


PUBLIC = Permission("public", anyone=True)
"""Pages and forms for everybody."""

PUBLIC_API = Permission("public-api", anyone=True, by_machine=True)
"""API calls for everybody, browsers and programs."""

MACHINE = Permission("machine", by_machine=True, by_cookie=False)
"""A store's agent or an integration, by an Authorization header."""

CUSTOMER = Permission("customer")
CLERK = Permission("clerk")
HQ = Permission("hq")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is calling.

    Attributes:
        subject: Id of the person or machine; empty for nobody.
        name: What a page shows.
        permissions: Names of the permissions held.
        by_cookie: True when the browser sent the proof by itself.
        data: Small facts of the session (store, role).
    """

    subject: str = ""
    name: str = ""
    permissions: frozenset[str] = frozenset()
    by_cookie: bool = False
    data: dict[str, str] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Tell whether this is somebody."""
        return bool(self.subject)

    def may(self, permission: Permission) -> bool:
        """Tell whether the caller may use what asks for `permission`."""
        if permission.anyone:
            return True
        return permission.name in self.permissions and (permission.by_cookie or not self.by_cookie)


NOBODY = Identity()


def walk_routes(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, BaseRoute]]:
    """Yield each leaf route with its full path, mounts opened."""
    for route in routes:
        path = prefix + str(getattr(route, "path", ""))
        if isinstance(route, Mount) and route.routes:
            yield from walk_routes(route.routes, path)
        else:
            yield path, route


def unguarded(routes: Iterable[BaseRoute]) -> list[str]:
    """Return the paths of routes that name no permission; each program's tests assert that none does."""
    return [path for path, route in walk_routes(routes) if not hasattr(route, "permission")]
