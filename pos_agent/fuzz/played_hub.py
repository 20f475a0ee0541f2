"""A hub that is played: the hub's own rules over a dictionary, its messages kept as real traffic."""

from dataclasses import dataclass, field
from typing import Any, Final

from sync.messages.codec import decode, encode, parse_fact
from sync.messages.topics import HUB_PRESENCE, store_topic
from sync.rules.books import HubPosition
from sync.rules.central.apply_up import apply_up
from sync.rules.central.make_down import make_down
from sync.rules.central.promise import dispatch, hold_units
from sync.rules.digest import Compare
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem, HoldLine
from sync.rules.streams import Hello, Page, Up
from sync.rules.streams import Message as Said
from sync.simulator.books import HubDictionary
from sync.simulator.fuzz.shots import Recorded
from sync.values.pickup_code import code_hash

AT: Final = "2026-05-01T04:00:00.000Z"
SKUS: Final = ("tea", "soap", "comb", "rice")
SETTINGS: Final[dict[str, Any]] = {
    "names": {"zh-CN": "一号店", "en": "Store One"},
    "address": {"zh-CN": "南京路1号", "en": "1 Nanjing Road"},
    "phone": "021-5555",
    "tz": "Asia/Shanghai",
    "locale": "zh-CN",
    "currency": "CNY",
    "pickup": {"slip": True},
    "allotment": {"policy": "fixed", "share_percent": 50, "reserve": 0, "last_unit": "grant"},
}


def product(number: int, sku: str) -> dict[str, Any]:
    """A catalogue entry."""
    return {
        "version": number,
        "sku": sku,
        "gtins": [],
        "names": {"zh-CN": f"商品{sku}", "en": sku},
        "price_minor": 350,
        "per": 1,
        "currency": "CNY",
        "unit": "piece",
        "status": "on",
        "shelf": f"A-{number:02d}",
        "category": ["食品"],
        "image": "",
    }


@dataclass(slots=True)
class PlayedHub:
    """The hub's end of one store."""

    store: str
    is_goat: bool
    book: HubDictionary = field(init=False)
    traffic: list[Recorded] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = HubDictionary(HubPosition(store=self.store, sinc=2, hinc=2), SKUS)

    def record(self, said: Said | bytes, topic: str = "") -> Recorded:
        """Keep a message as it goes out."""
        payload = said if isinstance(said, bytes) else encode(said)
        self.traffic.append(Recorded(topic or store_topic(self.store, "down"), payload, self.is_goat))
        return self.traffic[-1]

    def opening(self) -> list[Recorded]:
        """What a store hears first: presence, greeting, catalogue, settings."""
        presence = b'{"state":"online","hinc":2,"at":"2026-05-01T04:00:00.000Z"}'
        goods = tuple(product(number, sku) for number, sku in enumerate(SKUS, 1))
        own = ({"version": 1, "key": "settings", "body": SETTINGS},)
        return [
            self.record(presence, HUB_PRESENCE),
            self.record(Hello(store=self.store, sinc=2, hinc=2, wall_clock=AT)),
            self.record(Page(name="catalog", hinc=2, since=0, to=2, top=4, entries=goods[:2])),
            self.record(Page(name="catalog", hinc=2, since=2, to=4, top=4, entries=goods[2:])),
            self.record(Page(name="store", hinc=2, since=0, to=1, top=1, entries=own)),
            self.record(Compare(hinc=2, sinc=2)),
            self.record(Compare(hinc=2, sinc=2, buckets=(0, 7))),
        ]

    def hear(self, payload: bytes) -> None:
        """An UP arrives."""
        said = decode(payload)
        if isinstance(said, Up):
            apply_up(self.book, said, parse_fact)
            self.book.commit()

    def down(self) -> Recorded:
        """What the store was not heard to have."""
        return self.record(make_down(self.book))

    def order(self, number: int) -> None:
        """A customer orders one unit."""
        order, sku = f"{self.store}-order-{number}", SKUS[number % len(SKUS)]
        hold_units(self.book, [HubLine(order=order, line=1, sku=sku, qty=1)])
        item = HoldItem(
            order=order,
            number=f"N-{number}",
            code_hash=code_hash(self.store, "A7K2QX"),
            pay_at="counter",
            due_minor=350,
            currency="CNY",
            placed_at=AT,
            ready_by=AT,
            expires_at="2036-05-03T05:00:00.000Z",
            lines=(HoldLine(line=1, sku=sku, qty=1, names={"zh-CN": sku, "en": sku}, price_minor=350),),
        )
        dispatch(self.book, item)
        self.book.commit()
