"""The shop's lists: choose a store, its home, categories, search."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from hub.catalogue import pictures, product_page
from hub.catalogue.search_rules import cleaned, page_number
from hub.catalogue.shop_queries import below, categories, list_products, path_to
from hub.web.shop_frame import remembered_store, shop_page, store_of, store_view
from hub.web.state import kernel_of
from sync.web.errors import N_, Problem
from sync.web.permissions import PUBLIC
from sync.web.routes import route
from sync.web.translations import show_times_in

MOST_CATEGORY_KEY: Final = 400


async def choose_store(request: Request) -> Response:
    """Every store; the one chosen last comes first."""
    stores = kernel_of(request).directory.all()
    last = remembered_store(request)
    ordered = sorted(stores, key=lambda store: last is None or store.id != last.id)
    context = {
        "stores": [(store_view(request, store), store.tz) for store in ordered],
        "last": last.id if last is not None else "",
        "show_times_in": show_times_in,
    }
    return shop_page(request, "catalogue/choose_store.html", context)


async def store_home(request: Request) -> Response:
    """A store's shop: its categories and all products."""
    return await _list(request, category="", query="")


async def category(request: Request) -> Response:
    """A category of any level, with all below it."""
    return await _list(request, category=str(request.path_params["key"])[:MOST_CATEGORY_KEY], query="")


async def search(request: Request) -> Response:
    """Products whose names, brand, SKU or barcode have every word."""
    return await _list(request, category="", query=cleaned(request.query_params.get("q", "")), is_search=True)


async def _list(request: Request, *, category: str, query: str, is_search: bool = False) -> Response:
    """The page of a list."""
    store, kernel = store_of(request), kernel_of(request)
    tree = await categories(kernel.reader)
    if category and category not in tree:
        raise Problem(
            404, "category.unknown", N_("There is no such category"), N_("Choose one from the list.")
        )
    found = await list_products(
        kernel.reader,
        kernel.directory,
        store,
        category=category,
        query=query,
        page=page_number(request.query_params.get("page")),
    )
    context: dict[str, Any] = {
        "found": found,
        "path": path_to(tree, category),
        "below": below(tree, category),
        "query": query,
        "is_search": is_search,
        "picture": lambda image: pictures.picture_address(kernel.settings.shop, image),
    }
    return shop_page(request, "catalogue/list.html", context, store=store)


ROUTES = [
    route("/", choose_store, permission=PUBLIC),
    route("/s/{store}", store_home, permission=PUBLIC),
    route("/s/{store}/search", search, permission=PUBLIC),
    route("/s/{store}/c/{key:path}", category, permission=PUBLIC),
    *product_page.ROUTES,
    *pictures.ROUTES,
]
