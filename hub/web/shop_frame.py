"""What every page of the shop shares: the chain's name, the chosen store, the basket's size, the frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

from hub.directory import StoreFacts
from hub.settings import ShopSection
from hub.web.basket_cookie import basket_of, is_https
from hub.web.moments import when
from hub.web.opening import Opening, opening_at
from hub.web.state import kernel_of, pages_of
from sync.web.errors import N_, Problem
from sync.web.security_headers import content_policy
from sync.web.translations import current, show_times_in

STORE_COOKIE: Final = "omo-store"
STORE_COOKIE_S: Final = 365 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreView:
    """A store as a page shows it, in the reader's language."""

    id: str
    name: str
    address: str
    phone: str
    opening: Opening
    lead_minutes: int
    in_reach: bool


def store_view(request: Request, store: StoreFacts) -> StoreView:
    """A store for the reader."""
    kernel, tag = kernel_of(request), current().tag
    pickup = store.settings.get("pickup", {})
    return StoreView(
        id=store.id,
        name=store.name(tag),
        address=store.address.get(tag) or store.address.get(store.locale) or "",
        phone=store.phone,
        opening=opening_at(kernel.clock.now(), store.hours, store.zone),
        lead_minutes=int(pickup.get("lead_minutes", 30)),
        in_reach=kernel.directory.is_in_reach(store.id),
    )


def store_of(request: Request) -> StoreFacts:
    """The store that the address names; times of this request are shown in its zone.

    Raises:
        Problem: 404, there is no such store.
    """
    store = kernel_of(request).directory.get(str(request.path_params["store"]))
    if store is None:
        raise Problem(404, "store.unknown", N_("There is no such store"), N_("Choose another store."))
    show_times_in(store.tz)
    return store


def remembered_store(request: Request) -> StoreFacts | None:
    """The store that the reader chose last."""
    return kernel_of(request).directory.get(request.cookies.get(STORE_COOKIE, "")[:32])


def shop_name(shop: ShopSection, tag: str, product: str) -> str:
    """The chain's name in the reader's language, else in the other, else the product's."""
    names = (shop.name_zh, shop.name_en) if tag.startswith("zh") else (shop.name_en, shop.name_zh)
    return names[0] or names[1] or product


def shop_page(  # what a page is: template, values, store, status, headers
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    store: StoreFacts | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page of the shop in its frame; a page of a store remembers that choice.

    Args:
        request: Whose page it is.
        template: Its name.
        context: Its values.
        store: The store it belongs to, if any.
        status: HTTP status.
        headers: Further headers.
    """
    kernel, pages = kernel_of(request), pages_of(request)
    shop = kernel.settings.shop
    basket = basket_of(request)
    chain = shop_name(shop, current().tag, pages.frame.product)
    given = {
        "program": chain,
        "shop_name": chain,
        "store": store_view(request, store) if store is not None else None,
        "basket_units": basket.units,
        "basket_store": basket.store or (store.id if store is not None else ""),
        "query": "",
        "when": lambda at: when(at, kernel.clock.now()),
        **context,
    }
    more = dict(headers or {})
    if shop.picture_hosts:
        more.setdefault("content-security-policy", _policy(pages.frame.assets.import_map_hash, shop))
    page = pages.page(request, template, given, status=status, headers=more)
    if store is not None and request.cookies.get(STORE_COOKIE) != store.id:
        page.set_cookie(
            STORE_COOKIE,
            store.id,
            max_age=STORE_COOKIE_S,
            secure=is_https(request),
            httponly=True,
            samesite="lax",
        )
    return page


def _policy(script_hash: str, shop: ShopSection) -> str:
    """The usual policy, with pictures from the configured hosts."""
    hosts = " ".join(f"https://{host}" for host in shop.picture_hosts)
    return content_policy((script_hash,)).replace("img-src 'self' data:", f"img-src 'self' data: {hosts}")
