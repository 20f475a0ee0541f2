"""The hub's command that follows one event, order or paper over all its hops."""

from datetime import datetime
from typing import Annotated

import typer

from hub.commands import ConfigOption, JsonOption, application, fail, look, say
from hub.trace.answer import trace_answer
from hub.trace.find import NotFound, find
from hub.trace.queries import Trace, read_trace
from hub.trace.tell_trace import tell_fault, tell_trace
from sync.runtime.clock import SystemClock
from sync.storage.reader import Reader

__all__ = ["application"]


@application.command()
def trace(
    name: Annotated[
        str, typer.Argument(metavar="ID", help="STORE/SEQ, STORE/SINC/SEQ, an order or a receipt")
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every hop of an event, an order or a receipt, with its time: till, hub, shop page."""
    now = SystemClock().now()
    found = look(config, lambda reader: _traced(reader, name, now))
    if isinstance(found, NotFound):
        raise fail(tell_fault(found))
    say(trace_answer(found).model_dump_json(indent=1) if as_json else "\n".join(tell_trace(found)))


async def _traced(reader: Reader, text: str, now: datetime) -> Trace | NotFound:
    """The trace of an id, or why there is none."""
    found = await find(reader, text)
    return found if isinstance(found, NotFound) else await read_trace(reader, found, now)
