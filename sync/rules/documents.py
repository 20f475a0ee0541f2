"""Documents of the headquarters as the store keeps them: what is asked, and what people found so far.

An ended document is never forgotten, so that no late message can have it booked twice.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from sync.rules.errors import Refused
from sync.rules.facts import Bucket, DocumentStep
from sync.rules.items import DocumentItem, DocumentLine

MOVED: Final = "moved"
"""Why of a `booked` that no store told: the hub heard the goods' move, then the store was lost."""
DocumentState = Literal["open", "booked", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a person found of one SKU's bucket, units.

    `expected` is what the books said of that bucket at the moment it was said, and `seq` the last event
    then: what is sold later falls on the later side.
    """

    sku: str
    bucket: Bucket
    found: int
    expected: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDocument:
    """A document in the store's ledger.

    `body` is what is asked, None once it has ended; `is_own`: the store made it itself, and its lines
    grow with what is counted. `ended_at`, `ended_by` and `why` are for people.
    """

    id: str
    rev: int
    state: DocumentState
    number: str = ""
    body: DocumentItem | None = None
    found: tuple[Finding, ...] = ()
    is_own: bool = False
    ended_at: str = ""
    ended_by: str = ""
    why: str = ""

    @property
    def is_surely_ended(self) -> bool:
        """Whether the step that ended it was told, not only its goods' move."""
        return self.state != "open" and not (self.state == "booked" and self.why == MOVED)

    @property
    def lines(self) -> tuple[DocumentLine, ...]:
        """What is asked; nothing once it has ended."""
        return self.body.lines if self.body else ()

    @property
    def missing(self) -> tuple[DocumentLine, ...]:
        """The lines of which nobody has said yet what was found."""
        said = {(finding.sku, finding.bucket) for finding in self.found}
        return tuple(line for line in self.lines if (line.sku, line.bucket) not in said)

    def line(self, sku: str, bucket: Bucket) -> DocumentLine | None:
        """The line of a SKU's bucket; None where it asks for none."""
        return next((line for line in self.lines if (line.sku, line.bucket) == (sku, bucket)), None)

    def finding(self, sku: str, bucket: Bucket) -> Finding | None:
        """What was found of a SKU's bucket; None where nobody has said."""
        return next((found for found in self.found if (found.sku, found.bucket) == (sku, bucket)), None)

    def with_finding(self, finding: Finding) -> "StoreDocument":
        """This document with one finding, in the place of an earlier one of the same bucket."""
        others = tuple(
            other for other in self.found if (other.sku, other.bucket) != (finding.sku, finding.bucket)
        )
        return replace(self, found=(*others, finding))

    def with_line(self, line: DocumentLine, most: int) -> "StoreDocument":
        """This document with one more line.

        Raises:
            Refused: `document_too_long`, it has `most` lines already.
        """
        if self.body is None or len(self.lines) >= most:
            raise Refused("document_too_long", lines=len(self.lines), most=most)
        return replace(self, body=replace(self.body, lines=(*self.lines, line)))


def ended(step: DocumentStep, number: str = "") -> StoreDocument:
    """What is remembered of a document that ended with this step."""
    assert step.to != "received"
    return StoreDocument(
        id=step.document,
        rev=step.rev,
        state=step.to,
        number=number,
        ended_at=step.at,
        ended_by=step.actor,
        why=step.why,
    )
