"""A product at a store: picture, price, live stock, its other variants, other stores."""

from dataclasses import replace
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub.catalogue.parse_html import safe_text
from hub.catalogue.pictures import picture_address
from hub.catalogue.shop_queries import (
    categories,
    description_of,
    offers_at,
    offers_everywhere,
    path_to,
    variants_with,
)
from hub.catalogue.shop_values import Description, SoldSku
from hub.web.basket_cookie import basket_of
from hub.web.shop_frame import shop_page, store_of, store_view
from hub.web.state import kernel_of, pages_of
from sync.values.bounds import MOST_SKU_CHARS
from sync.web.errors import N_, Problem
from sync.web.permissions import PUBLIC
from sync.web.routes import route
from sync.web.translations import current


def _sku_name(request: Request) -> str:
    """The SKU that the address names.

    Raises:
        Problem: 404, it can be none.
    """
    sku = str(request.path_params["sku"])
    if len(sku) > MOST_SKU_CHARS or not sku.isprintable():
        raise unknown_product()
    return sku


async def product(request: Request) -> Response:
    """The product's page."""
    return await show_product(request, _sku_name(request))


async def show_product(request: Request, sku: str, *, fault: str = "", status: int = 200) -> Response:
    """The page of a product; with a fault, the quantity that was given is marked."""
    store, kernel = store_of(request), kernel_of(request)
    variants = await variants_with(kernel.reader, sku)
    if sku not in {variant.sku for variant in variants}:
        raise unknown_product()
    offers = await offers_everywhere(kernel.reader, kernel.directory, [variant.sku for variant in variants])
    variants = [replace(variant, offer=offers[store.id][variant.sku]) for variant in variants]
    chosen = next(variant for variant in variants if variant.sku == sku)
    texts = await description_of(kernel.reader, chosen.handle)
    assert texts is not None  # its SKU was just read through it
    tree = await categories(kernel.reader)
    basket = basket_of(request)
    context: dict[str, Any] = {
        "chosen": chosen,
        "variants": variants,
        "texts": texts,
        "description": _description(texts),
        "image": picture_address(kernel.settings.shop, _image(chosen, texts)),
        "path": path_to(tree, texts.category_key),
        "others": [
            (store_view(request, other), offers[other.id][sku])
            for other in kernel.directory.all()
            if other.id != store.id
        ],
        "is_elsewhere": any(
            offers[other.id][sku].can_order for other in kernel.directory.all() if other != store
        ),
        "fault": fault,
        "held": basket.units_of(sku) if basket.store == store.id else 0,
        "most": max(1, min(chosen.offer.units, kernel.settings.shop.most_units)),
        "was_added": request.query_params.get("added") == "1",
    }
    return shop_page(request, "catalogue/product.html", context, store=store, status=status)


def _image(chosen: SoldSku, texts: Description) -> str:
    """The variant's picture, else the product's first."""
    return chosen.image or next(iter(texts.images), "")


def _description(texts: Description) -> Markup:
    """The description in the reader's language; passed through the allow-list once more."""
    html = texts.html["zh-CN" if current().tag.startswith("zh") else "en"]
    return Markup(safe_text(html).html)  # noqa: S704  # every tag in it was written by the allow-list


async def product_stock(request: Request) -> Response:
    """The stock's words alone: what an open page asks for when the stock has changed."""
    store, kernel, sku = store_of(request), kernel_of(request), _sku_name(request)
    offers = await offers_at(kernel.reader, kernel.directory, store, [sku])
    return pages_of(request).page(request, "catalogue/stock.html", {"offer": offers[sku]})


async def product_events(request: Request) -> Response:
    """Tells an open page that the stock has changed."""
    store, kernel, sku = store_of(request), kernel_of(request), _sku_name(request)
    return kernel.events.response(request, [f"stock:{store.id}:{sku}"])


def unknown_product() -> Problem:
    """There is nothing to show."""
    return Problem(
        404,
        "product.unknown",
        N_("This product is not in our shop"),
        N_("It may be sold no longer. Search for another one."),
    )


ROUTES = [
    route("/s/{store}/p/{sku:path}/stock", product_stock, permission=PUBLIC),
    route("/s/{store}/p/{sku:path}/events", product_events, permission=PUBLIC),
    route("/s/{store}/p/{sku:path}", product, permission=PUBLIC),
]
