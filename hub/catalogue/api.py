"""Stores, stock and products for programs."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from hub.catalogue.offer import offer_of
from hub.catalogue.search_rules import cleaned
from hub.catalogue.shop_queries import categories, list_products, reserve_of
from hub.stock.queries import shelves_of
from hub.web.opening import opening_at
from hub.web.shop_frame import store_of
from hub.web.state import kernel_of
from sync.values.clock import to_instant
from sync.web.errors import N_, Problem
from sync.web.forms import read_query
from sync.web.permissions import PUBLIC_API
from sync.web.routes import Contract, route

NO_STORE = {"cache-control": "no-store"}


class StoreInfo(BaseModel):
    """A store. `names` and `address` are keyed by locale, `hours` by mon … sun."""

    store: str
    names: dict[str, str]
    address: dict[str, str]
    phone: str
    tz: str
    locale: str
    currency: str
    hours: dict[str, tuple[str, str]]
    open: bool
    closes: str | None
    opens: str | None
    in_reach: bool


class StoreList(BaseModel):
    """All stores in the chain's order."""

    stores: list[StoreInfo]


class StoreStock(BaseModel):
    """Units at a store: `available` may be ordered; not `confirmed`: the store grants some on order."""

    store: str
    available: int
    confirmed: bool
    floor: int


class SkuStock(BaseModel):
    """A SKU's stock at every store."""

    sku: str
    stores: list[StoreStock]


class ProductItem(BaseModel):
    """A SKU on sale with its stock at one store; `price_minor` is for `per` stock units."""

    sku: str
    product: str
    gtin: str
    names: dict[str, str]
    options: list[tuple[str, str]]
    price_minor: int
    per: int
    currency: str
    unit: str
    image: str
    available: int
    confirmed: bool
    floor: int


class ProductPage(BaseModel):
    """One page of products, 24 products with all their SKUs."""

    items: list[ProductItem]
    total: int
    page: int
    pages: int


class ProductQuery(BaseModel):
    """Which products."""

    model_config = ConfigDict(extra="ignore")

    category: str = Field("", max_length=400, description="Key of a category; all below it are meant too")
    q: str = Field("", max_length=200, description="Words that names, brand, SKU or barcode must have")
    page: int = Field(1, ge=1, le=99_999)


def _answer(value: Any) -> Response:
    return Response(to_json(value), headers=NO_STORE, media_type="application/json")


async def stores(request: Request) -> Response:
    """All stores."""
    kernel = kernel_of(request)
    now = kernel.clock.now()
    told = []
    for store in kernel.directory.all():
        opening = opening_at(now, store.hours, store.zone)
        told.append(
            StoreInfo(
                store=store.id,
                names=dict(store.names),
                address=dict(store.address),
                phone=store.phone,
                tz=store.tz,
                locale=store.locale,
                currency=store.currency,
                hours=dict(store.hours),
                open=opening.is_open,
                closes=to_instant(opening.closes) if opening.closes else None,
                opens=to_instant(opening.opens) if opening.opens else None,
                in_reach=kernel.directory.is_in_reach(store.id),
            )
        )
    return _answer(StoreList(stores=told))


async def stock(request: Request) -> Response:
    """A SKU's stock everywhere."""
    kernel, sku = kernel_of(request), str(request.path_params["sku"])
    shelves = {shelf.store: shelf for shelf in await shelves_of(kernel.reader, [sku])}
    if not shelves and await kernel.reader.one("SELECT 1 FROM sku WHERE sku = ?", (sku,)) is None:
        raise Problem(404, "sku.unknown", N_("There is no such SKU"), N_("Check how it is written."))
    told = []
    for store in kernel.directory.all():
        in_reach = kernel.directory.is_in_reach(store.id)
        offer = offer_of(shelves.get(store.id), in_reach=in_reach, reserve=reserve_of(store))
        told.append(
            {
                "store": store.id,
                "available": offer.units,
                "confirmed": offer.is_confirmed,
                "floor": offer.floor,
            }
        )
    return _answer({"sku": sku, "stores": told})


async def products(request: Request) -> Response:
    """One page of a store's products with live stock."""
    store, kernel = store_of(request), kernel_of(request)
    asked = read_query(request, ProductQuery)
    if asked.category and asked.category not in await categories(kernel.reader):
        raise Problem(
            404, "category.unknown", N_("There is no such category"), N_("Choose one from the list.")
        )
    found = await list_products(
        kernel.reader,
        kernel.directory,
        store,
        category=asked.category,
        query=cleaned(asked.q),
        page=asked.page,
    )
    items = [
        ProductItem(
            sku=sku.sku,
            product=card.handle,
            gtin=sku.gtin,
            names=sku.names,
            options=list(sku.options),
            price_minor=sku.price_minor,
            per=sku.price_per,
            currency=sku.currency,
            unit=sku.unit,
            image=sku.image,
            available=sku.offer.units,
            confirmed=sku.offer.is_confirmed,
            floor=sku.offer.floor,
        )
        for card in found.cards
        for sku in card.skus
    ]
    return _answer(ProductPage(items=items, total=found.total, page=found.page, pages=found.pages))


ROUTES = [
    route(
        "/api/v1/stores",
        stores,
        permission=PUBLIC_API,
        name="api_stores",
        contract=Contract(summary="All stores", answers={200: StoreList}),
    ),
    route(
        "/api/v1/stock/{sku:path}",
        stock,
        permission=PUBLIC_API,
        name="api_stock",
        contract=Contract(
            summary="A SKU's stock at every store", answers={200: SkuStock}, refusals={404: "no such SKU"}
        ),
    ),
    route(
        "/api/v1/stores/{store}/products",
        products,
        permission=PUBLIC_API,
        name="api_products",
        contract=Contract(
            summary="A store's products with live stock",
            query=ProductQuery,
            answers={200: ProductPage},
            refusals={404: "no such store or category"},
        ),
    ),
]
