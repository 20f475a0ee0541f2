"""What all people of the run share: they act, think a little, and go home when it is over."""

import asyncio
from random import Random
from typing import Protocol

from hub.chaos.caller import Caller
from hub.chaos.diary import Diary
from hub.chaos.errors import ChaosError

STEADY_S = 1.0
"""How long somebody rests whom a program has surprised."""


class Person(Protocol):
    """Somebody who acts."""

    name: str
    think_s: tuple[float, float]
    random: Random

    async def act(self) -> None:
        """Do one thing to its end."""


async def live(person: Person, diary: Diary, over: asyncio.Event) -> None:
    """Act again and again until it is over; what should not have happened is written down."""
    while not over.is_set():
        try:
            await person.act()
        except ChaosError as error:
            diary.notice(f"{person.name}: {error.code}", f"{person.name}: {error}")
            await asyncio.sleep(STEADY_S)
        await asyncio.sleep(person.random.uniform(*person.think_s))


async def sign_in(caller: Caller, login: str, pin: str, till: str) -> None:
    """Sign in at a store's agent."""
    body = {"login": login, "pin": pin, "till": till}
    answer = await caller.insist("POST", "/api/v1/session", body)
    caller.token = str(answer.body["token"])
