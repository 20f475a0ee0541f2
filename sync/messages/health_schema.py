"""What a store's health report looks like, for the AsyncAPI document. The hub reads it without trusting it.

Every member may be missing, and whoever reads it bounds what he reads: it is a report, not a fact.
"""

from typing import Any, Final

Json = dict[str, Any]
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_INSTANT: Final[Json] = {"type": "string", "format": "date-time"}
_TEXT: Final[Json] = {"type": "string"}
_DEVICE: Final[Json] = {
    "type": "object",
    "required": ["id", "state"],
    "properties": {
        "id": _TEXT,
        "role": {**_TEXT, "description": "What a printer prints: receipt, pick or label."},
        "state": {**_TEXT, "description": "A stable word; an unknown one is shown as it is, never as good."},
        "text": {**_TEXT, "description": "A reason for those who repair it."},
        "cause": {**_TEXT, "description": "The same as a stable word; whoever shows it translates it."},
        "place": {**_TEXT, "description": "The device's address, which the words for the cause name."},
        "since": {**_INSTANT, "description": "When it came into this state, by the store's clock."},
        "jobs": {**_COUNT, "description": "Papers that left for it, since the program started."},
        "uncertain": {**_COUNT, "description": "Papers whose fate it did not tell."},
        "scans": {**_COUNT, "description": "Codes delivered; the codes themselves are never told."},
        "dropped": {**_COUNT, "description": "Codes thrown away as noise or halves."},
        "reconnects": {**_COUNT, "description": "How often it came back."},
        "last_error": {**_TEXT, "description": "The stable code of its last trouble."},
    },
}
_DEVICES: Final[Json] = {"type": "array", "maxItems": 16, "items": _DEVICE}


def health_schema() -> Json:
    """The report as a JSON schema; plain JSON without the byte that other messages begin with."""
    return {
        "type": "object",
        "properties": {
            "sinc": _COUNT,
            "at": _INSTANT,
            "app_version": _TEXT,
            "seq": {**_COUNT, "description": "The last event of the store's log."},
            "unsent": {**_COUNT, "description": "Events that the hub has not applied."},
            "oldest_unsent_at": {"anyOf": [_INSTANT, {"type": "null"}]},
            "skew_ms": {"type": ["integer", "null"], "description": "The store's clock ahead of the hub's."},
            "printers": _DEVICES,
            "scanners": _DEVICES,
            "drawers": _DEVICES,
            "displays": _DEVICES,
            "papers": {**_COUNT, "description": "Papers that wait for a person's word."},
            "unsure": {**_COUNT, "description": "Open orders to check after a loss."},
            "frozen": {**_COUNT, "description": "SKUs to accept after a loss."},
            "verify": {"type": ["object", "null"], "description": "The last check of the store's own books."},
        },
    }
