"""HQ's exception queue: the list with its filters, one exception with its history, the hub's own check."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.monitor import trouble_words, words
from hub.monitor.deficit_orders import orders_on
from hub.monitor.trouble_api import (
    Assignment,
    Resolution,
    TroubleQuery,
    assign_trouble,
    resolve_trouble,
    trouble_of,
)
from hub.monitor.trouble_queries import (
    Named,
    Trouble,
    changes_of,
    moment,
    names_in,
    people_of_hq,
    trouble_page,
    unresolved_counts,
)
from hub.staff.hq_page import hq_page
from hub.staff.permissions import BOARD
from hub.stock.check_api import ask_check
from hub.stock.digest import CHECK as DIGEST
from hub.stock.digest import comparison_of
from hub.stock.pages import why_path
from hub.stock.self_check import latest_check
from hub.web.state import kernel_of
from sync.web.errors import InvalidInput
from sync.web.forms import local_path, read_form, read_query
from sync.web.permissions import HQ
from sync.web.routes import route
from sync.web.translations import current, gettext

PATH = "/hq/exceptions"
ORDERS = "/hq/orders"
DOCUMENTS = "/hq/documents"


def order_path(name: str) -> str:
    """The address of HQ's page of an order, by its number or id."""
    return f"{ORDERS}/{quote(name, safe='')}"


def facts_told(trouble: Trouble, named: Named) -> list[tuple[str, str, str]]:
    """A trouble's facts as (name, text, address) in the reader's language; products and papers by name.

    The address is that of HQ's page of an order or document known here, or of an event's trace; other facts
    have none.
    """
    papers = {"order": (named.orders, ORDERS), "document": (named.documents, DOCUMENTS)}
    told = []
    for name, text in trouble.facts:
        if name == "number" and text == named.orders.get(trouble.fact("order")):
            continue  # the order is called by it already
        known, pages = papers.get(name, ({}, ""))
        value = trouble_words.fact_text(name, known.get(text, text))
        if name in {"sku", "about"} and (names := named.goods.get(text)):
            value = f"{text} {names['zh-CN' if current().tag.startswith('zh') else 'en']}"
        path = f"{pages}/{quote(text, safe='')}" if text in known else ""
        if name == "seq" and trouble.store and text.isdecimal():
            path = trace_path(trouble.store, text)
        told.append((trouble_words.fact_word(name) if name else "", value, path))
    return told


def trace_path(store: str, *event: object) -> str:
    """The address that follows an event hop by hop; `event` is its number, or its incarnation and number."""
    return f"/hq/trace?id={'/'.join(map(str, (store, *event)))}"


def goods_path(trouble: Trouble, named: Named) -> str:
    """The address that explains the SKU a trouble is about; empty where it is about none."""
    sku = trouble.fact("sku") or trouble.fact("about")
    return why_path(trouble.store, sku) if trouble.store and sku in named.goods else ""


def _shared(request: Request) -> dict[str, Any]:
    """What both pages show with."""
    stores = kernel_of(request).directory.all()
    return {
        "stores": {store.id: store.name(current().tag) for store in stores},
        "words": trouble_words,
        "spans": words,
        "facts_told": facts_told,
        "goods_path": goods_path,
        "moment": moment,
    }


async def show_list(request: Request) -> Response:
    """The queue."""
    kernel = kernel_of(request)
    try:
        asked, status = read_query(request, TroubleQuery), 200
    except InvalidInput:
        asked, status = TroubleQuery(), 422
    page = await trouble_page(kernel.reader, asked.asked())
    kept = {"store": asked.store, "kind": asked.kind, "state": asked.state}
    counts = await unresolved_counts(kernel.reader)
    context = {
        **_shared(request),
        "asked": asked,
        "troubles": page.troubles,
        "named": await names_in(kernel.reader, page.troubles),
        "counts": counts,
        "kinds": _kinds(counts),
        "people": await people_of_hq(kernel.reader),
        "check": await latest_check(kernel),
        "next": f"{PATH}?{urlencode({**kept, 'after': page.after})}" if page.after else "",
        "first": f"{PATH}?{urlencode(kept)}" if asked.after else "",
        "is_wrong": status == 422,
    }
    return hq_page(request, "monitor/exceptions.html", context, status=status)


def _kinds(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Kinds to choose from, by name: those with words and those there are."""
    known = {kind: trouble_words.kind_words(kind).name for kind in (*trouble_words.KINDS, *counts)}
    return sorted(known.items(), key=lambda pair: (pair[0] not in counts, pair[1]))


async def show_one(request: Request) -> Response:
    """One exception."""
    kernel, trouble = kernel_of(request), await trouble_of(request)
    context = {
        **_shared(request),
        "trouble": trouble,
        "kind": trouble_words.kind_words(trouble.kind),
        "named": await names_in(kernel.reader, [trouble]),
        "changes": await changes_of(kernel.reader, trouble.id),
        "people": await people_of_hq(kernel.reader),
        "fault": "",
        "comparison": None,
        "standing": await orders_on(kernel.reader, trouble),
        "order_path": order_path,
    }
    if trouble.fact("check") == DIGEST and trouble.store:
        context |= {
            "comparison": await comparison_of(kernel.reader, trouble.store),
            "number_names": [gettext(name) for name in words.NUMBERS],
            "why_path": why_path,
        }
    return hq_page(request, "monitor/exception.html", context)


async def assign(request: Request) -> Response:
    """Give it to somebody."""
    given = await read_form(request, Assignment)
    await assign_trouble(request, given.owner)
    return _back(request)


async def resolve(request: Request) -> Response:
    """Say what was done."""
    given = await read_form(request, Resolution)
    await resolve_trouble(request, given)
    return _back(request)


def _back(request: Request) -> Response:
    """Where the form stood: the list, the board, or the exception's own page."""
    default = f"{PATH}/{int(request.path_params['trouble'])}"
    return RedirectResponse(local_path(request.query_params.get("next"), default), 303)


async def check_now(request: Request) -> Response:
    """Check the hub's books."""
    await ask_check(request)
    return RedirectResponse(PATH, 303)


ROUTES: list[BaseRoute] = [
    route(PATH, show_list, permission=BOARD, name="hq_exceptions"),
    route(PATH + "/{trouble:number}", show_one, permission=BOARD, name="hq_exception"),
    route("/hq/troubles/{trouble:number}/assign", assign, ["POST"], permission=HQ, name="hq_assign"),
    route("/hq/troubles/{trouble:number}/resolve", resolve, ["POST"], permission=HQ, name="hq_resolve"),
    route("/hq/verify", check_now, ["POST"], permission=HQ, name="hq_check_now"),
]
