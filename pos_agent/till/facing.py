"""What the customer is shown of the sale, on a page and on a pole display; never what only the shop knows.

The page for a second screen gets the ticket without stock figures; the pole display gets one view of it.
"""

from typing import Any, Final

from devices.display.view import Lamp, PoleView
from pos_agent.catalogue.profile import Names, Profile, in_language
from pos_agent.till.receipt_words import amount, words_for

_MOST_NAME: Final = 100
"""Of a name's characters: far more than a display shows, fewer than a view takes with the price behind it."""
_LINE: Final = ("line", "names", "unit_minor", "per", "unit", "qty", "amount_minor", "is_label_price")


def facing_of(ticket: dict[str, Any]) -> dict[str, Any]:
    """The customer's side of a ticket.

    Args:
        ticket: as the till's page has it.

    Returns:
        `state` is `idle`, `sale` or `paid`; `receipt` is None unless paid.
    """
    lines = [{name: line[name] for name in _LINE} for line in ticket["lines"]]
    receipt = ticket["receipt"]
    shown = ("number", "tender", "given_minor", "change_minor")
    return {
        "state": "paid" if receipt else "sale" if lines else "idle",
        "lines": lines,
        "count": ticket["count"],
        "total_minor": ticket["total_minor"],
        "currency": ticket["currency"],
        "receipt": {name: receipt[name] for name in shown} if receipt else None,
    }


def pole_view(facing: dict[str, Any], before: dict[str, Any] | None, profile: Profile) -> PoleView:
    """What a pole display says: the goods that changed and the total, then the change, then the shop's name.

    Args:
        facing: from `facing_of`.
        before: what was shown before; None at first.
        profile: names and language of the store.
    """
    words = words_for(profile.locale), words_for("en")
    currency = facing["currency"]
    if facing["state"] == "idle":
        return greeting_of(profile)
    total = amount(facing["total_minor"], currency)
    if facing["state"] == "paid":
        return PoleView(
            uppers=tuple(f"{word['total']} {total}" for word in words),
            lowers=tuple(word["change"] for word in words),
            number=amount(facing["receipt"]["change_minor"], currency),
            lamp=Lamp.CHANGE,
        )
    line = touched_line(facing, before)
    price = amount(line["amount_minor"], currency)
    return PoleView(
        uppers=tuple(f"{name} {price}" for name in _texts(line["names"], profile.locale, "")),
        lowers=tuple(word["total"] for word in words),
        number=total,
        lamp=Lamp.TOTAL,
    )


def greeting_of(profile: Profile) -> PoleView:
    """What stands on a display while nothing is sold: the shop's name."""
    words = words_for(profile.locale), words_for("en")
    return PoleView(
        uppers=_texts(profile.names, profile.locale, profile.store),
        lowers=tuple(word["welcome"] for word in words),
    )


def touched_line(facing: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """The line that changed since `before`: the one scanned last; the last one where nothing tells."""
    known = {line["line"]: line["qty"] for line in before["lines"]} if before else {}
    changed = [line for line in facing["lines"] if known.get(line["line"]) != line["qty"]]
    line: dict[str, Any] = (changed or facing["lines"])[-1]
    return line


def _texts(names: Names, locale: str, otherwise: str) -> tuple[str, ...]:
    """The name in the store's language, then in others: a display may lack the characters of the first."""
    others = (name for tag, name in sorted(names.items()) if tag != locale)
    return tuple(name[:_MOST_NAME] for name in (in_language(names, locale), *others, otherwise))
