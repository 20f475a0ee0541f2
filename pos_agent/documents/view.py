"""How a document is shown. People count blind: of a count nothing is told but what they counted."""

from typing import Any

from pos_agent.pickup.view import Goods
from sync.rules.documents import StoreDocument
from sync.rules.items import DocumentLine


def head_json(document: StoreDocument) -> dict[str, Any]:
    """An open document as a list shows it."""
    body = document.body
    assert body is not None
    return {
        "id": document.id,
        "task": body.task,
        "number": document.number,
        "partner": body.partner,
        "note": body.note,
        "at": body.at,
        "own": document.is_own,
        "lines": len(body.lines),
        "found": len(body.lines) - len(document.missing),
    }


def document_json(document: StoreDocument, goods: dict[str, Goods]) -> dict[str, Any]:
    """A document with its lines; one that has ended says how, and has none.

    Args:
        document: as the ledger has it.
        goods: what the store knows of its SKUs, by SKU.
    """
    shown = {
        "id": document.id,
        "rev": document.rev,
        "state": document.state,
        "number": document.number,
        "lines": [_line_json(document, line, goods) for line in document.lines],
        "ended_at": document.ended_at,
        "ended_by": document.ended_by,
        "why": document.why,
    }
    return shown if document.body is None else {**shown, **head_json(document), "lines": shown["lines"]}


def _line_json(document: StoreDocument, line: DocumentLine, goods: dict[str, Goods]) -> dict[str, Any]:
    """One line; what a count should come to is told to nobody."""
    known, found = goods.get(line.sku), document.finding(line.sku, line.bucket)
    is_count = document.body is not None and document.body.task == "count"
    return {
        "sku": line.sku,
        "bucket": line.bucket,
        "gtin": (known.gtin if known else "") or line.gtin,
        "names": (known.names if known else {}) or line.names or {"zh-CN": line.sku, "en": line.sku},
        "shelf": known.shelf if known else "",
        "asked": None if is_count else line.qty,
        "found": found.found if found else None,
    }
