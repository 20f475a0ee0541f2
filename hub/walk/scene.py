"""Who takes part in the walk, what was chosen to buy, and what happened so far."""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.walk.errors import StepFailed, expect
from hub.walk.place import Place, StorePlace
from hub.walk.tools import Party, order_control

UNITS_NEEDED = 12
SCANNER_REST_S = 0.35
CONTACT = {"name": "Li Na", "phone": "+8613800138000"}


@dataclass(frozen=True, slots=True)
class Goods:
    """A product the walk buys."""

    sku: str
    gtin: str
    names: Mapping[str, str]
    unit_minor: int


@dataclass(slots=True)
class Ordered:
    """An order as the customer was told, and its unguessable address."""

    told: Mapping[str, Any]
    token: str

    @property
    def id(self) -> str:
        """The order's id."""
        return str(self.told["id"])

    @property
    def number(self) -> str:
        """The order's number for people."""
        return str(self.told["number"])

    @property
    def qr(self) -> str:
        """What the QR code says."""
        return str(self.told["qr"])


@dataclass(slots=True)
class Scene:
    """The walk's state.

    Attributes:
        place: Where the programs are.
        store: The store the walk is at.
        hub: The hub, without signing in: a customer.
        hq: The hub, signed in as HQ once step 1 is done.
        clerk: The store's agent, signed in once the clerk is.
        goods: Products to buy, each with enough units.
        order: The order at hand.
        sold: The last receipt: number, total, given, change (minor units).
        known: The order that the store knew when its line was cut.
        unheard: The order placed while it was cut.
    """

    place: Place
    store: StorePlace
    hub: Party
    hq: Party
    clerk: Party
    goods: list[Goods] = field(default_factory=list)
    order: Ordered | None = None
    sold: Mapping[str, Any] = field(default_factory=dict)
    known: Ordered | None = None
    unheard: Ordered | None = None

    @classmethod
    def at(cls, place: Place) -> "Scene":
        """The scene at the first store."""
        store = place.stores[0]
        return cls(place, store, Party(place.hub_url), Party(place.hub_url), Party(store.agent_url))

    @property
    def present(self) -> Ordered:
        """The order at hand."""
        expect(self.order, "no order is at hand")
        assert self.order is not None
        return self.order

    def place_order(self, lines: Mapping[str, int], pay: str, key: str = "") -> Ordered:
        """Order over the API; it becomes the order at hand.

        Raises:
            StepFailed: It was not answered 201.
        """
        told = self.try_order(lines, pay, key or f"walk-{secrets.token_hex(8)}")
        expect(told.status == 201, f"the order was answered {told.status}: {told.text[:300]}")
        answer = told.body
        self.order = Ordered(answer, str(answer["url"]).rstrip("/").rpartition("/")[2])
        return self.order

    def try_order(self, lines: Mapping[str, int], pay: str, key: str) -> Any:
        """Order over the API; returns whatever is answered."""
        body = {
            "store": self.store.id,
            "lines": [{"sku": sku, "qty": qty} for sku, qty in lines.items()],
            "contact": CONTACT,
            "pay": pay,
            "locale": "en",
        }
        return self.hub.call("POST", "/api/v1/orders", body, {"idempotency-key": key})

    def customer_state(self) -> str:
        """The order's state as its customer sees it."""
        return str(self.hub.ask("GET", f"/api/v1/orders/{self.present.token}")["state"])

    def at_counter(self, order: str) -> Mapping[str, Any] | None:
        """An order as the counter shows it, with the `lane` it is in; None where it is in none."""
        lanes = self.clerk.ask("GET", "/api/v1/counter")
        for lane in ("to_pick", "ready", "put_back"):
            for shown in lanes[lane]:
                if shown["order"] == order:
                    return {**shown, "lane": lane}
        return None

    def scan(self, code: str) -> None:
        """Pull the trigger of the store's scanner."""
        order_control(self.store.scanner_control, code)

    def rest_scanner(self) -> None:
        """Wait as long as a scanner takes the same code for a bounce of the first."""
        threading.Event().wait(SCANNER_REST_S)

    def key(self) -> str:
        """A text that was never used before."""
        return secrets.token_hex(8)

    def ticket(self) -> Mapping[str, Any]:
        """The till's open ticket."""
        return dict(self.clerk.ask("GET", "/api/v1/till/ticket"))

    def units(self, sku: str) -> int:
        """Units that the shop offers at this store."""
        for shelf in self.hub.ask("GET", f"/api/v1/stock/{sku}")["stores"]:
            if shelf["store"] == self.store.id:
                return int(shelf["available"])
        raise StepFailed(f"{sku} has no stock at {self.store.id}")
