"""HQ gives documents in a real browser, and sees what the stores' own ledgers book of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.link.hear import HearUp
from sync.messages.codec import decode, encode
from sync.rules.books import StorePosition, record
from sync.rules.facts import DocumentCount, DocumentStep, Move, MoveLine, MoveReason
from sync.rules.rights import Allotment
from sync.rules.store import ledger
from sync.rules.store.report_up import make_up
from sync.rules.streams import Up
from sync.simulator.books import StoreDictionary
from sync.storage.writer import Transaction
from tests.browser.hq.running_hq import RunningHq, serving
from tests.browser.hq.test_hq_pages import fits, is_accessible, looks_right, sign_in, visiting

pytestmark = pytest.mark.browser

STORES = ("renmin", "jiangwan")
SKUS = ("BE1001", "BE1002")


class Shop:
    """A store's ledger, and the hub that hears it."""

    def __init__(self, hq: RunningHq, store: str) -> None:
        self.hq = hq
        policy = Allotment(share_percent=50, reserve=0, last_unit="grant")
        self.book = StoreDictionary(StorePosition(store=store, sinc=1, hinc=1), dict.fromkeys(SKUS, policy))

    def move(self, reason: MoveReason, units: dict[str, int], document: str | None = None) -> None:
        """Goods come (above zero) or go."""
        lines = tuple(
            MoveLine(sku=sku, qty=abs(n), **({"target": "floor"} if n > 0 else {"source": "floor"}))  # type: ignore[arg-type]
            for sku, n in units.items()
        )
        ledger.book_move(
            self.book,
            Move(reason=reason, lines=lines, at=self.hq.ago(), actor="lin", document=document),
        )

    def step(self, document: str, to: Any, *counts: tuple[str, int, int], why: str = "") -> None:
        """A step of a document; `counts` are (sku, asked, found)."""
        lines = tuple(DocumentCount(sku=sku, asked=asked, found=found) for sku, asked, found in counts)
        record(
            self.book,
            DocumentStep(
                document=document, rev=1, to=to, at=self.hq.ago(), lines=lines, actor="lin", why=why
            ),
        )

    def tell(self) -> None:
        """The hub hears all that is new."""
        self.book.commit()
        up = decode(encode(make_up(self.book, self.book.position().heard)))
        assert isinstance(up, Up)
        heard = self.hq.do(self.hq.kernel.writer.run(HearUp(self.hq.kernel, up)))
        position = self.book.position()
        self.book.put_position(type(position)(**{**_fields(position), "heard": heard.position.app}))
        self.book.commit()


def _fields(position: StorePosition) -> dict[str, Any]:
    return {name: getattr(position, name) for name in StorePosition.__slots__}


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHq]:
    with serving(tmp_path_factory.mktemp("documents") / "data") as running:

        def enrol(transaction: Transaction) -> None:
            for store in STORES:
                transaction.execute(
                    "UPDATE store_stream SET sinc = 1, secret_hash = 'x' WHERE store = ?", (store,)
                )

        running.do(running.kernel.writer.run(enrol))
        yield running


@pytest.fixture(scope="module")
def shops(hq: RunningHq) -> dict[str, Shop]:
    made = {store: Shop(hq, store) for store in STORES}
    made["renmin"].move("receive", {"BE1001": 60, "BE1002": 20})
    made["renmin"].tell()
    return made


def document_in(page: Page) -> str:
    """The document of the page's address."""
    return page.url.rsplit("/", 1)[1]


def test_a_delivery_is_given_and_seen_booked(
    chromium: Browser, hq: RunningHq, shops: dict[str, Shop], pictures: Path
) -> None:
    with visiting(chromium, hq, "en", 1280) as page:
        sign_in(page, hq)
        page.click("nav.side >> text=Documents")
        page.click("text=New document >> nth=0")
        page.fill("#f-number", "D-2026-0417")
        page.fill("#f-partner", "Sunshine Beauty")
        page.fill("#f-lines", "sku,qty\nBE1001,24")
        page.fill("#f-find", "BE1002")
        page.click("text=Find, and add")
        page.fill("#pick-1", "12")
        page.click("text=Give it to the store")
        expect(page.locator("h1")).to_have_text("Delivery D-2026-0417")
        expect(page.locator("#document-state")).to_contain_text("given, not yet in the store")
        document = document_in(page)

        shops["renmin"].step(document, "received")
        shops["renmin"].tell()
        expect(page.locator("#document-state")).to_contain_text("open in the store")
        shops["renmin"].move("receive", {"BE1001": 24, "BE1002": 10}, document)
        shops["renmin"].step(document, "booked", ("BE1001", 24, 24), ("BE1002", 12, 10))
        shops["renmin"].tell()

        expect(page.locator("#document-state")).to_contain_text("booked")
        cells = page.locator("#document-lines tbody tr >> nth=1").locator("td.num").all_inner_texts()
        assert cells == ["12", "10", "\u22122"]
        told = page.locator("#document-deeds strong").all_inner_texts()
        assert told == ["given by HQ", "arrived in the store", "booked in the store"]
        expect(page.locator("#document-deeds")).to_contain_text("lin")
        expect(page.locator("#document-about")).to_contain_text("Ended")
        expect(page.locator("#document-change form")).to_have_count(0)
        fits(page)
        is_accessible(page)
        page.screenshot(path=pictures / "document-booked.png", full_page=True)
        page.goto(hq.url + "/hq/exceptions")
        page.click("main table a:has-text('D-2026-0417')")
        expect(page.locator("h1")).to_have_text("Delivery D-2026-0417")
        page.click("#document-lines tbody tr >> nth=1 >> text=Why this number?")
        expect(page.locator("main")).to_contain_text("30")


def test_a_transfer_is_followed_and_its_difference_closed(
    chromium: Browser, hq: RunningHq, shops: dict[str, Shop], pictures: Path
) -> None:
    with visiting(chromium, hq, "en", 1280) as page:
        sign_in(page, hq)
        page.goto(hq.url + "/hq/documents/new?task=transfer")
        page.select_option("#f-store", "renmin")
        page.select_option("#f-to_store", "jiangwan")
        page.fill("#f-lines", "BE1001,10")
        page.click("text=Give it to the store")
        out = document_in(page)
        shops["renmin"].move("transfer_out", {"BE1001": -10}, out)
        shops["renmin"].step(out, "booked", ("BE1001", 10, 10))
        shops["renmin"].tell()
        expect(page.locator("#document-state")).to_contain_text("in transit")
        page.goto(hq.url + "/hq/documents/transit")
        expect(page.locator("main tbody tr")).to_have_count(1)
        page.screenshot(path=pictures / "transit.png", full_page=True)
        arrival = out.replace("transfer_out", "transfer_in")
        shops["jiangwan"].move("transfer_in", {"BE1001": 8}, arrival)
        shops["jiangwan"].step(arrival, "booked", ("BE1001", 10, 8))
        shops["jiangwan"].tell()
        page.goto(f"{hq.url}/hq/documents/{out}")
        is_accessible(page)
        page.screenshot(path=pictures / "transfer-difference.png", full_page=True)
        page.fill("#f-close-why", "two broke on the road")

        page.click("text=Close the difference")

        expect(page.locator("#document-state")).to_contain_text("difference closed")
        expect(page.locator("#document-transfer")).to_contain_text("hq closed the difference: two broke")
        assert page.locator("#document-transfer tbody td").all_inner_texts() == ["10", "8", "2", "0"]


def test_a_bad_list_is_told_by_row(chromium: Browser, hq: RunningHq, pictures: Path) -> None:
    with visiting(chromium, hq, "zh-CN", 360, refused=1) as page:
        sign_in(page, hq)
        page.goto(hq.url + "/hq/documents/new?task=adjust")
        page.fill("#f-note", "破损")
        page.fill("#f-lines", "BE1001,-2\nXX,1\nBE1002,x")
        page.click("text=下发给门店")
        expect(page.locator(".said li")).to_have_count(2)
        expect(page.locator(".said li >> nth=0")).to_contain_text("第 2 行")
        assert page.input_value("#f-lines") == "BE1001,-2\nXX,1\nBE1002,x"
        fits(page)
        is_accessible(page)
        page.screenshot(path=pictures / "document-faults.png", full_page=True)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_page_of_documents_looks_right(
    chromium: Browser, hq: RunningHq, shops: dict[str, Shop], pictures: Path, lang: str
) -> None:
    with visiting(chromium, hq, lang, 1280) as page:
        sign_in(page, hq)
        page.goto(f"{hq.url}/hq/documents/new?task=receiving")
        page.fill("#f-number", f"N-{lang}")
        page.fill("#f-lines", "BE1001,3\nBE1002,4")
        page.click("button[value=give]")
        expect(page.locator("#document-state")).to_be_visible()
        looks_right(page, pictures, f"document-open-{lang}")
        for name in ("documents", "transit", "new?task=count", "new?task=transfer"):
            page.goto(f"{hq.url}/hq/documents/{name}" if name != "documents" else f"{hq.url}/hq/documents")
            assert page.locator("html").get_attribute("lang") == lang
            looks_right(page, pictures, f"documents-{name.replace('?task=', '-')}-{lang}")
