"""Tasks of devices: a device is lent, and comes back whatever becomes of who borrowed it."""

import asyncio
from dataclasses import dataclass

from pos_agent.hardware.device_tasks import DeviceTasks


@dataclass(frozen=True)
class Placed:
    """A device by its address."""

    uri: str = "serial:/dev/scanner?baud=9600"


async def test_a_loan_that_is_given_up_while_the_device_is_not_free_yet_ends() -> None:
    begun: list[str] = []
    is_begun, is_ended, is_free = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(config: Placed) -> None:
        begun.append(config.uri)
        is_begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await is_free.wait()  # as a line that is stuck lets go late

    tasks = DeviceTasks[Placed](work, lambda _name: is_ended.set())
    tasks.use({"counter": Placed()})

    async def borrow() -> None:
        async with tasks.lent("serial:/dev/scanner"):
            raise AssertionError("the device is not free")

    async with asyncio.TaskGroup() as group:
        tasks.begin(group)
        await is_begun.wait()
        borrowing = asyncio.create_task(borrow())
        await is_ended.wait()
        borrowing.cancel()
        await asyncio.wait({borrowing})
        assert borrowing.cancelled()
        is_begun.clear()
        is_free.set()
        async with asyncio.timeout(10):
            await is_begun.wait()
        tasks.end()
    assert begun == [Placed().uri] * 2
