"""Orders to a running demo's virtual devices and lines: `./omo demo line STORE cut` and the like."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from hub.demo.chain import make_chain
from hub.demo.errors import SetupFailed
from hub.demo.memory import Memory
from hub.demo.ports import LOOPBACK, Ports, StorePorts
from hub.demo.programs import PRINTERS

ANSWER_LIMIT_S = 5.0
USAGE = {
    "scan": "scan STORE CODE",
    "line": "line STORE cut|restore|half-open|delay MS [JITTER]|drop PERCENT|slow BYTES_PER_S|clear|state",
    "printer": "printer STORE receipt|pick paper-out|paper-ok|state|…",
}


@dataclass(frozen=True, slots=True)
class Order:
    """One line for one control port."""

    port: int
    text: str


def read_order(words: list[str], folder: Path) -> Order:
    """What the words of a command line mean.

    Raises:
        SetupFailed: They mean nothing here.
    """
    kind, rest = words[0], words[1:]
    if kind not in USAGE or len(rest) < (3 if kind == "printer" else 2):
        raise SetupFailed("use one of: " + "; ".join(f"demo {usage}" for usage in USAGE.values()))
    ports = _ports_of(rest[0], folder)
    if kind == "scan":
        return Order(ports.scanner_control, " ".join(rest[1:]))
    if kind == "line":
        return Order(ports.line_control, " ".join(rest[1:]))
    names = [name for name, _role in PRINTERS]
    if rest[1] not in names:
        raise SetupFailed(f"a store has the printers {', '.join(names)}, not {rest[1]!r}")
    return Order(ports.printer_control(names.index(rest[1])), " ".join(rest[2:]))


async def give(order: Order) -> str:
    """Give an order; returns the answer: `ok`, `ok …`, a state, or `error why`.

    Raises:
        SetupFailed: Nobody is there.
    """
    try:
        async with asyncio.timeout(ANSWER_LIMIT_S):
            reader, writer = await asyncio.open_connection(LOOPBACK, order.port)
            writer.write(f"{order.text}\n".encode())
            answer = await reader.readline()
            writer.close()
    except (OSError, TimeoutError) as error:
        raise SetupFailed(f"nobody answers on port {order.port}; does the demo run?") from error
    return answer.decode("utf-8", "replace").strip()


def _ports_of(store: str, folder: Path) -> StorePorts:
    memory = Memory.of(folder)
    if not memory.stores:
        raise SetupFailed(f"there is no demo in {folder}; name its folder with --data DIR")
    stores = [one.id for one in make_chain(memory.stores, folder / "chain").stores]
    if store not in stores:
        raise SetupFailed(f"the demo has the stores {', '.join(stores)}, not {store!r}")
    return Ports(memory.base, len(stores)).store(stores.index(store))
