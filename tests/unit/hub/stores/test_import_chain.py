"""The chain file: taken whole or not at all, the same file again changes nothing."""

from pathlib import Path

import pytest

from hub.kernel import Kernel
from hub.staff.passwords import is_right
from hub.stores.errors import ChainFileError
from hub.stores.import_chain import import_chain

DEMO = Path("config/demo/chain.toml")
SMALL = """
[chain]
id = "demo"
name = { zh = "示例", en = "Demo" }
[[stores]]
id = "s1"
name = { zh = "一店", en = "One" }
address = { zh = "路 1 号", en = "1 Road" }
[stores.hours]
mon = ["08:00-22:00"]
[[stores.staff]]
login = "li"
name = { zh = "李", en = "Li" }
role = "clerk"
pin = "1234"
[[stores]]
id = "s2"
name = { zh = "二店", en = "Two" }
address = { zh = "路 2 号", en = "2 Road" }
[[hq]]
login = "hq"
name = { zh = "总部", en = "HQ" }
role = "administrator"
password = "long enough"
"""


async def everything(kernel: Kernel) -> list[object]:
    """All that a chain file may touch."""
    return [
        await kernel.reader.all(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in ("store", "store_entry", "store_stream", "staff", "web_session")
    ]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "chain.toml"
    path.write_text(text, "utf-8")
    return path


async def test_the_demo_chain_is_taken_whole(kernel: Kernel) -> None:
    report = await import_chain(kernel, DEMO)

    assert (report.stores, report.new_stores, report.people, report.changed_people) == (3, 3, 9, 9)
    assert [store.id for store in kernel.directory.all()] == ["renmin", "jiangwan", "zhangjiang"]
    renmin = kernel.directory.get("renmin")
    assert renmin is not None
    assert renmin.hours["fri"] == ("08:00", "23:00")
    assert renmin.settings["pickup"]["lead_minutes"] == 15
    assert renmin.names == {"zh-CN": "人民路店", "en": "Renmin Road"}
    assert report.file(report.chain.products) == Path("config/demo/products.csv")


async def test_a_store_learns_unless_the_file_says_fixed(kernel: Kernel, tmp_path: Path) -> None:
    fixed = SMALL.replace('id = "s2"', 'id = "s2"\nallotment = { policy = "fixed", share_percent = 30 }')

    await import_chain(kernel, written(tmp_path, fixed))

    rows = await kernel.reader.all(
        "SELECT store, json_extract(body, '$.allotment.policy'),"
        " json_extract(body, '$.allotment.share_percent') FROM store_entry"
        " WHERE key = 'settings' ORDER BY store"
    )
    assert rows == [("s1", "learning", 50), ("s2", "fixed", 30)]


async def test_the_same_file_again_changes_nothing(kernel: Kernel, tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    await import_chain(kernel, path)
    before = await everything(kernel)

    report = await import_chain(kernel, path)

    assert (report.new_stores, report.changed_people, report.announce) == (0, 0, ())
    assert await everything(kernel) == before


async def test_pins_and_passwords_are_kept_as_argon2id_only(kernel: Kernel, tmp_path: Path) -> None:
    await import_chain(kernel, written(tmp_path, SMALL))

    rows = await kernel.reader.all("SELECT login, store, password_hash, pin_hash FROM staff ORDER BY login")

    (hq, li) = rows
    assert hq[:2] == ("hq", None)
    assert hq[3] is None
    assert is_right("long enough", hq[2])
    assert li[:3] == ("li", "s1", None)
    assert li[3].startswith("$argon2id$")
    assert is_right("1234", li[3])
    assert not is_right("1235", li[3])


async def test_a_new_pin_travels_to_that_store_alone(kernel: Kernel, tmp_path: Path) -> None:
    await import_chain(kernel, written(tmp_path, SMALL))
    (before,) = await kernel.reader.all("SELECT entry_ver FROM store WHERE id = 's1'")

    report = await import_chain(kernel, written(tmp_path, SMALL.replace("1234", "9876")))

    assert report.announce == (("s1", before[0]),)
    assert report.changed_people == 1
    (entry,) = await kernel.reader.all("SELECT body FROM store_entry WHERE key = 'staff:li'")
    assert '"role":"clerk"' in entry[0]


async def test_a_person_who_moves_loses_the_old_stores_till(kernel: Kernel, tmp_path: Path) -> None:
    await import_chain(kernel, written(tmp_path, SMALL))
    start, end = SMALL.index("[[stores.staff]]"), SMALL.index('[[stores]]\nid = "s2"')
    person = SMALL[start:end]
    moved = SMALL.replace(person, "").replace("[[hq]]", person + "[[hq]]")

    report = await import_chain(kernel, written(tmp_path, moved))

    assert {store for store, _ in report.announce} == {"s1", "s2"}
    rows = await kernel.reader.all("SELECT store, body FROM store_entry WHERE key = 'staff:li' ORDER BY 1")
    assert ['"active":true' in body for _, body in rows] == [False, True]


async def test_every_problem_is_said_at_once_and_nothing_changes(kernel: Kernel, tmp_path: Path) -> None:
    await import_chain(kernel, written(tmp_path, SMALL))
    before = await everything(kernel)
    broken = (
        SMALL.replace('pin = "1234"', 'pin = "12"')
        .replace('id = "s2"', 'id = "S 2"')
        .replace('id = "demo"', 'id = "demo"\ncolour = "red"')
        .replace('mon = ["08:00-22:00"]', 'mon = ["8-22"]')
    )

    with pytest.raises(ChainFileError) as caught:
        await import_chain(kernel, written(tmp_path, broken))

    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "chain colour",
        "stores s1 hours mon 0",
        "stores s1 staff li pin",
        "stores S 2 id",
    ]
    assert await everything(kernel) == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('id = "s2"', 'id = "s1"'), "The store id s1 comes twice. Give each its own."),
        (('id = "s2"', 'id = "all"'), "stores all: "),
        (('login = "hq"', 'login = "li"'), "The login li comes twice. Give each its own."),
        (('id = "s2"', 'id = "s2"\ntz = "Mars/Base"'), "stores s2: unknown time zone 'Mars/Base'"),
        (("[chain]", "[chain"), "is not TOML"),
        (
            ('id = "s2"', 'id = "s2"\nallotment = { policy = "learn" }'),
            "stores s2 allotment policy: does not have the right form",
        ),
    ],
)
async def test_what_fits_no_chain_is_refused(
    kernel: Kernel, tmp_path: Path, change: tuple[str, str], problem: str
) -> None:
    with pytest.raises(ChainFileError, match=problem.split("'", maxsplit=1)[0]):
        await import_chain(kernel, written(tmp_path, SMALL.replace(*change)))

    assert await kernel.reader.all("SELECT * FROM store") == []


async def test_a_missing_file_is_told_plainly(kernel: Kernel, tmp_path: Path) -> None:
    with pytest.raises(ChainFileError, match="cannot be read"):
        await import_chain(kernel, tmp_path / "none.toml")


async def test_bytes_that_are_no_text_are_told_plainly(kernel: Kernel, tmp_path: Path) -> None:
    path = tmp_path / "chain.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ChainFileError, match="not UTF-8"):
        await import_chain(kernel, path)
