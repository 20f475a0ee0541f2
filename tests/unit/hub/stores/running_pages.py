"""The hub's HQ pages and calls as one application for tests, with people signed in."""

from collections.abc import AsyncIterator, Sequence

import httpx2
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from hub.documents import api as documents_api
from hub.documents import form_pages as document_form_pages
from hub.documents import pages as documents_pages
from hub.importing import pages as importing_pages
from hub.kernel import Kernel
from hub.monitor import api as monitor_api
from hub.monitor import order_pages as monitor_order_pages
from hub.monitor import pages as monitor_pages
from hub.monitor import refund_api as monitor_refund_api
from hub.staff import api as staff_api
from hub.staff import pages as staff_pages
from hub.staff.passwords import hash_secret_word
from hub.staff.sign_in import identify
from hub.stock import api as stock_api
from hub.stock import pages as stock_pages
from hub.stores import api as stores_api
from hub.stores import pages as stores_pages
from hub.stores.import_chain import Person, keep_person
from hub.stores.keep_store import KeepStore, StoreDraft
from hub.stores.queries import load_directory
from hub.trace import api as trace_api
from hub.trace import pages as trace_pages
from hub.web.error_place import place_of
from hub.web.problems import TRANSLATED
from sync.storage.writer import Transaction
from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.templates import Frame, Pages
from sync.web.translations import load_texts

AREAS = [
    "hub.staff",
    "hub.stores",
    "hub.monitor",
    "hub.stock",
    "hub.importing",
    "hub.documents",
    "hub.trace",
]
PASSWORD = "long enough"
PASSWORD_HASH = hash_secret_word(PASSWORD)
PAGE = {"sec-fetch-site": "same-origin", "accept": "text/html", "accept-language": "en"}
ROUTES: Sequence[BaseRoute] = [
    *staff_api.ROUTES,
    *staff_pages.ROUTES,
    *stores_api.ROUTES,
    *stores_pages.ROUTES,
    *monitor_api.ROUTES,
    *stock_api.ROUTES,
    *monitor_pages.ROUTES,
    *monitor_order_pages.ROUTES,
    *monitor_refund_api.ROUTES,
    *stock_pages.ROUTES,
    *importing_pages.ROUTES,
    *trace_api.ROUTES,
    *trace_pages.ROUTES,
    *documents_api.ROUTES,
    *document_form_pages.ROUTES,
    *documents_pages.ROUTES,
]


def make_app(kernel: Kernel) -> Starlette:
    """The application over a kernel."""
    frame = Frame(
        assets=Assets({"hub": "hub.web"}), library=load_texts(["hub.web", *AREAS]), clock=kernel.clock
    )
    pages = Pages(frame, areas=AREAS)
    app = web_app(
        WebParts(
            routes=ROUTES,
            pages=pages,
            identify=identify,
            sign_in_url="/hq/sign-in",
            translate=TRANSLATED,
            place_of=place_of,
        )
    )
    app.state.kernel = kernel
    return app


async def add_people(kernel: Kernel) -> None:
    """An administrator `hq`, a `monitor`, a clerk `li` of store s1, and `gone`, who left."""

    def add(transaction: Transaction) -> None:
        names = '{"zh-CN":"总部","en":"Head Office"}'
        for login, role, active in (
            ("hq", "administrator", 1),
            ("monitor", "monitor", 1),
            ("gone", "administrator", 0),
        ):
            keep_person(transaction, Person(login, names, role, None, PASSWORD_HASH, None, active))
        keep_person(transaction, Person("li", names, "clerk", "s1", None, PASSWORD_HASH, 1))

    await kernel.writer.run(add)


async def add_stores(kernel: Kernel, *ids: str) -> None:
    """Stores of these ids."""
    for position, store in enumerate(ids):
        names = {"zh-CN": f"{store} 店", "en": f"Store {store}"}
        await kernel.writer.run(KeepStore(StoreDraft(id=store, names=names), position))
    await load_directory(kernel)


@pytest_asyncio.fixture
async def app(kernel: Kernel) -> Starlette:
    await add_stores(kernel, "s1", "s2")
    await add_people(kernel)
    return make_app(kernel)


def client_of(app: Starlette, **headers: str) -> httpx2.AsyncClient:
    """A client on the application, in this process."""
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://hub.test", headers=headers)


@pytest_asyncio.fixture
async def nobody(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app, **{"accept-language": "en"}) as client:
        yield client


async def token_of(client: httpx2.AsyncClient, user: str) -> str:
    """A token of somebody."""
    answer = await client.post("/api/v1/session", json={"user": user, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


@pytest_asyncio.fixture
async def hq(app: Starlette, nobody: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    token = await token_of(nobody, "hq")
    async with client_of(app, authorization=f"Bearer {token}", **{"accept-language": "en"}) as client:
        yield client


@pytest_asyncio.fixture
async def monitor(app: Starlette, nobody: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    token = await token_of(nobody, "monitor")
    async with client_of(app, authorization=f"Bearer {token}", **{"accept-language": "en"}) as client:
        yield client


@pytest_asyncio.fixture
async def browser(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    """HQ's administrator signed in by the page."""
    async with client_of(app, **PAGE) as client:
        answer = await client.post("/hq/sign-in", data={"user": "hq", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield client
