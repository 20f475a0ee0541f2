"""The same trouble is opened once and counted; a broken store cannot fill the table."""

from collections.abc import Mapping

import pytest

from hub.stock.forget_troubles import forget_resolved
from hub.stock.open_trouble import BEYOND, MOST_OPEN, NewTrouble, open_trouble
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import SmallHub

AT = "2026-05-01T06:17:00.000Z"
LATER = "2026-05-01T07:00:00.000Z"


async def raised(
    hub: SmallHub, kind: str, facts: Mapping[str, object], at: str = AT, subject: str = "", store: str = "s1"
) -> None:
    new = NewTrouble(kind=kind, store=store, facts=facts, at=at, subject=subject)
    await hub.kernel.writer.run(lambda transaction: open_trouble(transaction, new))


async def kept(hub: SmallHub) -> list[tuple[object, ...]]:
    return await hub.kernel.reader.all("SELECT kind, store, state, times, last_at FROM trouble ORDER BY id")


async def test_the_same_trouble_is_counted_and_not_opened_again(hub: SmallHub) -> None:
    await raised(hub, "deficit", {"sku": "tea", "units": 1})
    await raised(hub, "deficit", {"units": 1, "sku": "tea"}, LATER)

    assert await kept(hub) == [("deficit", "s1", "open", 2, LATER)]


async def test_other_facts_another_store_or_another_kind_is_another_trouble(hub: SmallHub) -> None:
    await raised(hub, "deficit", {"sku": "tea"})
    await raised(hub, "deficit", {"sku": "soap"})
    await raised(hub, "oversold", {"sku": "tea"})
    await raised(hub, "deficit", {"sku": "tea"}, store="s2")

    assert [row[:2] for row in await kept(hub)] == [
        ("deficit", "s1"),
        ("deficit", "s1"),
        ("oversold", "s1"),
        ("deficit", "s2"),
    ]


async def test_a_subject_makes_two_the_same_whose_numbers_moved(hub: SmallHub) -> None:
    await raised(hub, "digest_mismatch", {"kept": "3"}, subject="hub:mirror:tea")
    await raised(hub, "digest_mismatch", {"kept": "4"}, LATER, subject="hub:mirror:tea")
    await raised(hub, "chain_split", {"seq": 3, "first": 4})
    await raised(hub, "chain_split", {"seq": 3, "first": 9}, LATER)

    assert [row[3] for row in await kept(hub)] == [2, 2]


@pytest.mark.parametrize(("state", "count"), [("assigned", 1), ("resolved", 2)])
async def test_only_a_resolved_one_is_opened_anew(hub: SmallHub, state: str, count: int) -> None:
    await raised(hub, "deficit", {"sku": "tea"})
    await hub.kernel.writer.run(
        lambda transaction: transaction.execute("UPDATE trouble SET state = ?", (state,))
    )

    await raised(hub, "deficit", {"sku": "tea"}, LATER)

    assert len(await kept(hub)) == count


async def test_what_comes_beyond_the_most_is_counted_on_one(hub: SmallHub) -> None:
    def many(transaction: Transaction) -> None:
        for number in range(MOST_OPEN + 5):
            new = NewTrouble(kind="dead_letter", store="s1", facts={"seq": number}, at=AT)
            open_trouble(transaction, new)

    await hub.kernel.writer.run(many)
    await raised(hub, "dead_letter", {"seq": 1}, store="s2")

    rows = await hub.kernel.reader.all("SELECT store, subject, times, facts FROM trouble ORDER BY id")
    assert len(rows) == MOST_OPEN + 2
    assert rows[MOST_OPEN] == ("s1", BEYOND, 5, '{"beyond":200}')
    assert rows[MOST_OPEN + 1][0] == "s2"


async def test_resolved_troubles_are_forgotten_with_their_changes_and_open_ones_are_not(
    hub: SmallHub,
) -> None:
    def fill(transaction: Transaction) -> None:
        for number, resolved_at in enumerate((AT, LATER, None), 1):
            transaction.execute(
                "INSERT INTO trouble (id, kind, store, facts, state, raised_at, resolved_at, note)"
                " VALUES (?, 'race', 's1', '{}', ?, ?, ?, '')",
                (number, "resolved" if resolved_at else "open", AT, resolved_at),
            )
            transaction.execute(
                "INSERT INTO trouble_change (trouble, at, by, state_before, owner_before, state_after,"
                " owner_after, action, note) VALUES (?, ?, 'hq', 'open', '', 'open', '', '', '')",
                (number, AT),
            )

    await hub.kernel.writer.run(fill)

    assert await hub.kernel.writer.run(lambda transaction: forget_resolved(transaction, LATER)) == 1

    assert await hub.kernel.reader.all("SELECT id FROM trouble ORDER BY id") == [(2,), (3,)]
    assert await hub.kernel.reader.all("SELECT trouble FROM trouble_change ORDER BY id") == [(2,), (3,)]


async def test_rows_of_others_without_a_subject_do_not_clash(hub: SmallHub) -> None:
    def write(transaction: Transaction) -> None:
        for _ in range(2):
            transaction.execute(
                "INSERT INTO trouble (kind, store, facts, state, raised_at, note)"
                " VALUES ('race', 's1', '{}', 'open', ?, '')",
                (AT,),
            )

    await hub.kernel.writer.run(write)

    assert len(await kept(hub)) == 2
