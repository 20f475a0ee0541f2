"""How HQ's areas show a page: in the frame of HQ, with times of the chain's first store."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from hub.web.state import kernel_of, pages_of
from sync.web.translations import show_times_in

_WITHOUT_STORES: Final = "Asia/Shanghai"


def hq_page(request: Request, name: str, context: Mapping[str, Any], *, status: int = 200) -> Response:
    """Return a page of HQ."""
    stores = kernel_of(request).directory.all()
    show_times_in(stores[0].tz if stores else _WITHOUT_STORES)
    return pages_of(request).page(request, name, context, status=status)
