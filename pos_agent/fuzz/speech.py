"""What the hub may say to a store, and lies under its name: for the scapegoat alone."""

from collections.abc import Callable
from typing import Any, Final

from pos_agent.fuzz.played_hub import AT, SETTINGS, SKUS, product
from pos_agent.fuzz.stage import GOAT
from sync.messages.codec import decode, encode
from sync.messages.errors import NewerVersion, Undecodable
from sync.messages.topics import store_topic
from sync.rules.books import StorePosition
from sync.rules.streams import Down, Page
from sync.simulator.dice import Dice
from sync.simulator.fuzz.twists import ODD_VALUES

KINDS: Final = ("order", "return", "want", "rejected", "floor", "x")
SERIES: Final = {"catalog": 4, "store": 1}


def speech_of(position: StorePosition) -> Callable[[str, bytes], bool]:
    """Whether the hub says this to the witness, in its present life or a later one, and it is news.

    News is what the protocol is for: a store that hears it must follow, or stop and call a person.
    """

    def is_speech(topic: str, payload: bytes) -> bool:
        if f"/{GOAT}/" in topic or topic.endswith("/presence"):
            return False
        try:
            said = decode(payload)
        except (Undecodable, NewerVersion):
            return False
        match said:
            case Down():
                return not _is_old(said, position)
            case Page():
                is_known = said.hinc == position.hinc and said.to <= SERIES[said.name]
                return said.hinc >= position.hinc and not is_known
            case _:
                return False

    return is_speech


def _is_old(down: Down, position: StorePosition) -> bool:
    """Whether a store has heard all of this before, or it is of an earlier life."""
    if down.hinc < position.hinc:
        return True
    if down.hinc > position.hinc or down.sinc > position.sinc:
        return False
    if down.sinc < position.sinc:
        return True
    is_known = down.ver <= position.dver and down.app <= position.heard and down.stable <= position.stable
    return is_known and not down.stopped


def former_of(position: StorePosition) -> Callable[[Dice], tuple[str, bytes]]:
    """What the hub would tell the witness next, had it or the store's agent not been replaced meanwhile."""

    def former(dice: Dice) -> tuple[str, bytes]:
        is_store = dice.hit(0.5)
        item = {"kind": "return", "sku": dice.one_of(SKUS), "returned": dice.between(5, 9)}
        down = Down(
            hinc=position.hinc - (not is_store),
            sinc=position.sinc - is_store,
            base=position.dver,
            ver=position.dver + 1,
            app=position.seq,
            stopped=dice.hit(0.1),
            items=(item,),
        )
        return store_topic(position.store, "down"), encode(down)

    return former


class Forger:
    """Says news in the hub's name that no hub would; `dver` follows how far the scapegoat went along."""

    def __init__(self, position: StorePosition) -> None:
        self.position = position
        self.dver = position.dver

    def __call__(self, dice: Dice) -> tuple[str, bytes]:
        """A DOWN or a page."""
        message = self._page(dice) if dice.hit(0.3) else self._down(dice)
        return store_topic(GOAT, "down"), encode(message)

    def _down(self, dice: Dice) -> Down:
        """Items that join on, a few of them absurd."""
        at = self.position
        base, self.dver = self.dver, self.dver + dice.between(1, 3)
        return Down(
            hinc=at.hinc + (dice.hit(0.03) and 1),
            sinc=at.sinc + (dice.hit(0.03) and 1),
            base=base,
            ver=self.dver,
            app=at.seq + (dice.hit(0.05) and 5),
            stopped=dice.hit(0.03),
            items=tuple(self._item(dice) for _ in range(dice.between(1, 4))),
        )

    def _item(self, dice: Dice) -> dict[str, Any]:
        """One item; most read well."""
        sku, qty = dice.one_of((*SKUS, "none")), dice.one_of((1, 2, 40, 10**9, 2**53))
        line = {"line": 1, "sku": sku, "qty": qty, "names": {"en": sku}, "victim": dice.below(3)}
        item: dict[str, Any] = {"kind": dice.one_of(KINDS), "ver": self.dver}
        match item["kind"]:
            case "order":
                item |= {
                    "order": f"{GOAT}-order-{dice.below(9)}", "number": "N", "code_hash": "0" * 32,
                    "pay_at": "online", "due_minor": 0, "currency": "CNY", "placed_at": AT, "ready_by": AT,
                    "expires_at": AT, "lines": [line], "cancel": dice.hit(0.3),
                }  # fmt: skip
            case "return":
                item |= {"sku": sku, "returned": qty}
            case "want":
                item |= {"sku": sku, "qty": qty}
            case "rejected":
                item |= {"seq": dice.below(20), "code": "bad_event"}
            case _:
                item |= {"sku": sku}
        if dice.hit(0.2):
            item[dice.one_of(list(item))] = dice.one_of(ODD_VALUES)
        return item

    def _page(self, dice: Dice) -> Page:
        """Entries that nobody published."""
        name = dice.one_of(("catalog", "store"))
        entry: dict[str, Any] = product(5, dice.one_of(SKUS))
        if name == "store":
            body = {**SETTINGS, dice.one_of(list(SETTINGS)): dice.one_of(ODD_VALUES)}
            key = dice.one_of(("settings", "staff:x", "keys", "?"))
            entry = {"version": 2, "key": key, "body": dice.one_of((body, dice.one_of(ODD_VALUES)))}
        else:
            entry[dice.one_of(list(entry))] = dice.one_of(ODD_VALUES)
        since = dice.below(8)
        to = since + dice.below(3)
        hinc = self.position.hinc + dice.below(2)
        return Page(
            name="store" if name == "store" else "catalog",
            hinc=hinc,
            since=since,
            to=to,
            top=to + dice.below(2),
            entries=(entry,),
        )
