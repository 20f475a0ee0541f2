"""Refuses writes that another site makes a browser send (cross-site request forgery).

No token in forms: a write (anything but GET, HEAD, OPTIONS, TRACE) is believed when the browser says
`Sec-Fetch-Site: same-origin` or `none`; a browser too old to say so, or on a plain-HTTP address where it
does not say, must send an Origin equal to the Host. With neither header the write is refused, but for
routes that programs may call, and there only when no cookie came along or when the route is anybody's, so
that a cookie gives no right. The rule is pure; `routes.Guard` asks it.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sync.web.permissions import Permission

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def may_write(method: str, headers: Mapping[str, str], permission: Permission) -> bool:
    """Tell whether the request comes from our own page, or from no page at all where that is allowed.

    Args:
        method: HTTP method, upper case.
        headers: Request headers; names in any case when it is starlette's `Headers`, else lower case.
        permission: What the route declares.
    """
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is not None:
        return _same_host(origin, headers.get("host", ""))
    return permission.by_machine and (permission.anyone or "cookie" not in headers)


def _same_host(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return bool(host) and parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()
