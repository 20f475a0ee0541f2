"""Fixtures of the link's contract; the stages themselves are in ``stages``."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sync.link.port import LinkConfig
from tests.integration.link.stages import RealStage, Seat, Seated, Stage, open_stage, secret_of


@pytest.fixture(params=["memory", pytest.param("mosquitto", marks=pytest.mark.broker), "embedded"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    made, stop = await open_stage(str(request.param), tmp_path)
    yield made
    await stop()


@pytest.fixture(params=[pytest.param("mosquitto", marks=pytest.mark.broker), "embedded"])
async def real_stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RealStage]:
    made, stop = await open_stage(str(request.param), tmp_path)
    assert isinstance(made, RealStage)
    yield made
    await stop()


@pytest.fixture
async def sit() -> AsyncIterator[Seated]:
    """Give a maker of running links: ``sit(stage, user, *filters, **more of LinkConfig)``."""
    seats: list[Seat] = []

    def make(stage: Stage, user: str, *filters: str, **more: Any) -> Seat:
        settings = {
            "url": stage.url(),
            "secret": secret_of(user),
            "client_id": f"{user}-{len(seats)}",
            **more,
        }
        settings.setdefault("retry_max_s", 0.4)
        seats.append(Seat(stage.build(LinkConfig(user=user, subscriptions=filters, **settings))))
        return seats[-1]

    yield make
    for seat in seats:
        await seat.die()
