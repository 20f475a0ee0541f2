"""One history: its steps, then calm, then the books must be equal."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

from sync.rules.errors import Refused
from sync.simulator import (
    clerk,
    counter,
    exchange,
    faults,
    head_office,
    looking,
    papers,
    payments,
    recovery,
)
from sync.simulator.books import Crash
from sync.simulator.calm import settle_all
from sync.simulator.invariants import Violation
from sync.simulator.limits import limits_of
from sync.simulator.odds import ACTIONS, STEPS
from sync.simulator.world import Store, World

Action = Callable[[World, Store], str]


def _resend_up(world: World, store: Store) -> str:
    """The agent's timer, or its next run of events."""
    return exchange.send_up(world, store, again=world.dice.hit(0.5))


DOES: dict[str, Action] = {
    "deliver": exchange.deliver,
    "agent resends": _resend_up,
    "hub resends": exchange.send_down,
    "sell": clerk.sell,
    "override": clerk.override,
    "receive": clerk.receive,
    "steal": clerk.steal,
    "count": clerk.count,
    "damage": clerk.damage,
    "sell unknown": clerk.sell_unknown,
    "pick": clerk.pick,
    "pick order": clerk.pick_order,
    "short": clerk.short,
    "lose staged": clerk.lose_staged,
    "ready": clerk.ready,
    "hand over by code": counter.hand_over_by_code,
    "hand over by token": counter.hand_over_by_token,
    "show token again": counter.show_again,
    "show old token": counter.show_old_token,
    "expire at store": clerk.expire,
    "look now": looking.look,
    "put back": clerk.put_back,
    "ask floor": clerk.ask_floor,
    "order": head_office.order,
    "pay": payments.pay,
    "pay afterwards": payments.pay_afterwards,
    "tell of money": payments.tell_again,
    "force refund": payments.force_refund,
    "sweep": head_office.sweep,
    "cancel": head_office.cancel,
    "want": head_office.want,
    "give back": head_office.give_back,
    "give document": papers.give,
    "revise document": papers.revise,
    "find goods": papers.find,
    "book document": papers.book,
    "refuse document": papers.refuse,
    "start count": papers.start_count,
    "cut": faults.cut,
    "heal": faults.heal,
    "agent dies": faults.agent_dies,
    "hub dies": faults.hub_dies,
    "old incarnation up": faults.old_up,
    "old incarnation down": faults.old_down,
    "clone": faults.clone,
    "take over": recovery.take_over,
    "back up": recovery.back_up,
    "put hub back": recovery.put_hub_back,
    "take image": recovery.take_image,
    "roll back": recovery.roll_back,
    "lose disk": recovery.lose_disk,
    "put store back": recovery.put_store_back,
    "enrol again": recovery.enrol_again,
    "verify": recovery.verify,
    "accept": recovery.accept,
}
AT_THE_COUNTER = frozenset(
    {
        "pick", "pick order", "short", "lose staged", "ready", "hand over by code", "hand over by token",
        "show token again", "show old token", "expire at store", "look now", "put back",
        "find goods", "book document", "refuse document", "start count",
        "take image",
    }
)  # fmt: skip
"""What nobody does with a ledger that was put back from an old image before it has heard the hub."""


@dataclass(slots=True)
class Story:
    """How a history went.

    Args:
        seed: what tells it all.
        lines: each step in words.
        violation: the invariant that broke; None if all held.
        crash: a fault of the rules or of the simulator itself; None if there was none.
        faults: how often each kind happened.
        done: how often each action and verdict happened.
        steps: how many steps ran.
        rounds: how many rounds it took to agree once faults had stopped.
    """

    seed: int
    lines: list[str] = field(default_factory=list)
    violation: Violation | None = None
    crash: Exception | None = None
    faults: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    rounds: int = 0

    @property
    def digest(self) -> str:
        """The story in 16 characters: equal for the same seed on any machine."""
        return blake2b("\n".join(self.lines).encode(), digest_size=8).hexdigest()


def play(seed: int, skip: frozenset[int] = frozenset(), steps: int = STEPS) -> Story:
    """Play the history of a seed; steps in `skip` are left out, the others keep their draws."""
    story = Story(seed)
    world = World(seed)
    story.faults, story.done = world.faults, world.done
    try:
        with limits_of(seed):
            _play(world, story, skip, steps)
    except Violation as violation:
        story.violation = violation
        story.lines.append(f"{world.step:4} VIOLATION {violation}")
    except Exception as error:  # noqa: BLE001  # whatever it is, the seed tells how to see it again
        story.crash = error
        story.lines.append(f"{world.step:4} FAULT {error!r}")
    return story


def _play(world: World, story: Story, skip: frozenset[int], steps: int) -> None:
    """All steps, then calm."""
    world.calm = True
    for store in world.stores:
        clerk.open_store(world, store)
    world.calm = False
    for step in range(1, steps + 1):
        world.step = step
        for store in world.stores:
            store.line.tick(step)
        if step not in skip:
            story.steps += 1
            story.lines.append(_take_step(world))
    world.calm = True
    story.rounds = settle_all(world)
    story.lines.append(f"calm after {story.rounds} rounds")


def _take_step(world: World) -> str:
    """One step: an action at a store, drawn by the odds."""
    world.dice.start_step(world.step)
    name, store = world.dice.weighted(ACTIONS), world.dice.one_of(world.stores)
    if store.estranged and name in AT_THE_COUNTER:
        name = "sell"
    world.done[name] += 1
    store.beyond.clear()
    try:
        outcome = DOES[name](world, store)
    except Refused as refused:
        world.done[f"refused {refused.code}"] += 1
        outcome = f"{name} refused: {clerk.refusal_text(refused)}"
    except Crash:
        outcome = f"{name}: process died"
    return f"{world.step:4} {store.name} {outcome}"
