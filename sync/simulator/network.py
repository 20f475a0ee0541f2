"""The line between one store and the hub: it loses, doubles, reorders, delays, tears and is cut."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from sync.messages.codec import decode, encode
from sync.messages.errors import Undecodable
from sync.rules.streams import Message
from sync.simulator.dice import Dice
from sync.simulator.odds import FAULTS, ON_THE_WIRE

Direction = Literal["up", "down"]
MOST_WAITING = 40


@dataclass(slots=True)
class Line:
    """Messages under way in both directions, as values or as wire bytes."""

    faults: Counter[str]
    is_cut: bool = False
    waiting: dict[Direction, list[Message | bytes]] = field(default_factory=lambda: {"up": [], "down": []})
    late: list[tuple[int, Direction, Message | bytes]] = field(default_factory=list)

    def send(self, direction: Direction, message: Message, dice: Dice, step: int) -> None:
        """Hand a message to the network, which may do what it likes with it."""
        if self.is_cut:
            self.faults["lost in a cut"] += 1
            return
        if dice.hit(FAULTS["loss"]):
            self.faults["loss"] += 1
            return
        packet = self._packed(message, dice)
        self._put(direction, packet, dice, step)
        if dice.hit(FAULTS["duplicate"]):
            self.faults["duplicate"] += 1
            self._put(direction, packet, dice, step)

    def _packed(self, message: Message, dice: Dice) -> Message | bytes:
        """The message, for a share of them as bytes, some of those torn."""
        if not dice.hit(ON_THE_WIRE):
            return message
        data = encode(message)
        if dice.hit(FAULTS["torn"] / ON_THE_WIRE):
            self.faults["torn"] += 1
            return data[: dice.below(len(data))]
        return data

    def _put(self, direction: Direction, packet: Message | bytes, dice: Dice, step: int) -> None:
        """Queue a packet, now or later."""
        if dice.hit(FAULTS["delay"]):
            self.faults["delay"] += 1
            self.late.append((step + dice.between(3, 60), direction, packet))
            return
        queue = self.waiting[direction]
        queue.append(packet)
        if len(queue) > MOST_WAITING:
            self.faults["loss"] += 1
            del queue[0]

    def tick(self, step: int) -> None:
        """Delayed packets whose time has come join the others."""
        due = [entry for entry in self.late if entry[0] <= step]
        if due:
            self.late = [entry for entry in self.late if entry[0] > step]
            for _, direction, packet in due:
                self.waiting[direction].append(packet)

    def ready(self) -> list[Direction]:
        """The directions in which something can arrive now."""
        return [] if self.is_cut else [direction for direction, queue in self.waiting.items() if queue]

    def take(self, direction: Direction, dice: Dice) -> Message | None:
        """The next message to arrive, usually the oldest; None where bytes are no message."""
        queue = self.waiting[direction]
        place = 0
        if len(queue) > 1 and dice.hit(FAULTS["reorder"]):
            place = dice.below(len(queue))
            self.faults["reorder"] += place > 0
        return self._unpacked(queue.pop(place))

    def _unpacked(self, packet: Message | bytes) -> Message | None:
        """The message in a packet."""
        if not isinstance(packet, bytes):
            return packet
        try:
            return decode(packet)
        except Undecodable:
            self.faults["undecodable"] += 1
            return None

    def clear(self) -> None:
        """All that was under way is lost."""
        self.waiting = {"up": [], "down": []}
        self.late = []
