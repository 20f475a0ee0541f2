"""What a store may say under its own name, and lies that it may tell: neither changes another's books."""

from collections.abc import Callable
from typing import Any, Final

from hub.fuzz.played_store import AT
from hub.fuzz.stage import GOAT, SKUS, FuzzedHub
from sync.messages.codec import decode, encode
from sync.messages.errors import NewerVersion, Undecodable
from sync.messages.topics import parse_topic, store_topic
from sync.rules.canonical import link_chain
from sync.rules.digest import Digest, Rows
from sync.rules.streams import Hello, Up
from sync.simulator.dice import Dice
from sync.simulator.fuzz.twists import ODD_VALUES

SINC: Final = 1
KINDS: Final = ("move", "grant", "returned", "hold", "payment", "accepted", "begin", "balances", "whole", "x")
STEPS: Final = ("received", "picking", "ready", "done", "short", "released", "verified", "kept", "put_back")


def is_speech(topic: str, payload: bytes) -> bool:
    """Whether a witness says this of itself in its present life; the scapegoat may say anything.

    A store's own bytes that read as another past stop it (`chain_split`), ones from a later life call for a
    person, and what it tells of its health is kept: no defect, but what the protocol is for.
    """
    to = parse_topic(topic)
    if to is None or to.store == GOAT:
        return False
    if to.channel in {"presence", "health"}:
        return payload[:1] == b"{"
    try:
        said = decode(payload)
    except (Undecodable, NewerVersion):
        return False
    return isinstance(said, Up | Hello | Digest | Rows) and said.store == to.store and said.sinc >= SINC


def former_of(hub: FuzzedHub) -> Callable[[Dice], tuple[str, bytes]]:
    """What a witness's agent would write next, had it or the hub not been replaced meanwhile."""
    positions = [store.book.position() for store in hub.stores.values() if not store.is_goat]

    def former(dice: Dice) -> tuple[str, bytes]:
        at = dice.one_of(positions)
        line = {"sku": dice.one_of(SKUS), "qty": dice.between(1, 3), "source": "floor"}
        event = {"kind": "move", "reason": "sale", "at": AT, "lines": [line]}
        is_store = dice.hit(0.5)
        up = Up(
            store=at.store,
            sinc=at.sinc - is_store,
            hinc=at.hinc - (not is_store),
            first=at.seq + 1,
            chain_before=at.chain,
            head=at.seq + 1,
            dver=at.dver,
            events=(event,),
        )
        return store_topic(at.store, "up"), encode(up)

    return former


class Forger:
    """Says well-chained lies in the scapegoat's name; follows how far the hub went along with them.

    Args:
        hub: the hub under fire.
        orders: ids of orders, those of the witnesses among them.
    """

    def __init__(self, hub: FuzzedHub, orders: list[str]) -> None:
        position = hub.stores[GOAT].book.position()
        self.hinc, self.seq, self.chain = position.hinc, position.seq, position.chain
        self._orders = orders

    def __call__(self, dice: Dice) -> tuple[str, bytes]:
        """An UP of one to five events that nobody ever lived."""
        events = [self._event(dice) for _ in range(dice.between(1, 5))]
        up = Up(
            store=GOAT,
            sinc=SINC,
            hinc=self.hinc,
            first=self.seq + 1,
            chain_before=self.chain,
            head=self.seq + len(events),
            dver=0,
            events=tuple(events),
        )
        for event in events:
            self.seq, self.chain = self.seq + 1, link_chain(self.chain, event)
        return store_topic(GOAT, "up"), encode(up)

    def _event(self, dice: Dice) -> dict[str, Any]:
        """One event; half of them read well."""
        sku, qty = dice.one_of((*SKUS, "none")), dice.one_of((1, 2, 40, 10**9, 2**53))
        line = {"sku": sku, "qty": qty, "source": dice.one_of(("floor", "staged", None)), "target": "damaged"}
        event: dict[str, Any] = {"kind": dice.one_of(KINDS), "at": AT}
        match event["kind"]:
            case "move":
                event |= {"reason": dice.one_of(("sale", "override", "count")), "lines": [line]}
            case "grant":
                event |= {"sku": sku, "granted": qty}
            case "returned":
                event |= {"sku": sku, "returned": qty}
            case "hold":
                event |= {"order": dice.one_of(self._orders), "to": dice.one_of(STEPS), "line": 1, "n": 1}
            case "payment":
                event |= {
                    "ref": "r",
                    "tender": "cash",
                    "minor": -qty,
                    "currency": "CNY",
                    "order": self._orders[0],
                }
            case _:
                event |= {"skus": [sku], "lines": [line], "from_sinc": 1, "holds": []}
        if dice.hit(0.3):
            event[dice.one_of(list(event))] = dice.one_of([value for value in ODD_VALUES if value != 1e308])
        return event
