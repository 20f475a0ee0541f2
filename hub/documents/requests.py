"""What callers may say of documents, checked before anything else looks at it; and what they are told."""

import hashlib
import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from hub.documents.rules import Asked, Draft
from hub.stock.book import dump
from sync.values.bounds import Sku, StoreId
from sync.web.forms import COLUMN_MAX, Note

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def _plain(text: str) -> str:
    """The text itself.

    Raises:
        PydanticCustomError: it holds what no page can show on one line.
    """
    if _CONTROL.search(text):
        raise PydanticCustomError("text.control", "Use ordinary characters only")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_plain)]
"""A line of text that may be empty and fits the message to the store."""


class DocumentLineRequest(BaseModel):
    """A line: `qty` is what should come or go, for `adjust` the signed correction, for `count` left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: Sku
    qty: int = Field(default=0, strict=True, ge=-COLUMN_MAX, le=COLUMN_MAX)
    bucket: Literal["floor", "damaged"] = "floor"

    def asked(self) -> Asked:
        """As the rules take it."""
        return Asked(self.sku, self.qty, self.bucket)


class DocumentRequest(BaseModel):
    """The body of a new document.

    `to_store` is for transfers; `number` is the paper's, and needed by `receiving`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: Literal["receiving", "count", "adjust", "opening", "transfer"]
    store: StoreId
    to_store: StoreId | Literal[""] = ""
    number: Text = ""
    partner: Text = ""
    note: Text = ""
    lines: tuple[DocumentLineRequest, ...]

    def draft(self) -> Draft:
        """As the rules take it."""
        return Draft(
            task=self.task,
            store=self.store,
            to_store=self.to_store if self.task == "transfer" else "",
            number=self.number,
            partner=self.partner,
            note=self.note,
            lines=tuple(line.asked() for line in self.lines),
        )


class RevisionRequest(BaseModel):
    """All lines from now on; `rev` is the revision that the caller saw."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rev: int = Field(strict=True, ge=1, le=COLUMN_MAX)
    lines: tuple[DocumentLineRequest, ...]
    why: Text = ""


class WithdrawalRequest(BaseModel):
    """Why a document is asked back; may be empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    why: Text = ""


class ClosingRequest(BaseModel):
    """Why a difference is closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    why: Annotated[Note, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class SendOnRequest(BaseModel):
    """Which store is asked to book in what is on the road."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: StoreId


class DocumentsQuery(BaseModel):
    """Which documents; empty means any. `after` asks for the next page."""

    model_config = ConfigDict(extra="ignore")

    store: Annotated[str, StringConstraints(max_length=32)] = ""
    task: Literal[
        "", "receiving", "count", "adjust", "opening", "transfer", "transfer_out", "transfer_in"
    ] = ""
    state: Literal["", "open", "on_the_road", "asked", "received", "booked", "refused", "withdrawn"] = ""
    after: Annotated[str, StringConstraints(max_length=64)] = ""


def fingerprint_of(draft: Draft) -> str:
    """SHA-256 of a draft as it was understood: tells a repeat of a call from another one."""
    lines = [[line.sku, line.qty, line.bucket] for line in draft.lines]
    head = [draft.task, draft.store, draft.to_store, draft.number, draft.partner, draft.note]
    return hashlib.sha256(dump([head, lines]).encode("utf-8", "surrogatepass")).hexdigest()


class DocumentLineAnswer(BaseModel):
    """A line: `qty` as asked now; `asked` and `found` as the store booked it, null before."""

    sku: str
    bucket: str
    qty: int
    asked: int | None
    found: int | None
    names: dict[str, str]


class DocumentHead(BaseModel):
    """A document without its lines. `state` is asked, received, booked, refused or withdrawn."""

    id: str
    number: str
    task: str
    store: str
    rev: int
    state: str
    origin: str
    transfer: str
    transfer_state: str
    partner: str
    note: str
    given_at: str
    given_by: str
    withdraw_asked_at: str | None
    received_at: str | None
    ended_at: str | None
    ended_by: str
    why: str
    booked_rev: int
    lines: int
    differ: int


class DeedAnswer(BaseModel):
    """What was done to a document, by whom, when it happened and when the hub heard of it."""

    kind: str
    rev: int
    at: str
    heard_at: str
    by: str
    why: str


class RoadAnswer(BaseModel):
    """A SKU of a transfer: units that went, came, were closed, and are in transit (the rest)."""

    sku: str
    bucket: str
    went: int
    came: int
    closed: int
    in_transit: int


class TransferAnswer(BaseModel):
    """A transfer: its state, its documents in both stores, its units."""

    id: str
    number: str
    state: str
    source: str
    target: str
    documents: list[str]
    in_transit: int
    closed_at: str | None
    closed_by: str
    closed_why: str
    units: list[RoadAnswer]


class DocumentAnswer(BaseModel):
    """A document with its lines, what was done, and its transfer where it is a part of one."""

    document: DocumentHead
    lines: list[DocumentLineAnswer]
    history: list[DeedAnswer]
    transfer: TransferAnswer | None


class DocumentList(BaseModel):
    """A page of documents, the newest first; `next_after` is empty at the end."""

    documents: list[DocumentHead]
    next_after: str


class DocumentGiven(BaseModel):
    """The document that was given; for a transfer the one of the store that sends."""

    id: str
    number: str
    state: str


class DifferenceClosed(BaseModel):
    """How many units were closed."""

    units: int
