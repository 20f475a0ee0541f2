"""The reconciliation finds each lie, by itself, and finds nothing where there is none."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from hub.chaos.papers import Paper
from tests.unit.hub.chaos.world import STORE, TEA, World

SALE, PICKUP = "s1-1-1-000001", "s1-1-1-000002"


def test_a_world_without_a_lie_leaves_an_empty_list() -> None:
    assert World().rows() == []


def _order_gone(world: World) -> None:
    world.hub.orders.clear()


def _order_twice(world: World) -> None:
    world.hub.orders.append({**world.hub.orders[0], "id": "o9", "number": "N9"})


def _order_dearer(world: World) -> None:
    world.hub.orders[0]["total_minor"] = 901


def _order_told_twice(world: World) -> None:
    world.diary.orders.append(replace(world.order, key="k2", collected=[]))


def _never_arrived(world: World) -> None:
    world.store.holds.clear()


def _counters_apart(world: World) -> None:
    world.store.holds[0]["short"] = 1


def _hold_of_nobody(world: World) -> None:
    world.store.holds.append({**world.store.holds[0], "order_id": "o9"})


def _cancel_forgotten(world: World) -> None:
    world.order.is_cancel_asked = True
    world.hub.orders[0]["stage"] = "ready"


def _handed_over_twice(world: World) -> None:
    world.order.collected.append(replace(world.order.collected[0], number="s1-1-1-000003"))


def _hand_over_gone(world: World) -> None:
    del world.store.receipts[1]


def _hand_over_of_nobody(world: World) -> None:
    world.order.collected.clear()


def _hand_over_dearer(world: World) -> None:
    world.store.receipts[1]["total_minor"] = 901


def _hand_over_unheard(world: World) -> None:
    world.hub.holds[0]["done"] = world.store.holds[0]["done"] = 0


def _paid_and_forgotten(world: World) -> None:
    world.order.is_paid = True


def _one_fen_off(world: World) -> None:
    world.hub.payments[0]["minor"] = 899


def _not_refunded(world: World) -> None:
    world.hub.payments.append({**world.hub.payments[0], "provider": "sandbox", "reference": "x"})


def _sale_gone(world: World) -> None:
    del world.store.receipts[0]


def _sale_of_nobody(world: World) -> None:
    world.diary.sales.clear()


def _sale_told_twice(world: World) -> None:
    world.diary.sales.append(world.sale)


def _sale_of_other_goods(world: World) -> None:
    world.store.receipts[0]["content"] = json.dumps({"lines": [{"sku": TEA, "qty": 3}]})


def _delivery_gone(world: World) -> None:
    del world.store.documents[0]


def _delivery_of_nobody(world: World) -> None:
    world.store.documents.append({"ref": "d2", "reason": "receive"})


def _event_not_applied(world: World) -> None:
    world.hub.streams[0]["app"] = 1


def _event_gone(world: World) -> None:
    del world.hub.events[1]


def _event_changed(world: World) -> None:
    world.hub.events[0]["raw"] = world.hub.events[0]["raw"].replace("600", "601")


def _event_rejected(world: World) -> None:
    world.store.events[0]["rejected"] = "unknown_sku"


def _two_papers(world: World) -> None:
    world.papers.append(Paper("receipt/0003.txt", SALE, 0))


def _no_paper(world: World) -> None:
    del world.papers[0]


def _secret_paper(world: World) -> None:
    world.store.jobs[0]["state"] = "queued"


def _paper_of_nobody(world: World) -> None:
    world.papers.append(Paper("receipt/0003.txt", "s1-1-1-000009", 0))


def _copy_of_nobody(world: World) -> None:
    world.papers.append(Paper("receipt/0003.txt", SALE, 1))


def _copy_twice(world: World) -> None:
    world.diary.copies[SALE] = 2
    world.papers += [Paper("receipt/0003.txt", SALE, 1), Paper("receipt/0004.txt", SALE, 1)]


def _unit_missing(world: World) -> None:
    world.store.stock[0]["floor"] = world.hub.stock[0]["floor"] = 10


def _mirror_behind(world: World) -> None:
    world.hub.stock[0]["floor"] = 12


def _granted_too_much(world: World) -> None:
    world.store.stock[0]["granted"] = world.hub.stock[0]["granted"] = 12


def _promised_too_much(world: World) -> None:
    line = {"order_id": "o1", "line": 2, "sku": TEA, "qty": 12, "done": 0, "short": 0, "released": 0}
    world.hub.holds.append({**line, "store": STORE, "dispatched": 1})
    world.store.holds.append({**line, "stage": "received"})


def _fenced(world: World) -> None:
    world.store.position[0]["fenced"] = 1


def _dead_letter(world: World) -> None:
    world.hub.dead_letters.append({"store": STORE, "seq": 1, "code": "bad", "raw": "{}"})


def _trouble(world: World) -> None:
    world.hub.troubles.append({"kind": "double_paid", "store": STORE, "facts": "{}"})


def _noticed(world: World) -> None:
    world.diary.notice("answered 5xx", "GET / 500")


LIES: list[tuple[Callable[[World], None], set[str]]] = [
    (_order_gone, {"order lost"}),
    (_order_twice, {"order doubled"}),
    (_order_dearer, {"order differs"}),
    (_order_told_twice, {"order told twice", "payment differs", "money differs"}),
    (_never_arrived, {"order lost on the way"}),
    (_counters_apart, {"hold differs"}),
    (_hold_of_nobody, {"hold of nobody"}),
    (_cancel_forgotten, {"cancel lost"}),
    (
        _handed_over_twice,
        {
            "handed over twice",
            "hand-over lost",
            "payment differs",
            "money differs",
            "cash differs",
            "shelf differs",
        },
    ),
    (_hand_over_gone, {"hand-over lost", "cash differs", "paper of nobody"}),
    (
        _hand_over_of_nobody,
        {"hand-over of nobody", "payment differs", "money differs", "cash differs", "shelf differs"},
    ),
    (_hand_over_dearer, {"hand-over differs"}),
    (_hand_over_unheard, {"hand-over differs at the hub"}),
    (_paid_and_forgotten, {"payment differs"}),
    (_one_fen_off, {"payment differs", "money differs"}),
    (_not_refunded, {"payment differs", "money differs"}),
    (_sale_gone, {"sale lost", "cash differs", "paper of nobody"}),
    (_sale_of_nobody, {"sale of nobody", "cash differs", "shelf differs"}),
    (_sale_told_twice, {"sale told twice", "sale lost", "cash differs", "shelf differs"}),
    (_sale_of_other_goods, {"sale differs"}),
    (_delivery_gone, {"delivery lost"}),
    (_delivery_of_nobody, {"delivery of nobody"}),
    (_event_not_applied, {"books not in step"}),
    (_event_gone, {"event differs", "cash differs"}),
    (_event_changed, {"event differs", "cash differs"}),
    (_event_rejected, {"event rejected"}),
    (_two_papers, {"printed twice"}),
    (_no_paper, {"paper lost"}),
    (_secret_paper, {"printed in secret"}),
    (_paper_of_nobody, {"paper of nobody"}),
    (_copy_of_nobody, {"copy of nobody"}),
    (_copy_twice, {"copy printed twice"}),
    (_unit_missing, {"shelf differs"}),
    (_mirror_behind, {"mirror differs"}),
    (_granted_too_much, {"sold too much"}),
    (_promised_too_much, {"promise without goods"}),
    (_fenced, {"store fenced"}),
    (_dead_letter, {"dead letter"}),
    (_trouble, {"trouble at the hub"}),
    (_noticed, {"answered 5xx"}),
]


@pytest.mark.parametrize(("tell", "kinds"), LIES, ids=[tell.__name__.strip("_") for tell, _ in LIES])
def test_each_lie_is_found_and_nothing_else(tell: Callable[[World], None], kinds: set[str]) -> None:
    world = World()
    tell(world)
    assert world.kinds() == kinds


def test_an_uncertain_receipt_may_have_its_paper_or_not() -> None:
    world = World()
    world.store.jobs[0]["state"] = "uncertain"
    assert world.rows() == []
    del world.papers[0]
    assert world.rows() == []


def test_a_copy_that_was_asked_for_is_no_second_original() -> None:
    world = World()
    world.diary.copies[PICKUP] = 1
    world.papers.append(Paper("receipt/0003.txt", PICKUP, 1))
    assert world.rows() == []


def test_looking_changes_nothing() -> None:
    world = World()
    before = copy.deepcopy((world.diary, world.books))
    world.rows()
    assert (world.diary, world.books) == before
