"""What a running agent says of itself: asked at its own pages, or taken from it by its own program."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Final

from pos_agent.settings import AgentSettings

ANSWER_S: Final = 3.0
MOST_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Live:
    """What was heard.

    Attributes:
        metrics: Prometheus text; devices' states and counts are in it.
        facts: readiness, and what else the program tells of itself.
    """

    metrics: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def ask_running(settings: AgentSettings) -> Live:
    """What the agent at the settings' address says; why it says nothing in its place. Blocks."""
    if settings.port == 0:
        return Live(facts={"problem": "port = 0: where a running agent listens is not known"})
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    root = f"http://{host}:{settings.port}"
    try:
        return Live(metrics=_read(f"{root}/metrics"), facts=_object(_read(f"{root}/readyz")))
    except (OSError, ValueError) as error:
        return Live(facts={"problem": f"no agent answers at {root}: {error}"})


def _read(url: str) -> str:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # never by a proxy: it is this machine
    try:
        with opener.open(url, timeout=ANSWER_S) as answer:
            return str(answer.read(MOST_BYTES).decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        with error:  # 503 says what is not ready
            return error.read(MOST_BYTES).decode("utf-8", "replace")


def _object(text: str) -> dict[str, Any]:
    found = json.loads(text)
    return found if isinstance(found, dict) else {}
