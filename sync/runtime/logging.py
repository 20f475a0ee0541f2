"""Structured logs to standard error: JSON in production, coloured lines on a terminal.

Events are dotted names in snake case (`order.placed`) with keyword data. `bound(store=…)` adds data to
every event inside a block, across awaits. What libraries log by the standard library passes through the
same chain, and the redactor is always the last step before the line is written.
"""

import contextlib
import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TextIO, cast

from sync.runtime._structlog import FilteringBoundLogger, Processor, structlog
from sync.runtime.kept_log import KeptLog
from sync.runtime.redaction import redact_event

Style = Literal["json", "console"]
Level = Literal["debug", "info", "warning", "error"]

# These say one line a request or a connection at INFO; our own events say it better.
_CHATTY = ("uvicorn.error", "uvicorn.access", "_granian", "granian.access", "httpx", "amqtt", "asyncio")


class _StandardError(io.TextIOBase):
    """Standard error as it is at the moment of writing: whoever replaces it later is heard too.

    A line that cannot be written, on a full disk say, is lost: no work may fail for want of its log.
    """

    def write(self, text: str) -> int:
        """Pass the text on."""
        with contextlib.suppress(OSError):
            return sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Pass the flush on; a stream that was closed meanwhile holds nothing of ours."""
        if not sys.stderr.closed:
            with contextlib.suppress(OSError):
                sys.stderr.flush()

    def isatty(self) -> bool:
        """Whether a person reads along."""
        return sys.stderr.isatty()


def configure_logging(
    style: Style = "json",
    level: Level = "info",
    *,
    stream: TextIO | None = None,
    kept: Path | None = None,
) -> None:
    """Set up logging for the process; call once, first, in `main`.

    Args:
        style: `json` writes one object a line, `console` a readable line.
        level: The least severe level that is written.
        stream: Where to write; standard error unless told otherwise.
        kept: Folder in which the last lines are kept too; None keeps none.
    """
    out = stream if stream is not None else cast("TextIO", _StandardError())
    out = out if kept is None else cast("TextIO", KeptLog(kept, out))
    threshold = getattr(logging, level.upper())
    shared = _shared_processors()
    structlog.configure(
        processors=[*shared, *_renderers(style, out)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _add_source],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(style, out)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _add_source(_logger: Any, _method: str, event: Any) -> Any:
    event["source"] = event["_record"].name
    return event


def _renderers(style: Style, out: TextIO) -> list[Processor]:
    if style == "json":
        return [redact_event, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [redact_event, structlog.dev.ConsoleRenderer(colors=out.isatty())]


def get_logger(name: str) -> FilteringBoundLogger:
    """Return the logger of a module; `name` is kept under `source` in each event."""
    return cast("FilteringBoundLogger", structlog.get_logger(source=name))


@contextmanager
def bound(**data: Any) -> Iterator[None]:
    """Add `data` (request, store, order, message …) to every event logged inside the block."""
    with structlog.contextvars.bound_contextvars(**data):
        yield
