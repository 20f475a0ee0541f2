"""The explanation of a number in English lines and as JSON, for the command line."""

from collections.abc import Iterator

from hub.stock.api import cursor_from, cursor_text, why_answer
from hub.stock.explain import Cursor, MovementLine, Why


def cursor_of(text: str) -> Cursor | None:
    """Where a page begins; the newest for an empty text.

    Raises:
        ValueError: it is not what a page before it said.
    """
    cursor = cursor_from(text)
    if text and cursor is None:
        msg = f"{text[:40]!r} is no page: give it as the page before it said, such as 1-312-0"
        raise ValueError(msg)
    return cursor


def why_json(why: Why) -> str:
    """As the API answers."""
    return why_answer(why).model_dump_json(indent=1)


def tell_why(why: Why) -> Iterator[str]:
    """One line a fact: the numbers, the sum check, movements, holds, dead letters."""
    stock, sums = why.stock, why.sums
    yield (
        f"{why.sku} at {why.store}: {why.on_hand} in the store (floor {stock.floor}, staged {stock.staged}),"
        f" damaged {stock.damaged}"
    )
    yield (
        f"granted {stock.granted}, returned {stock.returned}, settled {stock.settled},"
        f" promised {stock.promised}; till may sell {stock.free}, shop may promise {stock.available}"
    )
    verdict = {True: "● agrees", False: "■ DIFFERS", None: "◇ the store is being rebuilt"}[sums.agrees]
    yield f"the {sums.movements} movements sum to {sums.on_hand}: {verdict}"
    for line in why.movements:
        yield f"  {line.at}  {_movement(line)}"
    if why.more_before:
        yield f"  older ones: --before {cursor_text(why.more_before)}"
    for hold in why.holds:
        yield (
            f"order {hold.number} line {hold.line}: {hold.qty} held, {hold.done} handed over,"
            f" {hold.short} short, {hold.released} freed, {hold.open} open"
        )
    for letter in why.letters:
        yield f"dead letter: event {letter.seq}, {letter.code}"


def _movement(line: MovementLine) -> str:
    """`+10 = 47  receive  D-1  by lin  (event 3)`."""
    cause = "  ".join(part for part in (line.reason, line.order or line.ref) if part)
    by = f"  by {line.actor}" if line.actor else ""
    did = f"{line.granted} in all" if line.granted is not None else f"{line.change:+d}"
    after = f" = {line.balance}" if line.balance is not None and line.granted is None else ""
    return f"{did}{after}  {cause}{by}  (event {line.cursor[1]})"
