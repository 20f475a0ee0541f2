"""Numbers, money, times and ages as people of a locale write them.

Money comes in minor units with its ISO 4217 currency and is shown with two decimals where the currency has
two; the yuan sign on screens is U+00A5. Nothing here knows a request.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, get_currency_precision

SYMBOLS = {"CNY": "\u00a5", "JPY": "JP\u00a5", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "SGD": "S$"}
MINUS = "\u2212"
DECIMALS_MAX = 6


class Words(Protocol):
    """What translates: the part of `Texts` that a format needs."""

    def gettext(self, message: str, /, **values: object) -> str:
        """Translate a message and fill its places."""
        ...


def money(minor: int, currency: str, locale: Locale) -> str:
    """Return `¥1,280.00` for 128000 fen: symbol, groups, the currency's decimals, a true minus sign."""
    digits = get_currency_precision(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    amount = Decimal(abs(minor)).scaleb(-digits)
    text = format_decimal(amount, format=pattern, locale=locale)
    return f"{MINUS if minor < 0 else ''}{SYMBOLS.get(currency, currency + ' ')}{text}"


def number(value: int | Decimal, locale: Locale) -> str:
    """Return `value` grouped, with at most `DECIMALS_MAX` decimals and no trailing zeros."""
    text = format_decimal(abs(Decimal(value)), format="#,##0." + "#" * DECIMALS_MAX, locale=locale)
    return f"{MINUS if value < 0 else ''}{text}"


def time_of_day(instant: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """Return `14:05` in `zone`, 24-hour clock in every locale."""
    return format_time(instant, "HH:mm", tzinfo=zone, locale=locale)


def date_of(instant: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """Return the date in `zone` in the locale's medium form."""
    return format_date(instant.astimezone(zone).date(), "medium", locale=locale)


def age(elapsed: timedelta, words: Words) -> str:
    """Return `40 s`, `12 min`, `3 h` or `2 d`, whole units rounded down; a time to come counts as now."""
    seconds = max(0, int(elapsed.total_seconds()))
    if seconds < 60:
        return words.gettext("%(count)s s", count=seconds)
    if seconds < 3600:
        return words.gettext("%(count)s min", count=seconds // 60)
    if seconds < 86400:
        return words.gettext("%(count)s h", count=seconds // 3600)
    return words.gettext("%(count)s d", count=seconds // 86400)
