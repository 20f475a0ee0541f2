"""The hub's web application: every area's routes, one frame, one way to answer errors."""

from collections.abc import Sequence
from typing import Any, Final

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from hub.catalogue import api as catalogue_api
from hub.catalogue import pages as catalogue_pages
from hub.documents import api as document_api
from hub.documents import form_pages as document_form_pages
from hub.documents import pages as document_pages
from hub.importing import pages as import_pages
from hub.kernel import Kernel
from hub.link.worker import LinkWorker
from hub.metrics import hub_registry
from hub.monitor import api as monitor_api
from hub.monitor import order_pages as monitor_order_pages
from hub.monitor import pages as monitor_pages
from hub.monitor import refund_api as monitor_refund_api
from hub.orders import api as order_api
from hub.orders import pages as order_pages
from hub.orders.take_order import OrderDesk
from hub.payments import pages as payment_pages
from hub.staff import api as staff_api
from hub.staff import pages as staff_pages
from hub.staff.sign_in import identify
from hub.stock import api as stock_api
from hub.stock import pages as stock_pages
from hub.stores import api as store_api
from hub.stores import mirror_api
from hub.stores import pages as store_pages
from hub.trace import api as trace_api
from hub.trace import pages as trace_pages
from hub.web.error_place import place_of
from hub.web.hosts import host_gate
from hub.web.problems import TRANSLATED
from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.health import Finding, health_routes
from sync.web.openapi import openapi_document, openapi_route
from sync.web.templates import Frame, Pages
from sync.web.translations import load_texts

VERSION: Final = "0.1.0"
TITLE: Final = "OMO Hub"
AREAS: Final = (
    "hub.catalogue",
    "hub.orders",
    "hub.payments",
    "hub.staff",
    "hub.stores",
    "hub.monitor",
    "hub.stock",
    "hub.importing",
    "hub.trace",
    "hub.documents",
)


ROUTES: Final[Sequence[BaseRoute]] = (
    *order_api.ROUTES,
    *catalogue_api.ROUTES,
    *store_api.ROUTES,
    *mirror_api.ROUTES,
    *staff_api.ROUTES,
    *monitor_api.ROUTES,
    *stock_api.ROUTES,
    *trace_api.ROUTES,
    *document_api.ROUTES,
    *staff_pages.ROUTES,
    *monitor_pages.ROUTES,
    *monitor_order_pages.ROUTES,
    *monitor_refund_api.ROUTES,
    *stock_pages.ROUTES,
    *store_pages.ROUTES,
    *trace_pages.ROUTES,
    *import_pages.ROUTES,
    *document_form_pages.ROUTES,
    *document_pages.ROUTES,
    *payment_pages.ROUTES,
    *order_pages.ROUTES,
    *catalogue_pages.ROUTES,
)
"""Every area's routes."""


def described() -> dict[str, Any]:
    """The API document, without a running hub."""
    return openapi_document(ROUTES, title=TITLE, version=VERSION)


def routes(kernel: Kernel, worker: LinkWorker, registry: CollectorRegistry) -> Sequence[BaseRoute]:
    """Every route of a running hub."""

    async def database() -> Finding:
        if problem := kernel.writer.state.problem:
            return Finding(ok=False, detail=problem)
        row = await kernel.reader.one("SELECT COUNT(*) FROM store")
        return Finding(row is not None, f"{row[0] if row else 0} stores")

    async def broker() -> Finding:
        return Finding(worker.is_connected, "connected" if worker.is_connected else "not connected")

    health = health_routes({"database": database, "broker": broker}, registry)
    return [*health, openapi_route(TITLE, VERSION), *ROUTES]


def hub_app(kernel: Kernel, desk: OrderDesk, worker: LinkWorker) -> Starlette:
    """The application around a running kernel."""
    library = load_texts(["hub.web", *AREAS])
    frame = Frame(assets=Assets({"hub": "hub.web"}), library=library, clock=kernel.clock)
    pages = Pages(frame, frames=["hub.web"], areas=AREAS)
    registry = hub_registry(kernel, worker)
    app = web_app(
        WebParts(
            routes=routes(kernel, worker, registry),
            pages=pages,
            identify=identify,
            sign_in_url="/hq/sign-in",
            translate=TRANSLATED,
            place_of=place_of,
            gates=(host_gate(kernel.settings),),
            https=kernel.settings.public_url.startswith("https:"),
        )
    )
    app.state.kernel = kernel
    app.state.order_desk = desk
    app.state.link = worker
    app.state.hops = worker.hops
    return app
