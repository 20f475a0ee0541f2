"""Disasters and what people do about them: lost disks, old images, a hub put back, two histories.

A disaster takes what it takes: the simulator books the loss in what it knows of the world (goods that
are gone, receipts and hand-overs that nobody remembers), then the rules must hold again in full.
"""

from collections import Counter
from dataclasses import replace

from sync.messages.codec import parse_fact
from sync.rules.baseline import SkuBalance
from sync.rules.books import StorePosition
from sync.rules.central import promise, recover
from sync.rules.errors import Refused
from sync.rules.facts import DocumentStep, Move, Payment
from sync.rules.store import begin_log as beginning
from sync.rules.store import fulfil, ledger
from sync.rules.store.begin_log import NOTHING, Mirror, Remains, begin_log
from sync.simulator import clerk, money
from sync.simulator.books import Crash, StoreDictionary
from sync.simulator.clerk import CLERK
from sync.simulator.invariants import require
from sync.simulator.world import SKUS, Deal, Log, Store, World


def back_up(world: World, store: Store) -> str:  # noqa: ARG001  # every action takes the world
    """The hub's database is copied."""
    store.backup = {name: dict(rows) for name, rows in store.hub.tables.items()}
    return "hub backed up"


def put_hub_back(world: World, store: Store) -> str:
    """The hub is put back to its backup; unpaid holds are dropped, its incarnation rises."""
    if store.backup is None:
        return "no backup"
    now = store.hub.position()
    store.hub.tables = {name: dict(rows) for name, rows in store.backup.items()}
    put_back = recover.restored(store.hub.position(), now.hinc + 1, now.sinc)
    _commit_at_hub(world, store, lambda: _drop_unpaid(store, put_back))
    for deal in store.deals.values():
        if deal.state != "dropped" and not store.hub.lines(deal.order):
            _set_adrift(store, deal)
    world.faults["hub put back"] += 1
    _recount_papers(store)
    return f"hub put back to event {put_back.app}, incarnation {put_back.hinc}"


def _drop_unpaid(store: Store, position: object) -> None:
    """What a restore does besides raising the incarnation."""
    store.hub.put_position(position)  # type: ignore[arg-type]
    for order in list(store.hub.rows("lines")):
        promise.drop_provisional(store.hub, order)
    money.tell_all_anew(store)


def _set_adrift(store: Store, deal: Deal) -> None:
    """The hub knows nothing of this order any more: honoured only if the store does."""
    if deal.claims is None:
        deal.state = "dropped"
    else:
        deal.state = "adrift"
        store.watched[deal.order] = deal


def take_over(world: World, store: Store) -> str:
    """Another machine serves the hub's books from now on: a higher incarnation, nothing lost."""
    position = store.hub.position()
    raised = recover.restored(position, position.hinc + 1, position.sinc)
    _commit_at_hub(world, store, lambda: store.hub.put_position(replace(raised, stopped=position.stopped)))
    world.faults["take over"] += 1
    return f"hub incarnation {raised.hinc}"


def take_image(world: World, store: Store) -> str:  # noqa: ARG001
    """The store's disk is copied."""
    if store.book.position().seq and not store.estranged:
        store.image = {name: dict(rows) for name, rows in store.book.tables.items()}
    return "store's disk copied"


def roll_back(world: World, store: Store) -> str:
    """An old image of the store's disk is put back: what happened since is on no disk."""
    image, position = store.image, store.book.position()
    if image is None or store.estranged or image["position"][0].sinc != position.sinc:
        return "no image of this ledger"
    if image["position"][0].seq == position.seq:
        return "the image is as new as the ledger"
    _keep_log(store)
    store.book.tables = {name: dict(rows) for name, rows in image.items()}
    store.estranged = True
    store.sums = type(store.sums)()
    world.forget(store)
    world.faults["old image"] += 1
    _recount_goods(store)
    return f"rolled back to event {store.book.position().seq}"


def put_store_back(world: World, store: Store) -> str:
    """The disk is lost and a backup put on the new one: it sells without a line, then joins anew."""
    image, position = store.image, store.book.position()
    if image is None or store.estranged or image["position"][0].sinc != position.sinc:
        return "no backup of this ledger"
    _keep_log(store)
    store.book.tables = {name: dict(rows) for name, rows in image.items()}
    store.book.tables["position"] = {0: replace(store.book.position(), fenced=True)}
    store.estranged = True
    store.sums = type(store.sums)()
    world.forget(store)
    world.faults["store put back"] += 1
    _recount_goods(store)
    for _ in range(world.dice.between(0, 2)):
        _sell_alone(world, store)
    store.estranged = False  # everybody knows that it is a backup
    said = rejoin(world, store, own_beginning(store), remains_of(store, is_put_back=True))
    return f"put back to a backup; {said}"


def _sell_alone(world: World, store: Store) -> None:
    """A customer at a till without a line; what it has not got, it does not sell."""
    calm, world.calm = world.calm, True
    try:
        clerk.sell(world, store)
    except Refused:
        return
    finally:
        world.calm = calm


def lose_disk(world: World, store: Store) -> str:
    """The store's disk is gone; its agent is enrolled anew."""
    world.faults["disk lost"] += 1
    _keep_log(store)
    return rejoin(world, store, None, NOTHING)


def enrol_again(world: World, store: Store) -> str:
    """Somebody at HQ enrols the agent anew, because it stopped or by mistake; its ledger is carried on."""
    if not needs_help(store) and not world.dice.hit(0.02):
        return "no need to enrol"
    world.faults["enrolled anew"] += 1
    _keep_log(store)
    return rejoin(world, store, own_beginning(store), remains_of(store))


def needs_help(store: Store) -> bool:
    """Whether only a new enrolment brings this store back."""
    return store.book.position().fenced or store.hub.position().stopped


def rejoin(world: World, store: Store, own: Mirror | None, remains: Remains) -> str:
    """A new incarnation, a new ledger that begins with what the hub knows; repeated until it is done.

    Args:
        world: the history's world.
        store: whose agent enrols.
        own: the beginning of a log that the hub never took, in the place of the hub's mirror.
        remains: what the old ledger still had.
    """
    sinc = store.hub.position().sinc + 1
    _commit_at_hub(world, store, lambda: store.hub.put_position(recover.enrolled(store.hub.position(), sinc)))
    mirror, old = own or mirror_of(store), store.book
    start = StorePosition(store=store.name, sinc=sinc, hinc=store.hub.position().hinc)
    # an old image that continues what the hub has heard is taken for the ledger: no position tells them apart
    store.estranged = store.estranged and remains.continues
    store.book, store.image = store.book.emptied(), None
    store.book.tables["position"] = {0: start}
    store.sums = type(store.sums)()
    while not store.book.position().seq:
        try:
            _write_beginning(world, store, start, mirror, remains)
        except Crash:
            store.book.tables["position"] = {0: start}
    if remains.continues:
        _require_same(store, old)
    store.sent, store.asking = 0, None
    store.line.clear()
    return f"incarnation {sinc} takes over at event {mirror.from_seq}, {len(remains.facts)} facts carried"


def _require_same(store: Store, old: StoreDictionary) -> None:
    """A ledger that continues the one before holds what that one held, and what the hub had under way."""
    for sku in SKUS:
        was, now = old.stock(sku), store.book.stock(sku)
        require(was.returned <= now.returned and was.open <= now.open, "I3", store.name, sku, was, now)
        alike = replace(now, returned=was.returned, open=was.open, frozen=was.frozen)
        require(was == alike, "I3", store.name, sku, "was", was, "is", now)
    for order, hold in old.rows("hold").items():
        found = store.book.hold(order)
        same = found is not None and (hold.lines, hold.is_open) == (found.lines, found.is_open)
        require(same, "I3", store.name, order, "was", hold, "is", found)
    for document, was_there in old.rows("document").items():
        kept = store.book.document(document)
        still = was_there.state == "open" or (kept is not None and kept.state == was_there.state)
        require(still, "paper", store.name, document, "was", was_there, "is", kept)


def _write_beginning(
    world: World, store: Store, start: StorePosition, mirror: Mirror, remains: Remains
) -> None:
    """The new ledger's first transaction; people put the goods in order around it.

    Deficits are taken over, and sales under a ledger that did not know all may have gone beyond the floor.
    """
    for told in mirror.stocks:
        on_hand = told.floor + told.staged
        store.beyond[told.sku] = max(0, told.granted - told.returned - told.settled - on_hand)
    for fact in remains.facts:
        for line in fact.lines if isinstance(fact, Move) else ():
            store.beyond[line.sku] += line.qty if line.source else 0
    world.commit_at_store(
        store,
        lambda: begin_log(store.book, start, mirror, remains, world.at()),
        lambda _: _recount_goods(store),
    )


def remains_of(store: Store, *, is_put_back: bool = False) -> Remains:
    """What the old ledger has that the hub never applied, and whether it continues what the hub knows."""
    mirror_sinc, mirror_seq = store.hub.position().mirror
    old = store.book.position()
    if old.sinc < mirror_sinc:
        return NOTHING
    events = store.book.tables["event"]
    common = _common_seq(store) if old.sinc == mirror_sinc else 0
    return Remains(
        facts=tuple(parse_fact(events[seq]) for seq in range(common + 1, old.seq + 1)),
        continues=beginning.is_continued(
            (old.sinc, common), (mirror_sinc, mirror_seq), is_put_back=is_put_back
        ),
        frozen=frozenset(sku for sku, stock in store.book.rows("stock").items() if stock.frozen),
        unsure=frozenset(order for order, hold in store.book.rows("hold").items() if hold.unsure),
    )


def _common_seq(store: Store) -> int:
    """The last event that the ledger and the hub share."""
    chains, kept, sinc = store.book.tables["chain"], store.hub.tables["chain"], store.book.position().sinc
    shared = [seq for (of, seq), chain in kept.items() if of == sinc and chains.get(seq) == chain]
    return max(shared, default=0)


def own_beginning(store: Store) -> Mirror | None:
    """The beginning of this ledger's log, if the hub has never taken it."""
    from_sinc, from_seq = store.hub.position().mirror
    if store.book.position().sinc <= from_sinc:
        return None
    events = sorted(store.book.tables["event"].items())
    stocks, holds = recover.baseline_of([parse_fact(raw) for _, raw in events])
    return Mirror(
        from_sinc=from_sinc, from_seq=from_seq, doubt=False, stocks=tuple(stocks), holds=tuple(holds)
    )


def mirror_of(store: Store) -> Mirror:
    """All that the hub knows of a store, read at one moment."""
    position = store.hub.position()
    from_sinc, from_seq = position.mirror
    stocks = tuple(
        SkuBalance(
            sku=sku,
            floor=stock.floor,
            staged=stock.staged,
            damaged=stock.damaged,
            granted=stock.granted,
            returned=stock.returned,
            settled=stock.settled,
        )
        for sku, stock in sorted(store.hub.rows("stock").items())
    )
    holds = tuple(
        recover.carried(lines, "2026-01-01T00:00:00.000Z")
        for _, lines in sorted(store.hub.rows("lines").items())
        if any(line.dispatched for line in lines)
    )
    told = [fact for _, (fact, _) in sorted(store.hub.rows("fact").items(), key=lambda kept: kept[0])]
    ends = [fact for fact in told if isinstance(fact, DocumentStep) and fact.to != "received"]
    known = {step.document for step in ends}
    moves = [fact for fact in told if isinstance(fact, Move) and fact.document not in {None, *known}]
    ends += [recover.ended_by_move(move, 0) for move in moves]
    return Mirror(
        from_sinc=from_sinc,
        from_seq=from_seq,
        doubt=position.doubt,
        stocks=stocks,
        holds=holds,
        documents=tuple(ends),
    )


def verify(world: World, store: Store) -> str:
    """A clerk looks what became of a hold that was told after a loss."""
    unsure = [hold for hold in store.book.rows("hold").values() if hold.unsure]
    if not unsure:
        return "nothing to verify"
    hold = world.dice.one_of(unsure)
    gone = [(line, store.forgotten[hold.order, line.line]) for line in hold.lines]
    is_collected = any(units for _, units in gone)

    def remember(_: object) -> None:
        for line, _units in gone if is_collected else ():
            del store.forgotten[hold.order, line.line]
            store.shelf.given[hold.order, line.line] += line.open
        _recount_goods(store)

    world.commit_at_store(
        store,
        lambda: fulfil.verify_hold(store.book, hold.order, world.at(), CLERK, is_collected=is_collected),
        remember,
    )
    return f"{hold.order[-4:]} {'was collected' if is_collected else 'is still owed'}"


def verify_all(world: World, store: Store) -> None:
    """Somebody looks for every hold that nobody is sure of."""
    while any(hold.unsure for hold in store.book.rows("hold").values()):
        verify(world, store)


def accept(world: World, store: Store) -> str:
    """The manager takes the told balances for true."""
    skus = sorted(store.book.rows("stock"))
    if not skus:
        return "nothing to accept"
    world.commit_at_store(store, lambda: ledger.accept_stock(store.book, skus, world.at(), CLERK))
    return "balances accepted"


def _commit_at_hub(world: World, store: Store, work: object) -> None:
    """A command of the operator: it runs until it is done."""
    calm, world.calm = world.calm, True
    try:
        world.commit_at_hub(store, work)  # type: ignore[arg-type]
    finally:
        world.calm = calm


def _keep_log(store: Store) -> None:
    """What this store wrote so far stays known to the simulator."""
    log = Log(store.book.tables["event"], store.book.tables["chain"])
    store.logs.setdefault(store.book.position().sinc, []).append(log)


def _recount_goods(store: Store) -> None:
    """People put the goods where the ledger looks for them; what it lacks or has too much is drift."""
    shelf = store.shelf
    shelf.given.update(store.forgotten)
    store.forgotten.clear()
    for (order, line), units in list(shelf.staged.items()):
        shelf.floor[store.sku_of[order, line]] += units
    shelf.staged.clear()
    for hold in store.book.rows("hold").values():
        for line in hold.lines:
            lying = min(line.staged, max(0, shelf.floor[line.sku]))
            shelf.staged[hold.order, line.line] += lying
            shelf.floor[line.sku] -= lying
            _forget_given(store, (hold.order, line.line), line.done)
    for key in [key for key, units in shelf.given.items() if units and store.book.hold(key[0]) is None]:
        _forget_given(store, key, 0)
    there = Counter(shelf.floor)
    for (order, line), units in shelf.staged.items():
        there[store.sku_of[order, line]] += units
    for sku in {*there, *store.book.rows("stock")}:
        shelf.drift[sku] = store.book.stock(sku).on_hand - there[sku]
    _recount_papers(store)


def _forget_given(store: Store, key: tuple[str, int], done: int) -> None:
    """Units were carried away that the ledger does not know of."""
    lost = store.shelf.given[key] - done
    if lost > 0:
        store.forgotten[key] += lost
        store.shelf.given[key] -= lost


def _recount_papers(store: Store) -> None:
    """Receipts and cash that neither book remembers are lost with the disk that held them."""
    facts = [fact for fact, _ in store.hub.rows("fact").values()]
    facts += [parse_fact(raw) for _, raw in store.hub.rows("dead").values()]
    position = store.hub.position()
    same_log = store.book.position().sinc == position.sinc
    after = position.app if same_log and not store.estranged else 0
    events = store.book.tables["event"]
    facts += [parse_fact(events[seq]) for seq in sorted(events) if seq > after]
    store.receipts = {fact.ref for fact in facts if isinstance(fact, Move) and fact.ref.startswith("R")}
    cash = {(fact.ref, fact.minor): fact.minor for fact in facts if isinstance(fact, Payment)}
    store.shelf.cash = sum(cash.values())
    _recount_tenders(store, [fact for fact in facts if isinstance(fact, Payment)])


def _recount_tenders(store: Store, payments: list[Payment]) -> None:
    """Cash by order, as the books that are left know it."""
    known = Counter({fact.order: fact.minor for fact in payments if fact.order is not None})
    store.cash_lost |= {order for order, minor in store.shelf.cash_of.items() if known[order] < minor}
    store.shelf.cash_of = known
