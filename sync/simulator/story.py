"""A history in people's words: who did what, what the line did, and both books side by side at its end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from sync.simulator.ear import Ear, listening
from sync.simulator.history import Story, play
from sync.simulator.odds import STEPS
from sync.simulator.shrink import Core
from sync.simulator.world import Store, World

SAYS: Final = {
    "I1": "every open promise has a unit in the store, but for recorded losses",
    "I2": "the hub promises and the store sells within their rights",
    "I3": "the hub's mirror at an event is what the store's log comes to at that event",
    "I4": "counters with one writer only rise, and the other side never runs ahead",
    "I5": "a hold line settles each unit once, and nothing is handed over twice",
    "I6": "each sale, receipt and order is applied once",
    "I7": "movements sum to balances, and balances to what lies there",
    "I8": "what was promised or acknowledged is still there",
    "I9": "money taken and losses are what was handed over, given back and still open, to the fen",
    "I10": "once faults stop, both books become equal",
    "refusal": "what is refused changes nothing",
    "paper": "a document moves goods once, and as much as was found",
    "wants": "a request for units is served once, and no further than it asks",
}
"""The invariants in a sentence each, by the name that a violation carries."""

_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"up (\d+)\+(\d+) dver (\d+)", r"agent: its timer sends, \2 events from \1 on; it has items up to \3"),
    (r"down \((\d+),(\d+)\] app (\d+)", r"hub: its timer sends, items \1 to \2; events applied to \3"),
    (r"hub: apply (\d+) of (\d+)\+(\d+)", r"hub: receives up \2+\3 and applies \1 events"),
    (r"hub: known 0 of (\S+)", r"hub: receives up \1, nothing new"),
    (r"hub: gap 0 of (\S+)", r"hub: receives up \1, but events are missing before it"),
    (r"hub: foreign 0 of (\S+)", r"hub: receives up \1 of another incarnation, and takes nothing"),
    (r"hub: split 0 of (\S+)", r"hub: receives up \1, which tells another history"),
    (r"hub: unmerged 0 of (\S+)", r"hub: receives up \1, but the store is not whole"),
    (r"agent: apply (\S+)", r"agent: receives down \1 and applies its items"),
    (r"agent: acknowledge (\S+)", r"agent: receives down \1, its items are not next"),
    (r"agent: (new|old)_(hub|store) (\S+)", r"agent: receives down \3 of an \1er life of the \2"),
    (r"agent: fenced (\S+)", r"agent: receives down \1 and learns that it was replaced"),
    (r"agent: rolled_back (\S+)", r"agent: receives down \1, which knows events that it never wrote"),
    (r"order (\S+) (\[.*\]) (\w+)", r"a customer orders \2, order \1, paid \3; the hub promises it"),
    (
        r"paid (\S+), and the hub does not hear it",
        r"a customer pays order \1 online; the hub has yet to hear",
    ),
    (r"money for (\S+): paid", r"the payment of order \1 arrives; the hub counts it"),
    (
        r"money for (\S+): asked",
        r"order \1 is paid online after all; the store is asked to grant it",
    ),
    (r"money for (\S+): held again", r"money comes late for order \1; the hub promises its units again"),
    (r"money for (\S+): refunded", r"money comes late for order \1; its units are gone, it goes back"),
    (r"money for (\S+): known", r"the hub is told again of money for order \1"),
    (r"money for (\S+): unknown", r"the hub is told of money for order \1, which it does not know"),
    (r"HQ gives (\d+) back for (\S+)", r"HQ gives \1 back for order \2 before its store answers"),
    (r"sweep (\S+): dropped", r"hub: order \1 was not paid in time and is dropped"),
    (r"sweep (\S+): kept", r"hub: order \1 is old, and not the hub's to drop"),
    (r"ask to cancel (\S+)", r"a customer cancels order \1; the hub asks the store"),
    (r"want (\d+) (\S+)", r"hub: wants \1 more \2 from the store"),
    (r"return (\d+) (\S+)", r"hub: gives \1 \2 back to the floor"),
    (r"(?:receive|opening) (\d+) (\S+)", r"a delivery brings \1 \2"),
    (r"sale (\d+) (\S+)", r"a clerk sells \1 \2"),
    (r"override (\d+) (\S+)", r"a clerk sells \1 \2 beyond the floor's rights, for a reason"),
    (r"(\S+) counted, (-?\d+) missing", r"a clerk counts \1: \2 missing"),
    (r"pick (\S+) of (\S+)", r"a clerk picks a \1 for order \2"),
    (r"short (\d+) (\S+) of (\S+)", r"a clerk does not find \1 \2 for order \3"),
    (r"ready (\S+)", r"a clerk says that order \1 lies ready"),
    (r"expire (\S+)", r"agent: order \1 was not collected in time and is released"),
    (r"put back (\S+)", r"a clerk puts a unit of order \1 back on the shelf"),
    (r"hand over (\S+) by (\S+)", r"a clerk hands order \1 over, shown by \2"),
    (r"document (\S+) (\w+) (\[.*\])", r"the headquarters ask for \2 of \3, document \1"),
    (r"document (\S+) (withdrawn|changed)", r"the headquarters have document \1 \2"),
    (r"own count (\S+)", r"the store begins a count by itself, document \1"),
    (r"(\d+) (\S+) found for (\S+)", r"a clerk finds \1 \2 for document \3"),
    (r"(\w+) (\S+) booked", r"a clerk books document \2, \1"),
    (r"document (\S+) refused", r"a clerk refuses document \1"),
    (r"(.+) refused: (.+)", r"\1 is refused: \2"),
    (r"(.+): process died", r"\1: the process dies"),
)
_COMPILED: Final = tuple((re.compile(pattern), words) for pattern, words in _WORDS)
_GOODS: Final = re.compile(r"\('(\w+)', (\d+)\)")


def in_words(line: str) -> str:
    """A story's line as people say it; one of a kind not known here stays as it is."""
    found = re.fullmatch(r"( *\d+) (\S+) (.+)", line)
    if found is None:
        return line
    step, store, what = found.groups()
    for pattern, words in _COMPILED:
        if pattern.fullmatch(what):
            what = _GOODS.sub(r"\2 \1", pattern.sub(words, what))
            break
    return f"{step} {store}  {what}"


def tell_whole(story: Story) -> list[str]:
    """Every step of a story in words, without the messages."""
    return [in_words(line) for line in story.lines]


def tell_shrunken(core: Core) -> list[str]:
    """The core of a failing history, message by message, and both books at its end."""
    skip = frozenset(range(1, STEPS + 1)) - frozenset(core.left)
    with listening() as ear:
        again = play(core.story.seed, skip)
    told = f"{core.before} steps became {again.steps} in {core.trials} trials"
    first = told + (
        "" if core.is_minimal else ", and there were no more trials: it may be longer than it must"
    )
    assert ear.world is not None
    lines, why = list(_lines(again, ear)), list(_ending(again, ear, ear.world))
    return [first, *lines, *why, *_books(ear.world, "\n".join(why), "\n".join(lines))]


def _lines(story: Story, ear: Ear) -> Iterator[str]:
    """Each step, and below it what was sent."""
    for line in story.lines:
        words = line.split(maxsplit=2)
        if len(words) < 3 or not words[0].isdigit() or words[1] in {"VIOLATION", "FAULT"}:
            continue
        step = int(words[0])
        yield in_words(line.replace(words[1], ear.arrived.get(step, words[1:])[0], 1))
        yield from (f"       {sent}" for sent in ear.sent.get(step, ()))


def _ending(story: Story, ear: Ear, world: World) -> Iterator[str]:
    """What broke, in a sentence."""
    if world.calm:
        yield "     then faults stop, and both sides send until nothing is left to say"
    else:
        action, store = ear.last
        at, message = ear.arrived.get(world.step, (store, ""))
        yield f"{world.step:4} {at}  {action} {message}, and that breaks it".replace(" ,", ",")
    if story.violation is None:
        yield f"FAULT {story.crash!r}"
    else:
        name = story.violation.invariant
        yield f"BROKEN {name}, {SAYS.get(name, 'an invariant')}:"
        yield f"       {story.violation}"


def _books(world: World, why: str, text: str) -> Iterator[str]:
    """Both books of every store that the ending names, side by side; of all in the story if it names none."""
    named = [store for store in world.stores if store.name in why]
    for store in named or [store for store in world.stores if store.name in text]:
        orders = _orders(store, why) or _orders(store, text)
        skus = _skus(store, why) or {sku for key, sku in store.sku_of.items() if key[0] in orders}
        yield from _positions(store)
        yield from _stocks(store, sorted(skus or _skus(store, text)))
        yield from _holds(store, orders)


def _orders(store: Store, text: str) -> list[str]:
    """The store's orders that a text names, whole or by their last four characters."""
    orders = {**store.book.rows("hold"), **store.hub.rows("lines")}
    return [order for order in orders if re.search(rf"\b{order[-4:]}\b", text) or order in text]


def _skus(store: Store, text: str) -> set[str]:
    """The SKUs that a text names."""
    skus = {**store.book.rows("stock"), **store.hub.rows("stock")}
    return {sku for sku in skus if re.search(rf"\b{re.escape(sku)}\b", text)}


def _positions(store: Store) -> Iterator[str]:
    """Where both sides stand."""
    for side, position in (("store", store.book.position()), ("hub", store.hub.position())):
        values = {name: value for name, value in asdict(position).items() if name not in {"store", "chain"}}
        yield f"  {store.name} {side:6}" + ", ".join(f"{name} {value}" for name, value in values.items())


def _stocks(store: Store, skus: Sequence[str]) -> Iterator[str]:
    """Each SKU: the shelf, the ledger, the hub's mirror."""
    here, there = store.book.rows("stock"), store.hub.rows("stock")
    for sku in skus:
        mine, theirs = _fields(here.get(sku)), _fields(there.get(sku))
        lies = {name: getattr(store.shelf, name)[sku] for name in ("floor", "damaged")}
        rows = [(name, lies.get(name), mine.get(name), theirs.get(name)) for name in {**mine, **theirs}]
        yield f"  {store.name} {sku:12} {'lies there':>10} {'ledger':>8} {'hub':>6}"
        yield from (
            f"     {name:16} {_cell(seen):>10} {_cell(left):>8} {_cell(right):>6}"
            + ("   differ" if None not in (left, right) and left != right else "")
            for name, seen, left, right in rows
            if any((seen, left, right))
        )


def _holds(store: Store, orders: Sequence[str]) -> Iterator[str]:
    """Each order: its lines in both books."""
    for order in orders:
        hold = store.book.hold(order)
        yield f"  {store.name} order {order[-4:]}"
        for side, lines in (("ledger", hold.lines if hold else ()), ("hub", store.hub.lines(order))):
            yield f"     {side:7} " + (_counts(lines) or "does not know it")


def _counts(lines: Sequence[Any]) -> str:
    """Hold lines with the counters that are not zero."""
    told = []
    for line in lines:
        counts = {name: value for name, value in _fields(line).items() if value and name not in _NAMES}
        told.append(
            f"line {line.line} {line.sku}: " + ", ".join(f"{name} {value}" for name, value in counts.items())
        )
    return "; ".join(told)


_NAMES: Final = frozenset({"order", "line", "sku"})


def _fields(value: Any) -> dict[str, Any]:
    """A row's fields; none for no row."""
    return asdict(value) if value is not None else {}


def _cell(value: object) -> str:
    """A number, or nothing where that side keeps none."""
    return "" if value is None else str(value)
