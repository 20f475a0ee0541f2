"""Creating and changing a store; its agent hears of it through the store's entries."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from hub.broker.rules import RESERVED_NAMES
from hub.stock.book import dump
from hub.stores.entries import put_entry
from sync.rules.canonical import GENESIS
from sync.storage.writer import Transaction
from sync.values.bounds import StoreId
from sync.values.opening import WEEKDAYS

Text = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
Locale = Literal["zh-CN", "en"]
"""A language that all texts of a chain are in."""
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class PickupPolicy(BaseModel):
    """How a store prepares pickups."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lead_minutes: int = Field(30, ge=0, le=10_080)
    hold_hours: int = Field(48, ge=1, le=720)
    slip: bool = True


class AllotmentPolicy(BaseModel):
    """How a store shares stock with the online channel."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: str = Field("learning", pattern="^(learning|fixed)$")
    share_percent: int = Field(50, ge=0, le=100)
    reserve: int = Field(0, ge=0, le=1_000_000)
    last_unit: str = Field("grant", pattern="^(grant|keep)$")


class StoreDraft(BaseModel):
    """A store as HQ describes it; texts are keyed by locale."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: StoreId
    names: dict[Locale, Text] = Field(min_length=1)
    address: dict[Locale, Text] = {}
    phone: Annotated[str, StringConstraints(max_length=32)] = ""
    tz: str = "Asia/Shanghai"
    locale: Locale = "zh-CN"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"
    hours: dict[str, tuple[ClockTime, ClockTime]] = {}
    pickup: PickupPolicy = PickupPolicy()
    allotment: AllotmentPolicy = AllotmentPolicy()

    @field_validator("id")
    @classmethod
    def _own_branch(cls, store: str) -> str:
        """Only ids that are no other branch of the topic tree: one such store would lock out all of them."""
        if store in RESERVED_NAMES:
            msg = f"{store!r} is taken by the chain itself: choose another id"
            raise ValueError(msg)
        return store

    @field_validator("hours")
    @classmethod
    def _weekdays(cls, hours: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """Only weekdays that exist."""
        wrong = set(hours) - set(WEEKDAYS)
        if wrong:
            msg = f"no weekday: {', '.join(sorted(wrong))}; expected {', '.join(WEEKDAYS)}"
            raise ValueError(msg)
        return hours

    @field_validator("tz")
    @classmethod
    def _zone(cls, tz: str) -> str:
        """Only zones that the machine knows."""
        from zoneinfo import ZoneInfo  # noqa: PLC0415  # reads the system's zone files, only when a store changes

        try:
            ZoneInfo(tz)
        except (KeyError, ValueError, OSError) as error:
            msg = f"unknown time zone {tz!r}: use an IANA name such as Asia/Shanghai"
            raise ValueError(msg) from error
        return tz

    def settings(self) -> dict[str, Any]:
        """The policies."""
        return {"pickup": self.pickup.model_dump(), "allotment": self.allotment.model_dump()}


@dataclass(frozen=True, slots=True)
class KeepStore:
    """Command: create a store or change it; returns whether it is new."""

    draft: StoreDraft
    position: int

    def __call__(self, transaction: Transaction) -> bool:
        """Run in the writer."""
        draft = self.draft
        is_new = transaction.one("SELECT 1 FROM store WHERE id = ?", (draft.id,)) is None
        transaction.execute(
            "INSERT INTO store (id, names, address, phone, tz, locale, currency, hours, settings, position,"
            " entry_ver) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE SET"
            " names = excluded.names, address = excluded.address, phone = excluded.phone, tz = excluded.tz,"
            " locale = excluded.locale, currency = excluded.currency, hours = excluded.hours,"
            " settings = excluded.settings, position = excluded.position",
            (
                draft.id,
                dump(draft.names),
                dump(draft.address),
                draft.phone,
                draft.tz,
                draft.locale,
                draft.currency,
                dump(draft.hours),
                dump(draft.settings()),
                self.position,
            ),
        )
        transaction.execute(
            "INSERT OR IGNORE INTO store_stream (store, sinc, app, chain, ver, heard)"
            " VALUES (?, 0, 0, ?, 0, 0)",
            (draft.id, GENESIS),
        )
        put_entry(
            transaction,
            draft.id,
            "settings",
            {
                "names": draft.names,
                "address": draft.address,
                "phone": draft.phone,
                "tz": draft.tz,
                "locale": draft.locale,
                "currency": draft.currency,
                "hours": {day: list(span) for day, span in draft.hours.items()},
                **draft.settings(),
            },
        )
        return is_new
