"""How HQ's areas show a page: in the frame of HQ, with times of the chain's first store."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from hub.kernel import Kernel
from hub.web.state import kernel_of, pages_of
from sync.web.translations import show_times_in

_WITHOUT_STORES: Final = "Asia/Shanghai"


def chain_zone(kernel: Kernel) -> str:
    """The IANA zone that HQ lives in: that of the chain's first store."""
    stores = kernel.directory.all()
    return stores[0].tz if stores else _WITHOUT_STORES


def hq_page(
    request: Request, name: str, context: Mapping[str, Any], *, status: int = 200, zone: str | None = None
) -> Response:
    """Return a page of HQ; `zone` where it is about one store."""
    show_times_in(zone or chain_zone(kernel_of(request)))
    return pages_of(request).page(request, name, context, status=status)
