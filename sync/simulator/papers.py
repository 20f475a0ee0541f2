"""Documents in a history: the headquarters give, change and withdraw them, people in the store work on them.

What really came, went and lies there is the simulator's own knowledge; a booking that was lost with a disk
moves no goods a second time.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

from sync.messages.codec import parse_item
from sync.rules.books import tell
from sync.rules.documents import StoreDocument
from sync.rules.facts import DocumentStep
from sync.rules.items import DocumentItem, DocumentLine, DocumentTask, key_of
from sync.rules.store import documents
from sync.simulator.clerk import CLERK
from sync.simulator.invariants import require
from sync.simulator.shelf import Paper
from sync.simulator.world import SKUS, Store, World

TASKS: tuple[tuple[DocumentTask, float], ...] = (
    ("receiving", 4.0),
    ("transfer_in", 2.0),
    ("transfer_out", 3.0),
    ("count", 5.0),
    ("adjust", 3.0),
    ("opening", 1.0),
)
INCOMING = frozenset({"opening", "receiving", "transfer_in"})


def give(world: World, store: Store) -> str:
    """The headquarters give a document; goods of an opening lie in the store before anybody books them."""
    task = world.dice.weighted(TASKS)
    item = DocumentItem(
        id=world.new_order_id(),
        rev=1,
        task=task,
        number=world.new_id("D"),
        at=world.at(),
        lines=_lines(world, task),
    )

    def bring(_: object) -> None:
        store.papers[item.id] = Paper()
        for line in item.lines if task == "opening" and _can_be(item) else ():
            store.shelf.floor[line.sku] += line.qty if line.bucket == "floor" else 0
            store.shelf.drift[line.sku] -= line.qty if line.bucket == "floor" else 0

    world.commit_at_hub(store, lambda: tell(store.hub, item, key_of(item)), bring)
    return f"document {item.id[-4:]} {task} {[(line.sku, line.qty) for line in item.lines]}"


def _lines(world: World, task: DocumentTask) -> tuple[DocumentLine, ...]:
    """One to three lines; a few are such that no store can book them."""
    dice, start = world.dice, world.dice.below(len(SKUS))
    lines = []
    for place in range(dice.between(1, 3)):
        least = -4 if task == "adjust" or dice.hit(0.01) else 0
        qty = 0 if task == "count" else dice.between(least, 5)
        bucket = dice.weighted((("floor", 9.0), ("damaged", 1.0), ("staged", 0.1)))
        sku = SKUS[start if dice.hit(0.02) else (start + place) % len(SKUS)]
        lines.append(DocumentLine(sku=sku, qty=qty, bucket=bucket, names={"en": sku}))  # type: ignore[arg-type]
    return tuple(lines)


def _can_be(item: DocumentItem) -> bool:
    """Whether a store can book such a document at all."""
    named = {(line.sku, line.bucket) for line in item.lines}
    is_signed = item.task == "adjust" or all(line.qty >= 0 for line in item.lines)
    return is_signed and len(named) == len(item.lines) and all(line.bucket != "staged" for line in item.lines)


def revise(world: World, store: Store) -> str:
    """The headquarters change a document that they take for open, or withdraw it.

    A number that the store was heard to have is never given again, even if this hub has forgotten it.
    """
    told = [request for (kind, _), request in store.hub.rows("request").items() if kind == "document"]
    if not told:
        return "no document to change"
    item: Any = parse_item(world.dice.one_of(told).raw)
    heard = [step.rev for step in _steps(store) if step.document == item.id]
    newer = replace(item, rev=max([item.rev, *heard]) + 1, withdrawn=item.withdrawn or world.dice.hit(0.4))
    if item.task not in documents.AT_ONCE:
        newer = replace(newer, lines=_lines(world, item.task))
    world.commit_at_hub(store, lambda: tell(store.hub, newer, key_of(newer)))
    return f"document {item.id[-4:]} {'withdrawn' if newer.withdrawn else 'changed'}"


def _steps(store: Store) -> list[DocumentStep]:
    """What the hub has heard of documents."""
    return [fact for fact, _ in store.hub.rows("fact").values() if isinstance(fact, DocumentStep)]


def start_count(world: World, store: Store) -> str:
    """People count by themselves."""
    lines = tuple(DocumentLine(sku=sku, names={}) for sku in SKUS[: world.dice.between(1, 2)])
    own = DocumentItem(
        id=world.new_order_id(), rev=0, task="count", number=world.new_id("C"), at=world.at(), lines=lines
    )

    def remember(_: object) -> None:
        store.papers[own.id] = Paper()

    world.commit_at_store(store, lambda: documents.start_count(store.book, own), remember)
    return f"own count {own.id[-4:]}"


def _some_open(world: World, store: Store) -> StoreDocument | None:
    """One of the documents that the screen shows."""
    found = [document for document in store.book.rows("document").values() if document.state == "open"]
    return world.dice.one_of(found) if found else None


def find(world: World, store: Store) -> str:
    """Somebody counts a shelf, or the goods of a delivery; for a count the truth is remembered."""
    document = _some_open(world, store)
    if document is None or document.body is None:
        return "no document to work on"
    line = world.dice.one_of(document.missing or document.lines)
    if document.is_own and world.dice.hit(0.3):
        line = replace(line, sku=world.dice.one_of(SKUS))
    lying = store.shelf.of(line.sku, line.bucket)
    if document.body.task == "count":
        units = lying
    elif document.body.task == "transfer_out":
        units = min(line.qty, lying) + world.dice.hit(0.05)
    else:
        units = max(0, line.qty + world.dice.one_of((0, 0, 0, -1, 1)))

    def see(_: object) -> None:
        wrong = documents.balance(store.book, line.sku, line.bucket) - lying
        store.papers[document.id].wrong[line.sku, line.bucket] = wrong

    world.commit_at_store(
        store, lambda: documents.say_found(store.book, document.id, line.sku, line.bucket, units), see
    )
    return f"{units} {line.sku} found for {document.id[-4:]}"


def book(world: World, store: Store) -> str:
    """Somebody books what was found; goods to be shipped must still lie there."""
    document = _some_open(world, store)
    if document is None or document.body is None:
        return "no document to book"
    item, first = document.body, store.position_seq
    lacks = any(said.found > store.shelf.of(said.sku, said.bucket) for said in document.found)
    if item.task == "transfer_out" and lacks and not store.papers[document.id].is_moved:
        return f"goods of {document.id[-4:]} are not there"
    gaps = {key: store.gap(*key) for key in store.papers[document.id].wrong}
    if item.task == "count":
        for said in document.found:
            lost = max(0, said.expected - said.found) if said.bucket == "floor" else 0
            store.beyond[said.sku] += lost
    is_partly = world.dice.hit(0.4)

    def move(_: object) -> None:
        _check_events(store, document, first)
        _move_goods(store, document)
        if item.task == "count":
            _check_count(store, document, gaps)

    world.commit_at_store(
        store,
        lambda: documents.book_document(store.book, document.id, world.at(), CLERK, is_partly=is_partly),
        move,
    )
    return f"{item.task} {document.id[-4:]} booked"


def _signed(document: StoreDocument) -> Counter[tuple[str, str]]:
    """What a booking of these findings must change, by SKU and bucket."""
    changes: Counter[tuple[str, str]] = Counter()
    assert document.body is not None
    for said in document.found:
        match document.body.task:
            case "count":
                changes[said.sku, said.bucket] = said.found - said.expected
            case "transfer_out":
                changes[said.sku, said.bucket] = -said.found
            case _:
                changes[said.sku, said.bucket] = said.found
    return Counter({key: units for key, units in changes.items() if units})


def _moved(*raws: dict[str, Any]) -> Counter[tuple[str, str]]:
    """What moves of the log change, by SKU and bucket."""
    changes: Counter[tuple[str, str]] = Counter()
    for line in (line for raw in raws for line in raw["lines"]):
        for side, sign in (("source", -1), ("target", 1)):
            if side in line:
                changes[line["sku"], line[side]] += sign * line["qty"]
    return changes


def _check_events(store: Store, document: StoreDocument, first: int) -> None:
    """A booking writes one step, and one move where anything moves; no other of this document is there."""
    events = store.book.rows("event")
    ours = [raw for raw in events.values() if raw.get("document") == document.id]
    moves = [raw for raw in ours if raw["kind"] == "move"]
    booked = [raw for raw in ours if raw.get("to") == "booked"]
    require(len(booked) == 1, "paper", store.name, document.id, "booked", len(booked), "times")
    moved = _moved(*moves)
    wanted = _signed(document)
    same = {key: n for key, n in moved.items() if n} == dict(wanted)
    if document.body is not None and document.body.task != "count":
        require(same, "paper", store.name, document.id, "moved", moved, "found", wanted)
    require(len(moves) == bool(moved), "paper", store.name, document.id, "moves", len(moves))
    require(store.position_seq > first, "paper", store.name, document.id, "told nothing")


def _move_goods(store: Store, document: StoreDocument) -> None:
    """Goods come or go with their paper, once; a count and a lost booking change what is known of them."""
    paper, shelf = store.papers[document.id], store.shelf
    assert document.body is not None
    is_count = document.body.task == "count"
    for (sku, bucket), units in _signed(document).items():
        if bucket != "floor":
            shelf.damaged[sku] += 0 if is_count or paper.is_moved else units
        elif is_count or paper.is_moved:
            shelf.drift[sku] += units
        else:
            shelf.floor[sku] += units
    paper.is_moved = True


def _check_count(store: Store, document: StoreDocument, gaps: dict[tuple[str, str], int]) -> None:
    """A count takes away exactly what was wrong when its shelf was counted, whatever was sold since."""
    wrong = store.papers[document.id].wrong
    for said in document.found:
        key = (said.sku, said.bucket)
        now, should = store.gap(*key), gaps[key] - wrong[key]
        require(now == should, "paper", store.name, document.id, key, "wrong by", now, "should be", should)
        require(not (said.bucket == "floor" and store.book.stock(said.sku).frozen), "paper", key, "is frozen")


def refuse(world: World, store: Store) -> str:
    """Somebody refuses a document, or gives up a count; from an old screen perhaps one that has ended."""
    document = _some_open(world, store)
    if document is None or world.dice.hit(0.1):
        document = next(iter(store.book.rows("document").values()), None)
    if document is None:
        return "no document to refuse"
    world.commit_at_store(
        store, lambda: documents.refuse_document(store.book, document.id, world.at(), CLERK, "not ours")
    )
    return f"document {document.id[-4:]} refused"


def follow_decided(store: Store, first: int) -> None:
    """What the headquarters decided was booked on arrival: the books change, the goods lie where they lay."""
    events = store.book.rows("event")
    for seq in range(first + 1, store.position_seq + 1):
        raw = events[seq]
        if raw["kind"] != "move" or "document" not in raw:
            continue
        earlier = [n for n, other in events.items() if other["kind"] == "move" and n < seq]
        same = [n for n in earlier if events[n].get("document") == raw["document"]]
        require(not same, "paper", store.name, raw["document"], "booked at", [*same, seq])
        for (sku, bucket), units in _moved(raw).items():
            if bucket == "floor":
                store.shelf.drift[sku] += units
            require(
                units >= 0 or documents.balance(store.book, sku, bucket) >= 0,  # type: ignore[arg-type]
                "paper", store.name, raw["document"], sku, bucket, "below zero",
            )  # fmt: skip


def topped_up(store: Store, first: int, granted: dict[str, int]) -> Counter[str]:
    """Units that the online channel got by movements of documents that were booked on arrival."""
    last, topped, is_inside = dict(granted), Counter[str](), False
    for seq in range(first + 1, store.position_seq + 1):
        raw = store.book.rows("event")[seq]
        if raw["kind"] in {"move", "document"}:
            is_inside = raw["kind"] == "move" and "document" in raw
        elif raw["kind"] == "grant":
            topped[raw["sku"]] += (raw["granted"] - last[raw["sku"]]) if is_inside else 0
            last[raw["sku"]] = raw["granted"]
    return topped


def compare(store: Store) -> None:
    """Both sides agree once faults have stopped: each document moved goods once, none waits in vain."""
    moves = Counter(
        raw["document"]
        for _, raw in store.hub.rows("fact").values()
        if raw["kind"] == "move" and "document" in raw
    )
    twice = [document for document, n in moves.items() if n > 1]
    require(not twice, "paper", store.name, "moved goods twice", twice)
    for (kind, key), request in store.hub.rows("request").items():
        if kind != "document":
            continue
        here = store.book.document(key)
        require(here is not None, "paper", store.name, key, "never arrived")
        assert here is not None
        require(here.state == "open", "paper", store.name, key, "is", here.state, "and told for ever")
        require(here.rev >= request.raw["rev"], "paper", store.name, key, "stands at", here.rev)
    ends = {step.document: step.to for step in _steps(store) if step.to != "received"}
    for document, to in ends.items():
        here = store.book.document(document)
        known = here is not None and here.state != "open"
        require(known, "paper", store.name, document, "ended with", to, "and is forgotten")
