"""Where an error page of the hub stands: in the chain's shop, at a store, or at HQ."""

import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request

from hub.web.shop_frame import remembered_store, shop_name
from hub.web.state import kernel_of, pages_of
from sync.web.errors import N_
from sync.web.translations import current, gettext

_STORE: Final = re.compile(r"/s/([a-z0-9-]{1,32})(?:/|$)")
TO_BOARD: Final = N_("Go to the sync board")
TO_PRODUCTS: Final = N_("See all products")
TO_STORES: Final = N_("Choose a store")


def place_of(request: Request) -> Mapping[str, Any]:
    """Home, its word, and whose pages these are; HQ's are the product's own."""
    if re.match(r"/hq(?:/|$)", request.url.path):
        return {"home": "/hq", "home_word": gettext(TO_BOARD)}
    kernel = kernel_of(request)
    chain = shop_name(kernel.settings.shop, current().tag, pages_of(request).frame.product)
    named = _STORE.match(request.url.path)
    store = kernel.directory.get(named[1]) if named else remembered_store(request)
    if store is None:
        return {"program": chain, "home": "/", "home_word": gettext(TO_STORES)}
    return {"program": chain, "home": f"/s/{store.id}", "home_word": gettext(TO_PRODUCTS)}
