"""HQ's pages of stock: goods of a store, and why one has the number it has."""

from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.staff.hq_page import hq_page
from hub.staff.permissions import BOARD
from hub.stock import words
from hub.stock.api import WhyQuery, cursor_text, why_of
from hub.stock.digest_api import PAGES as DIGEST_PAGES
from hub.stock.find_goods import MOST, exact_sku, find_goods, goods_named
from hub.web.state import kernel_of
from sync.web.errors import InvalidInput
from sync.web.forms import read_query
from sync.web.routes import route
from sync.web.translations import current


class GoodsQuery(BaseModel):
    """What is looked for, and where."""

    model_config = ConfigDict(extra="ignore")

    store: Annotated[str, StringConstraints(max_length=32)] = ""
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""


def why_path(store: str, sku: str) -> str:
    """The address of the page that explains a SKU at a store."""
    return f"/hq/stock/{quote(store, safe='')}/{quote(sku, safe='')}"


async def show_stock(request: Request) -> Response:
    """Goods of a store; a SKU or barcode written whole leads straight to its explanation."""
    kernel = kernel_of(request)
    try:
        asked, status = read_query(request, GoodsQuery), 200
    except InvalidInput:
        asked, status = GoodsQuery(), 422
    stores = {store.id: store.name(current().tag) for store in kernel.directory.all()}
    store = asked.store if asked.store in stores else next(iter(stores), "")
    if asked.q and store and (sku := await exact_sku(kernel.reader, asked.q)):
        return RedirectResponse(why_path(store, sku), 303)
    context: dict[str, Any] = {
        "asked": asked,
        "store": store,
        "stores": stores,
        "goods": await find_goods(kernel.reader, store, asked.q) if store else [],
        "most": MOST,
        "tag": current().tag,
        "why_path": why_path,
        "is_wrong": status == 422,
    }
    return hq_page(request, "stock/stock.html", context, status=status)


async def show_why(request: Request) -> Response:
    """Why is it this many?"""
    kernel = kernel_of(request)
    try:
        asked = read_query(request, WhyQuery)
    except InvalidInput:
        asked = WhyQuery()
    why = await why_of(request, asked.cursor)
    facts = kernel.directory.get(why.store)
    names = (await goods_named(kernel.reader, [why.sku])).get(why.sku, {})
    context: dict[str, Any] = {
        "why": why,
        "name": names.get("zh-CN" if current().tag.startswith("zh") else "en") or why.sku,
        "stores": {store.id: store.name(current().tag) for store in kernel.directory.all()},
        "words": words,
        "why_path": why_path,
        "older": cursor_text(why.more_before) if why.more_before else "",
        "is_first": asked.cursor is None,
    }
    return hq_page(request, "stock/why.html", context, zone=facts.tz if facts else None)


ROUTES: list[BaseRoute] = [
    *DIGEST_PAGES,
    route("/hq/stock", show_stock, permission=BOARD),
    route("/hq/stock/{store}/{sku:path}", show_why, permission=BOARD, name="hq_stock_why"),
]
