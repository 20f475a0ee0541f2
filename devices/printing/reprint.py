"""A paper printed once more says so at its top and before its end: there is never a silent second receipt."""

from dataclasses import replace

from devices.printing.document import Align, Block, Cut, Document, Style, Text


def as_reprint(document: Document, copy_number: int) -> Document:
    """The document marked as its ``copy_number``-th reprint (1 is the first paper after the original)."""
    assert copy_number >= 1
    mark = Text(_mark(document.locale, copy_number), Style.BOLD, Align.CENTRE)
    body: list[Block] = list(document.blocks)
    end = len(body)
    while end and isinstance(body[end - 1], Cut):
        end -= 1
    return replace(document, blocks=(mark, *body[:end], mark, Cut()))


def _mark(locale: str, copy_number: int) -> str:
    # Staff of both languages must see it, whatever the customer reads; the first word is the reader's.
    if locale.lower().startswith("zh"):
        return f"*** 重打 COPY {copy_number} ***"
    return f"*** REPRINT 重打 COPY {copy_number} ***"
