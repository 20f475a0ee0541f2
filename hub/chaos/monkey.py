"""The monkey: carries out a plan of faults, and takes each back when its time is over."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from hub.chaos.diary import Diary
from hub.chaos.errors import ChaosError
from hub.chaos.plan import Fault
from hub.chaos.stage import Stage
from hub.walk.errors import StepFailed
from hub.walk.tools import order_control

LOOK_S = 0.2
_BACK = {"paper-out": "paper-ok", "offline": "online"}


class Monkey:
    """Makes trouble.

    Args:
        stage: What it shakes.
        diary: Where programs that fall by themselves are written down.
        say: Tells a person what it does.
    """

    def __init__(self, stage: Stage, diary: Diary, say: Callable[[str], None]) -> None:
        self.faults: Counter[str] = Counter()
        self._stage = stage
        self._diary = diary
        self._say = say

    async def shake(self, faults: Sequence[Fault]) -> None:
        """Carry out all faults, each in its time; several may last at once."""
        began_s = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch())
            hitting = [group.create_task(self._hit(fault, began_s)) for fault in faults]
            await asyncio.gather(*hitting)
            watching.cancel()

    async def make_calm(self) -> None:
        """Take everything back: lines clear, printers well, every program up."""
        for store in self._stage.place.stores:
            await self._tell(store.line_control, "clear")
            for printer in store.printers:
                for order in _BACK.values():
                    await self._tell(printer.control, order)
        for name, program in self._stage.programs.items():
            if program.is_down:
                self._stage.bring_back(name)

    async def _hit(self, fault: Fault, began_s: float) -> None:
        """One fault, from its beginning to its end."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, began_s + fault.at_s - loop.time()))
        self._say(f"{fault.kind:<20} {', '.join(fault.targets)} {fault.order} for {fault.for_s:.1f} s")
        try:
            if fault.order:
                await self._spoil(fault)
            else:
                await self._kill(fault)
        except ChaosError as error:
            self._diary.notice("the stage broke", f"{fault.kind}: {error}")

    async def _kill(self, fault: Fault) -> None:
        """SIGKILL; then, after its time, the program's own argv."""
        killed = [name for name in fault.targets if await self._stage.kill(name)]
        is_swap = fault.kind == "replace broker" and bool(killed)
        if not killed:
            return
        self.faults[fault.kind] += 1
        if is_swap:
            self._say(f"broker comes back as {await asyncio.to_thread(self._stage.swap_broker)}, empty")
        await asyncio.sleep(fault.for_s)
        for name in killed:
            self._stage.bring_back(name)

    async def _spoil(self, fault: Fault) -> None:
        """Turn a knob of a line or a printer, and turn it back."""
        store = next(one for one in self._stage.place.stores if one.id == fault.targets[0])
        is_line = fault.kind.startswith("line ")
        controls = [store.line_control] if is_line else [printer.control for printer in store.printers]
        self.faults[fault.kind] += 1
        for control in controls:
            await self._tell(control, fault.order)
        await asyncio.sleep(fault.for_s)
        back = "clear" if is_line else _BACK.get(fault.order)
        for control in controls if back else ():
            await self._tell(control, str(back))

    async def _tell(self, control: str, order: str) -> None:
        try:
            await asyncio.to_thread(order_control, control, order)
        except StepFailed as error:
            self._diary.notice("the stage broke", str(error))

    async def _watch(self) -> None:
        """Programs only end when they are killed."""
        while True:
            for words in self._stage.fallen():
                self._diary.notice("a program ended by itself", words)
            await asyncio.sleep(LOOK_S)
