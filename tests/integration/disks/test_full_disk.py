"""A disk without room: both programs refuse clearly, say what to do once, and go on by themselves.

Nothing that was told is lost, and nothing that was refused is booked.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest

from tests.integration.disks.machine import (
    PAGE,
    Machine,
    Running,
    back_to_the_usual_disk,
    no_room_by_limit,
    no_room_on_disk,
    until,
)

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]

NoRoom = Callable[[Machine, str], AbstractContextManager[Running]]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
KINDS = [no_room_by_limit, pytest.param(no_room_on_disk, marks=needs_root)]


@pytest.mark.parametrize("no_room", KINDS)
def test_a_store_without_room_sells_nothing_and_goes_on_by_itself(machine: Machine, no_room: NoRoom) -> None:
    # given
    sold = machine.sell()
    ticket = machine.add_line().json()

    # when
    with no_room(machine, "agent") as agent:
        refused = machine.pay(ticket)
        status, why = machine.readiness("agent")
        again = [machine.pay(ticket) for _ in range(3)]
        ordered = machine.order(f"full-{no_room.__name__}")

    # then
    assert [one.status_code for one in (refused, *again)] == [503] * 4
    problem = refused.json()
    assert problem["code"] == "disk"
    assert problem["title"]
    assert problem["detail"]
    assert int(refused.headers["retry-after"]) > 0
    assert status == 503
    assert str(machine.file("agent")) in why
    assert PAGE in why
    assert ordered.status_code == 201

    # and when there is room again
    until("the agent is ready", lambda: machine.is_ready("agent"))
    paid = machine.pay(ticket)

    # then
    assert paid.status_code == 200, paid.text
    assert agent.process.poll() is None
    assert agent.said("cannot be written") == 1
    assert agent.said("can be written again") == 1
    assert agent.said("Traceback") == 0
    numbers = machine.receipts()
    assert numbers.count(sold) == numbers.count(paid.json()["receipt"]["number"]) == 1
    until("the store is in step", machine.in_step)
    until("the order came", lambda: _is_at_counter(machine, ordered.json()["id"]))
    assert machine.verify("agent") == (0, "the books are right")
    _tidy(machine, "agent", no_room)


@pytest.mark.parametrize("no_room", KINDS)
def test_a_hub_without_room_takes_no_order_and_goes_on_by_itself(machine: Machine, no_room: NoRoom) -> None:
    # given
    key = f"hub-full-{no_room.__name__}"
    told = machine.order(f"{key}-before")

    # when
    with no_room(machine, "hub") as hub:
        refused = machine.order(key)
        page = _cancel(machine, told.json()["url"])
        status, why = machine.readiness("hub")
        sold = machine.sell()
        again = [machine.order(key) for _ in range(3)]

    # then
    assert [one.status_code for one in (refused, *again)] == [503] * 4
    assert refused.json()["code"] == "hub.disk"
    assert int(refused.headers["retry-after"]) > 0
    assert page.status_code == 503
    assert "cannot save anything" in page.text
    assert status == 503
    assert str(machine.file("hub")) in why
    assert PAGE in why

    # and when there is room again
    until("the hub is ready", lambda: machine.is_ready("hub"))
    taken = machine.order(key)

    # then
    assert taken.status_code == 201, taken.text
    assert hub.process.poll() is None
    assert hub.said("cannot be written") == 1
    assert hub.said("can be written again") == 1
    assert hub.said("Traceback") == 0
    assert machine.order(f"{key}-before").json() == told.json()
    assert _cancel(machine, told.json()["url"]).status_code == 303
    assert machine.receipts().count(sold) == 1
    until("the store is in step", machine.in_step)
    code, said = machine.verify("hub")
    assert (code, "books agree" in said) == (0, True), said
    _tidy(machine, "hub", no_room)


def _cancel(machine: Machine, url: str) -> httpx.Response:
    """A customer gives an order up on its page."""
    headers = {"accept": "text/html", "accept-language": "en", "sec-fetch-site": "same-origin"}
    return machine.hub.post(f"{url}/cancel", headers=headers)


def _is_at_counter(machine: Machine, order: str) -> bool:
    lists = machine.agent.get("/api/v1/counter").json()
    return any(one["order"] == order for one in lists["to_pick"])


def _tidy(machine: Machine, name: str, no_room: NoRoom) -> None:
    """Back to the usual disk."""
    if no_room is no_room_on_disk:
        back_to_the_usual_disk(machine, name)
        machine.start(name)
    until(f"{name} is ready", lambda: machine.is_ready(name))
