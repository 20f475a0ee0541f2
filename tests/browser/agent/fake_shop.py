"""A store in memory that answers like the agent: plausible goods and orders, and the accidents."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.rules.errors import Refused, Short

GOODS = {
    "BE1001": ("6990101000013", "防晒乳 SPF50 60ml", "Sun Lotion SPF50 60 ml", 9900, 12, "A-03"),
    "BE1003": (
        "6990101000037",
        "防晒乳 SPF50 敏感肌 50ml",
        "Sun Lotion SPF50 Sensitive 50 ml",
        10900,
        6,
        "A-03",
    ),
    "BE1005": ("6990101000051", "舒缓保湿面霜 50g", "Soothing Moisture Cream 50 g", 12800, 3, "A-05"),
    "BE1007": ("6990101000075", "氨基酸洁面乳 120ml", "Amino Acid Cleanser 120 ml", 6900, 9, "A-05"),
    "FO2001": ("6990102000012", "农夫山泉 饮用天然水 550ml", "Spring Water 550 ml", 200, 96, "冷柜 2"),
    "FO2002": ("6990102000029", "红富士苹果 约 200g", "Fuji Apple, about 200 g", 690, 40, "生鲜 1"),
    "FO2003": ("6990102000036", "黑芝麻汤圆 500g", "Black Sesame Dumplings 500 g", 1990, 1, "冷柜 4"),
}
LETTERS = {"fsr": "BE1001", "nfsq": "FO2001", "mf": "BE1005", "hfspg": "FO2002"}
STAFF = [
    {"login": "wang", "names": {"zh-CN": "王敏", "en": "Wang Min"}, "role": "clerk", "pin": "1234"},
    {"login": "chen", "names": {"zh-CN": "陈立", "en": "Chen Li"}, "role": "manager", "pin": "4321"},
]
COUNTER_TAIL = "5678"


def names_of(sku: str) -> dict[str, str]:
    """A product's names."""
    return {"zh-CN": GOODS[sku][1], "en": GOODS[sku][2]}


def instant(offset_min: float) -> str:
    """An instant some minutes from now, as the agent writes it."""
    at = datetime.now(UTC) + timedelta(minutes=offset_min)  # noqa: TID251  # the browser's clock is the real one
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass
class FakeShop:
    """State and decisions; the HTTP face stands in `fake_agent`."""

    online: bool = True
    since: str | None = None
    unsent: int = 0
    alarm: str | None = None
    printer: str = "online"
    printed: str | None = "confirmed"
    lines: list[dict[str, Any]] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    picking: str | None = None
    wrong_codes: int = 0
    summed: int = 47
    frozen: int = 0
    replaced: bool = False
    received: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    ticket_id: str = "t-1"

    def ticket(self) -> dict[str, Any]:
        """The open ticket."""
        total = sum(line["amount_minor"] for line in self.lines)
        return {
            "id": self.ticket_id,
            "state": "open",
            "lines": [dict(line) for line in self.lines],
            "count": sum(line["qty"] for line in self.lines),
            "total_minor": total,
            "currency": "CNY",
            "receipt": None,
        }

    def sku_of(self, code: str) -> str:
        """The SKU of a barcode or SKU."""
        for sku, goods in GOODS.items():
            if code in {sku, goods[0]}:
                return sku
        raise Refused("unknown_code")

    def add(self, sku: str, qty: int) -> None:
        """Units on the ticket."""
        line = next((one for one in self.lines if one["sku"] == sku), None)
        if line is None:
            gtin, _zh, _en, price, free, _shelf = GOODS[sku]
            number = max((one["line"] for one in self.lines), default=0) + 1
            line = {
                "line": number,
                "sku": sku,
                "gtin": gtin,
                "names": names_of(sku),
                "unit_minor": price,
                "free": free,
            }
            self.lines.append(line)
        self.set_qty(line["line"], line.get("qty", 0) + qty)

    def set_qty(self, number: int, qty: int) -> None:
        """A line's units."""
        line = next((one for one in self.lines if one["line"] == number), None)
        if line is None:
            raise Refused("unknown_line")
        line["qty"], line["amount_minor"] = qty, line["unit_minor"] * qty

    def pay(self, given: int, override: str | None) -> dict[str, Any]:
        """Book the sale."""
        ticket = self.ticket()
        for line in self.lines:
            if line["qty"] > line["free"] and not override:
                facts: dict[str, Any] = {"orders": ["R-0712", "R-0709"], "promised": 2, "online": 0}
                raise Short(sku=line["sku"], wanted=line["qty"], left=line["free"], **facts)
        number = self.keep_receipt(ticket["total_minor"], given)
        self.lines, self.ticket_id = [], f"t-{number}"
        told = {
            name: self.receipts[number][name] for name in ("number", "change_minor", "given_minor", "tender")
        }
        return {
            **ticket,
            "state": "completed",
            "receipt": {**told, "printed": "queued" if self.printed else None},
        }

    def keep_receipt(self, total: int, given: int) -> str:
        """A receipt's number."""
        number = f"renmin-1-1-{next(self.numbers):06d}"
        self.receipts[number] = {
            "number": number,
            "total_minor": total,
            "given_minor": given,
            "change_minor": given - total,
            "tender": "cash",
            "currency": "CNY",
            "at": instant(0),
        }
        return number

    def search(self, text: str) -> list[dict[str, Any]]:
        """Goods that fit."""
        text = text.lower()
        found = [
            sku
            for sku, (gtin, zh, en, *_rest) in GOODS.items()
            if text in zh.lower() or text in en.lower() or text in gtin or LETTERS.get(text) == sku
        ]
        return [
            {
                "sku": sku,
                "gtin": GOODS[sku][0],
                "names": names_of(sku),
                "unit_minor": GOODS[sku][3],
                "free": GOODS[sku][4],
            }
            for sku in found
        ]

    def put_order(
        self, number: str, stage: str, lines: list[tuple[str, int, int]], **facts: Any
    ) -> dict[str, Any]:
        """An order; lines are (SKU, units, picked)."""
        order = {
            "order": f"o-{number}",
            "number": number,
            "stage": stage,
            "unsure": False,
            "outcome": None,
            "ready_by": instant(facts.pop("ready_in", 40)),
            "expires_at": instant(facts.pop("kept_min", 2880)),
            "placed_at": instant(-20),
            "closed_at": None,
            "contact": "李**",
            "phone_tail": COUNTER_TAIL,
            "pay_at": "online",
            "due_minor": 0,
            "currency": "CNY",
            "lines": [order_line(place + 1, *line) for place, line in enumerate(lines)],
            **facts,
        }
        self.orders[order["order"]] = order
        return order

    def lists(self) -> dict[str, Any]:
        """What the counter shows."""
        known = sorted(
            self.orders.values(),
            key=lambda one: (not any(line["look"] for line in one["lines"]), one["ready_by"]),
        )
        orders = [one for one in known if not one["unsure"]]
        return {
            "to_check": [one for one in known if one["unsure"]],
            "to_pick": [one for one in orders if one["stage"] in {"received", "picking"}],
            "ready": [one for one in orders if one["stage"] == "ready"],
            "put_back": [
                one
                for one in orders
                if one["stage"] == "closed" and any(li["to_put_back"] for li in one["lines"])
            ],
            "collected_today": 34,
        }

    def find(self, code: str, tail: str) -> dict[str, Any]:
        """The order of a code."""
        if self.wrong_codes >= 5:
            raise Refused("locked", wait_s=42)
        order = self.orders.get(self.codes.get(code, ""))
        if order is None or (tail and order["phone_tail"] != tail):
            self.wrong_codes += 1
            raise Refused("wrong_code")
        return order


def order_line(line: int, sku: str, qty: int, picked: int) -> dict[str, Any]:
    """One line of an order."""
    counts = {"qty": qty, "picked": picked, "done": 0, "short": 0, "released": 0, "to_put_back": 0, "look": 0}
    return {
        "line": line,
        "sku": sku,
        "gtin": GOODS[sku][0],
        "names": names_of(sku),
        "shelf": GOODS[sku][5],
        "free": GOODS[sku][4],
        **counts,
    }


def lose_the_books(shop: FakeShop) -> None:
    """Three open orders are to be checked, and most goods are frozen."""
    for number in ("R-0708", "R-0706", "R-0715"):
        shop.orders[f"o-{number}"]["unsure"] = True
    shop.frozen = 2_417


def busy_shop() -> FakeShop:
    """A store in the middle of its day: orders in each lane."""
    shop = FakeShop()
    shop.put_order("R-0712", "picking", [("BE1005", 1, 1), ("BE1007", 1, 0), ("FO2001", 6, 0)], ready_in=12)
    shop.put_order("R-0713", "received", [("BE1001", 1, 0)], ready_in=-3, contact="陈**", phone_tail="0192")
    shop.put_order(
        "R-0715",
        "received",
        [("FO2001", 4, 0), ("FO2002", 1, 0)],
        ready_in=48,
        contact="赵**",
        phone_tail="7731",
    )
    shop.put_order("R-0708", "ready", [("BE1001", 2, 2)], contact="孙**", phone_tail="3345")
    shop.put_order(
        "R-0706",
        "ready",
        [("BE1003", 1, 1)],
        contact="周**",
        phone_tail="9080",
        pay_at="counter",
        due_minor=10900,
    )
    shop.put_order("R-0701", "ready", [("FO2003", 1, 1)], contact="吴**", phone_tail="1126", kept_min=150)
    gone = shop.put_order(
        "R-0688",
        "closed",
        [("BE1007", 2, 2)],
        contact="刘**",
        phone_tail="4471",
        outcome="released",
        closed_at=instant(-60),
    )
    gone["lines"][0]["to_put_back"] = 2
    done = shop.put_order(
        "R-0690",
        "closed",
        [("BE1001", 1, 0)],
        contact="何**",
        phone_tail="2213",
        outcome="done",
        closed_at=instant(-75),
    )
    done["lines"][0]["done"] = 1
    shop.codes = {"A7K2QX": "o-R-0708", "B3XQ8M": "o-R-0706", "C9MTW4": "o-R-0690", "D4HW2R": "o-R-0715"}
    shop.picking = "o-R-0712"
    return shop
