"""The two conversations with a printer: how are you, and is it on paper."""

import asyncio

from devices.errors import PortError, PortTimeout
from devices.ports.port import Port
from devices.printing.status import (
    STATUS_ANSWERS,
    STATUS_REQUEST,
    PrinterState,
    is_completion_mark,
    is_status_answer,
    read_status,
)

_READ_LIMIT = 64


async def ask_state(port: Port, timeout_s: float) -> PrinterState:
    """The printer's own word on its state; unknown if it does not give all answers in time.

    Raises:
        PortError: the line broke or takes no bytes.
    """
    await port.write(STATUS_REQUEST, timeout_s)
    answers = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            while len(answers) < STATUS_ANSWERS:
                data = await port.read(_READ_LIMIT, timeout_s)
                answers += bytes(byte for byte in data if is_status_answer(byte))
    except (TimeoutError, PortTimeout):
        return PrinterState.UNKNOWN
    return read_status(bytes(answers[:STATUS_ANSWERS]))


async def await_mark(port: Port, timeout_s: float) -> int | None:
    """The completion mark, or None if it does not come in time or the line breaks.

    Late answers to a status request have other fixed bits and are passed over.
    """
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                for byte in await port.read(_READ_LIMIT, timeout_s):
                    if is_completion_mark(byte):
                        return byte
    except (TimeoutError, PortError):
        return None
