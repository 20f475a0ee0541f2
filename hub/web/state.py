"""How an endpoint reaches the running hub."""

from starlette.requests import Request

from hub.kernel import Kernel
from sync.web.templates import Pages


def kernel_of(request: Request) -> Kernel:
    """The hub that serves this request."""
    kernel: Kernel = request.app.state.kernel
    return kernel


def pages_of(request: Request) -> Pages:
    """The templates."""
    pages: Pages = request.app.state.pages
    return pages


def base_url_of(request: Request) -> str:
    """How customers reach the shop: as configured, else as this request came."""
    configured = kernel_of(request).settings.public_url
    return configured.rstrip("/") if configured else str(request.base_url).rstrip("/")


def phone_context(request: Request) -> dict[str, str]:
    """What reading a phone number needs: the region of numbers without +."""
    return {"phone_region": kernel_of(request).settings.shop.phone_region}
