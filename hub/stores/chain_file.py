"""The chain file (TOML): a chain's stores with their hours and people, and who works at HQ.

Reading checks everything and says all that is wrong at once; unknown keys are refused, because a
misspelt key would be silently without effect. Pure but for reading the file itself.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator
from pydantic_core import ErrorDetails

from hub.catalogue.parse_price import is_currency
from hub.stores.errors import ChainFileError
from hub.stores.keep_store import AllotmentPolicy, PickupPolicy, StoreDraft, Text
from sync.values.bounds import StoreId
from sync.values.opening import WEEKDAYS

MOST_BYTES: Final = 4 * 1024 * 1024
_TAGS: Final = {"zh": "zh-CN", "en": "en"}
_SPAN: Final = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"

Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}$")]
Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,8}$")]
Password = Annotated[str, StringConstraints(min_length=8, max_length=200)]
Span = Annotated[str, StringConstraints(pattern=_SPAN)]


class _Part(BaseModel):
    """What every table of the file is: frozen, without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TwoTexts(_Part):
    """A text in the chain's two languages."""

    zh: Text
    en: Text

    def by_tag(self) -> dict[str, str]:
        """Keyed by language tag."""
        return {tag: str(getattr(self, name)) for name, tag in _TAGS.items()}


class StaffPart(_Part):
    """A person at a store; the PIN opens its tills."""

    login: Login
    name: TwoTexts
    role: Literal["clerk", "manager"]
    pin: Pin
    active: bool = True


class HqPart(_Part):
    """A person at HQ; the password opens its pages."""

    login: Login
    name: TwoTexts
    role: Literal["administrator", "monitor"]
    password: Password
    active: bool = True


class HolidayPart(_Part):
    """A day with hours of its own."""

    date: date
    name: TwoTexts
    hours: list[Span]


class ChainPart(_Part):
    """The chain itself; file names are relative to the chain file."""

    id: StoreId
    name: TwoTexts
    currency: str = "CNY"
    locale: Literal["zh-CN", "en"] = "zh-CN"
    locales: list[Literal["zh-CN", "en"]] = ["zh-CN", "en"]
    tz: str = "Asia/Shanghai"
    products: str = ""
    opening_stock: str = ""
    pictures: str = ""

    @field_validator("currency")
    @classmethod
    def _currency(cls, currency: str) -> str:
        """Only currencies that exist."""
        if not is_currency(currency):
            msg = f"{currency} is no ISO 4217 currency code; write one such as CNY"
            raise ValueError(msg)
        return currency


class StorePart(_Part):
    """A store. Position, tills, holidays and the last order before closing are checked, not kept yet."""

    id: StoreId
    name: TwoTexts
    address: TwoTexts
    phone: Annotated[str, StringConstraints(max_length=32)] = ""
    tz: str | None = None
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    tills: int = Field(1, ge=1, le=99)
    pickup_lead_minutes: int = Field(30, ge=0, le=10_080)
    pickup_hold_hours: int = Field(48, ge=1, le=720)
    pickup_last_order_before_closing_minutes: int = Field(0, ge=0, le=1440)
    hours: dict[str, list[Span]] = {}
    holidays: list[HolidayPart] = []
    staff: list[StaffPart] = []
    allotment: AllotmentPolicy = AllotmentPolicy()

    @field_validator("hours")
    @classmethod
    def _one_span_a_day(cls, hours: dict[str, list[str]]) -> dict[str, list[str]]:
        """Only weekdays that exist, each with one span at most."""
        for day, spans in hours.items():
            if day not in WEEKDAYS:
                msg = f"{day} is no weekday; write {', '.join(WEEKDAYS)}"
                raise ValueError(msg)
            if len(spans) > 1:
                msg = f"{day} has {len(spans)} opening times; write one, from the first opening to closing"
                raise ValueError(msg)
        return hours

    def draft(self, chain: ChainPart) -> StoreDraft:
        """The store as it is kept.

        Raises:
            ValidationError: its time zone is unknown.
        """
        spans = {day: tuple(spans[0].split("-")) for day, spans in self.hours.items() if spans}
        given: dict[str, Any] = {
            "id": self.id,
            "names": self.name.by_tag(),
            "address": self.address.by_tag(),
            "phone": self.phone,
            "tz": self.tz or chain.tz,
            "locale": chain.locale,
            "currency": chain.currency,
            "hours": spans,
            "pickup": PickupPolicy(lead_minutes=self.pickup_lead_minutes, hold_hours=self.pickup_hold_hours),
            "allotment": self.allotment,
        }
        return StoreDraft.model_validate(given)


class ChainFile(_Part):
    """The whole file."""

    chain: ChainPart
    stores: list[StorePart] = Field(min_length=1, max_length=10_000)
    hq: list[HqPart] = []


def read_chain(path: Path) -> tuple[ChainFile, list[StoreDraft]]:
    """The file's content, checked, and its stores as they are kept.

    Raises:
        ChainFileError: with every problem found.
    """
    content = _content(path)
    try:
        chain = ChainFile.model_validate(content)
    except ValidationError as error:
        raise ChainFileError(tuple(_sentence(detail, content) for detail in error.errors())) from error
    problems = _doubled(chain)
    drafts: list[StoreDraft] = []
    for store in chain.stores:
        try:
            drafts.append(store.draft(chain.chain))
        except ValidationError as error:
            problems += [f"stores {store.id}: {_words(detail)}." for detail in error.errors()]
    if problems:
        raise ChainFileError(tuple(problems))
    return chain, drafts


def _content(path: Path) -> dict[str, Any]:
    """The file as tables."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ChainFileError((f"The file {path} is larger than {MOST_BYTES} bytes.",))
        return tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise ChainFileError((f"The file {path} cannot be read: {error.strerror}.",)) from error
    except UnicodeDecodeError as error:
        raise ChainFileError((f"The file {path} is not UTF-8 text. Save it as UTF-8.",)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ChainFileError((f"The file {path} is not TOML: {error}.",)) from error


def _doubled(chain: ChainFile) -> list[str]:
    """What must be unique and is not: store ids, and logins over the whole chain."""
    ids = [store.id for store in chain.stores]
    logins = [person.login for store in chain.stores for person in store.staff]
    logins += [person.login for person in chain.hq]
    return [
        f"The {what} {one} comes twice. Give each its own."
        for what, names in (("store id", ids), ("login", logins))
        for one in sorted({name for name in names if names.count(name) > 1})
    ]


def _sentence(detail: ErrorDetails, content: dict[str, Any]) -> str:
    """One problem in plain words, naming the place by store id or login rather than by number."""
    place: list[str] = []
    inner: Any = content
    for part in detail["loc"]:
        try:
            inner = inner[part]
        except (KeyError, IndexError, TypeError):
            inner = None
        name = (inner.get("id") or inner.get("login")) if isinstance(inner, dict) else None
        place.append(str(name) if isinstance(part, int) and name else str(part))
    return f"{' '.join(place) or 'file'}: {_words(detail)}."


def _words(detail: ErrorDetails) -> str:
    """What is wrong."""
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is not a known key; look for a spelling mistake"
        case "string_pattern_mismatch":
            return f"does not have the right form ({detail.get('ctx', {}).get('pattern', '')})"
        case _:
            text = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
            return text[:1].lower() + text[1:]
