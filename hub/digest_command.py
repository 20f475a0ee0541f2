"""The hub's command that compares a store's own balances with the hub's."""

import asyncio
import json
from typing import Annotated, Final

import typer

from hub.commands import ConfigOption, JsonOption, application, fail, run, say
from hub.kernel import Kernel
from hub.stock.digest import NUMBERS, AskDigest, Comparison, comparison_of

__all__ = ["application"]

LOOK_EVERY_S: Final = 0.2
MOST_SHOWN: Final = 20


@application.command()
def digest(
    store: str,
    config: ConfigOption = None,
    wait_s: Annotated[float, typer.Option("--wait", min=0, max=600, help="Seconds to wait")] = 30.0,
    as_json: JsonOption = False,
) -> None:
    """Compare a store's own balances with the hub's, by the hub that serves; 0 in step, 1 not."""

    async def act(kernel: Kernel) -> Comparison | None:
        await kernel.writer.run(AskDigest(store, "command line", kernel.instant()))
        for _ in range(max(1, round(wait_s / LOOK_EVERY_S))):
            found = await comparison_of(kernel.reader, store)
            if found is None or not found.asked_at:
                return found
            await asyncio.sleep(LOOK_EVERY_S)
        return None

    found = run(config, act)
    if found is None or not found.checked_at:
        raise fail(
            f"{store}: no answer yet; the hub must be serving and the store in reach. The comparison is made"
            " when the store next connects; the board shows it"
        )
    say(_as_json(store, found) if as_json else "\n".join(_told(store, found)))
    if found.differ:
        raise typer.Exit(1)


def _told(store: str, found: Comparison) -> list[str]:
    """The comparison in words."""
    at = f"after event {found.seq}, checked {found.checked_at}"
    if not found.differ:
        return [f"● {store} and the hub are in step {at}"]
    lines = [f"▲ {store} and the hub differ in {found.differ} of 256 parts {at}; see the exceptions"]
    for one in found.found[:MOST_SHOWN]:
        sides = (("hub", one.hub), ("store", one.store))
        lines += [f"  {one.sku} {side}: {_numbers(numbers)}" for side, numbers in sides]
    return lines


def _numbers(numbers: tuple[int, ...] | None) -> str:
    """One side's numbers in words."""
    if numbers is None:
        return "nothing"
    return ", ".join(f"{name} {number}" for name, number in zip(NUMBERS, numbers, strict=True))


def _as_json(store: str, found: Comparison) -> str:
    """The comparison for programs."""
    skus = [{"sku": one.sku, "hub": one.hub, "store": one.store} for one in found.found]
    told = {
        "store": store,
        "in_step": not found.differ,
        "seq": found.seq,
        "checked_at": found.checked_at,
        "differ": found.differ,
        "buckets": found.buckets,
        "skus": skus,
        "beyond": found.beyond,
    }
    return json.dumps(told, ensure_ascii=False)
