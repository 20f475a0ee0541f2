"""Pure decisions about pages: does one join on, and what an entry must look like to be kept."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pos_agent.catalogue.initials import initials
from sync.rules.errors import Unbookable
from sync.rules.streams import Page
from sync.values.bounds import MOST_COUNTER, MOST_UNITS, Chars, Currency, Line, Sku
from sync.values.gtin import InvalidGtin, parse_gtin

MOST_PIECES: Final = 9_999
"""The most units that one code of the catalogue stands for."""

PageVerdict = Literal["old", "gap", "restart", "stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesState:
    """How far a series is known (`hinc`, `version`) and how far a run of pages has come (0: none)."""

    name: Literal["catalog", "store"]
    hinc: int = 0
    version: int = 0
    run_hinc: int = 0
    run_since: int = 0
    run_to: int = 0

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self.run_hinc > 0

    @property
    def reached(self) -> int:
        """The version up to which entries are here, staged ones included."""
        return self.run_to if self.is_running else self.version


def judge_page(state: SeriesState, page: Page) -> PageVerdict:
    """What to do with a page.

    `old`: nothing new, or a hub that was replaced; `gap`: pages before it are missing; `restart`: the
    first page of another hub incarnation; `stage`: it joins on to what is here.
    """
    known_hinc = state.run_hinc or state.hinc
    if page.hinc < known_hinc or page.to <= page.since:
        return "old"
    if page.hinc > known_hinc:
        return "restart" if page.since == 0 else "gap"
    if page.to <= state.reached:
        return "old"
    return "gap" if page.since > state.reached else "stage"


def ask_from(state: SeriesState, hinc: int) -> int:
    """The version above which pages of a hub incarnation are lacking."""
    return state.reached if hinc == (state.run_hinc or state.hinc) else 0


class CaseEntry(BaseModel):
    """A barcode number that stands for several stock units."""

    model_config = ConfigDict(extra="ignore")

    gtin: Annotated[str, Chars(0, 64)]
    pieces: int = Field(ge=0, le=MOST_COUNTER)


class ProductEntry(BaseModel):
    """One catalogue entry as the hub writes it; keys that this version does not know are left alone.

    `gtins` are the numbers of one unit, the first is the one that is shown; an older hub tells no `cases`.
    """

    model_config = ConfigDict(extra="ignore")

    version: int = Field(ge=1, le=MOST_COUNTER)
    sku: Sku
    gtins: list[Annotated[str, Chars(0, 64)]] = Field(default_factory=list, max_length=50)
    cases: list[CaseEntry] = Field(default_factory=list, max_length=50)
    names: dict[Annotated[str, Chars(2, 16)], Line]
    price_minor: int | None = Field(default=None, ge=0, le=MOST_COUNTER)
    per: int = Field(default=1, ge=1, le=MOST_UNITS)
    currency: Currency
    unit: Line = "piece"
    status: Literal["on", "off"] = "on"
    shelf: Line = ""
    category: list[Line] = Field(default_factory=list, max_length=8)
    image: Line = ""


class SettingEntry(BaseModel):
    """One entry of the store's own series."""

    model_config = ConfigDict(extra="ignore")

    version: int = Field(ge=1, le=MOST_COUNTER)
    key: Annotated[str, Chars(1, 100, r"^[^\x00-\x1f\x7f]+$")]
    body: dict[str, Any]


def parse_entry(name: str, raw: dict[str, Any]) -> tuple[int, str, str]:
    """Version, key and checked JSON of an entry; a product's has its `search` text and clean `codes`.

    Raises:
        Unbookable: `bad_entry`, with the field.
    """
    try:
        if name == "catalog":
            product = ProductEntry.model_validate(raw)
            return product.version, product.sku, json.dumps(served(product), ensure_ascii=False)
        setting = SettingEntry.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Unbookable("bad_entry", field=".".join(map(str, first["loc"])), problem=first["msg"]) from error
    return setting.version, setting.key, json.dumps({"body": setting.body}, ensure_ascii=False)


def served(product: ProductEntry) -> dict[str, Any]:
    """A product's fields as the till serves them."""
    codes = clean_codes(product)
    return {
        **product.model_dump(exclude={"sku", "version", "gtins", "cases"}),
        "codes": list(codes.items()),
        "search": search_text(product, list(codes)),
    }


def clean_codes(product: ProductEntry) -> dict[str, int]:
    """Units of each barcode number in its usual form, those of one unit first; wrong ones are left out.

    A number that is told as one of a single unit and as a case is left out as a case.
    """
    told = [*((text, 1) for text in product.gtins), *((case.gtin, case.pieces) for case in product.cases)]
    found: dict[str, int] = {}
    for text, pieces in told:
        if not 1 <= pieces <= MOST_PIECES:
            continue
        try:
            found.setdefault(parse_gtin(text), pieces)
        except InvalidGtin:
            continue
    return found


def search_text(product: ProductEntry, codes: list[str]) -> str:
    """What a search looks through, in lower case: names, initials, SKU and barcode numbers."""
    names = list(product.names.values())
    return "\n".join([*names, *(initials(name) for name in names), product.sku, *codes]).lower()
