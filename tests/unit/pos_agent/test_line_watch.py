"""What only a person can mend is a standing alarm in the store: taken over, an old copy, or turned away."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from pos_agent.line_watch import WatchedLink
from sync.link.memory_broker import MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.port import Connected, Disconnected, LinkConfig, LinkEvent, LossReason
from tests.unit.pos_agent.agent_stage import STORE, Stage, client


class Told(MemoryLink):
    """A connection to which given things happen."""

    def __init__(self, *happened: LinkEvent) -> None:
        super().__init__(
            LinkConfig(url="mqtt://127.0.0.1:1", user=STORE, secret="s", client_id="a"), MemoryBroker()
        )
        self._happened = happened

    async def events(self) -> AsyncIterator[LinkEvent]:
        """The given things."""
        for event in self._happened:
            yield event


async def alarm(stage: Stage) -> str | None:
    """What every page's status says."""
    async with client(stage) as clerk:
        told: str | None = (await clerk.get("/api/v1/status")).json()["alarm"]
        return told


async def heard(stage: Stage, *events: LinkEvent) -> None:
    """Let these things happen; each is passed on as it was."""
    assert [event async for event in WatchedLink(Told(*events), stage.desk).events()] == list(events)


@pytest.mark.parametrize("reason", [LossReason.REFUSED_CREDENTIALS, LossReason.REFUSED_SUBSCRIPTION])
async def test_a_store_that_the_broker_turns_away_is_told_until_it_is_let_in(
    stage: Stage, reason: LossReason
) -> None:
    assert await alarm(stage) is None
    await heard(stage, Connected(), Disconnected(reason))
    assert await alarm(stage) == "refused"
    await heard(stage, Connected())
    assert await alarm(stage) is None


@pytest.mark.parametrize("reason", [LossReason.LOST, LossReason.UNREACHABLE, LossReason.REFUSED])
async def test_a_line_that_comes_back_by_itself_is_no_alarm(stage: Stage, reason: LossReason) -> None:
    await heard(stage, Disconnected(reason))
    assert await alarm(stage) is None


async def test_a_store_that_was_taken_over_is_told_whatever_the_line_does(stage: Stage) -> None:
    await stage.run(lambda book: book.put_position(replace(book.position(), fenced=True)))
    await heard(stage, Disconnected(LossReason.REFUSED_CREDENTIALS), Connected())
    assert await alarm(stage) == "fenced"
