"""What a person may write to ask for a trace, taken apart. Which of them exists, the database knows."""

import re
from dataclasses import dataclass
from typing import Final

MOST_CHARS: Final = 240
FORMS: Final = ("STORE/SEQ", "STORE/SINC/SEQ", "ORDER", "RECEIPT", "STORE/RECEIPT", "STORE/vVERSION")
"""The forms that are understood, as the command line and the API name them."""
_STORE: Final = r"(?P<store>[a-z0-9][a-z0-9-]{0,31})"
_NUMBER: Final = r"[0-9]{1,15}"
_EVENT: Final = re.compile(rf"{_STORE}/(?:(?P<sinc>{_NUMBER})/)?(?P<seq>{_NUMBER})")
_ITEM: Final = re.compile(rf"{_STORE}/v(?P<ver>{_NUMBER})")
_PAPER: Final = re.compile(rf"{_STORE}/(?P<paper>.+)")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class EventId:
    """Event `seq` of a store; `sinc` None for the newest incarnation that has one."""

    store: str
    sinc: int | None
    seq: int

    @property
    def text(self) -> str:
        """As it is written."""
        return "/".join(str(part) for part in (self.store, self.sinc, self.seq) if part is not None)


@dataclass(frozen=True, slots=True)
class ItemId:
    """What the hub told a store at version `ver`."""

    store: str
    ver: int

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.store}/v{self.ver}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for.

    Args:
        text: as it was written, without blanks around it.
        event: the event it may name.
        item: the item it may name.
        store: the store it may name, for a paper of that store alone.
        paper: the paper's number with it.
    """

    text: str
    event: EventId | None = None
    item: ItemId | None = None
    store: str = ""
    paper: str = ""


def read_id(text: str) -> Asked | None:
    """An id taken apart; None where no form allows it: empty, too long, or with control characters."""
    text = text.strip()
    if not text or len(text) > MOST_CHARS or _CONTROL.search(text) or not _is_text(text):
        return None
    if event := _EVENT.fullmatch(text):
        sinc = event["sinc"]
        return Asked(text, EventId(event["store"], int(sinc) if sinc else None, int(event["seq"])))
    item, paper = _ITEM.fullmatch(text), _PAPER.fullmatch(text)
    return Asked(
        text,
        item=ItemId(item["store"], int(item["ver"])) if item else None,
        store=paper["store"] if paper else "",
        paper=paper["paper"] if paper else "",
    )


def _is_text(text: str) -> bool:
    """Whether it can be written down: half a character cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
