"""Imports structlog without its optional traceback painter.

structlog.dev imports rich when it is installed, which costs every long-running process memory and start-up
time for coloured tracebacks that this product never prints. While structlog is imported, rich is reported
as absent. Import structlog from here, never directly.
"""

import sys

_HIDDEN = "rich" not in sys.modules
if _HIDDEN:
    sys.modules["rich"] = None  # type: ignore[assignment]
try:
    import structlog
    from structlog.typing import FilteringBoundLogger, Processor
finally:
    if _HIDDEN:
        del sys.modules["rich"]

__all__ = ["FilteringBoundLogger", "Processor", "structlog"]
