"""Codes that nobody knows: kept unless they may be private, named, dismissed, written to a file."""

import csv
import io
from pathlib import Path

import pytest

from pos_agent.codes.keep import Sighting, note_refusal
from pos_agent.codes.rules import MOST_KEPT, code_to_keep, why_private
from pos_agent.settings import MemberCodeSection
from pos_agent.take_scans import scan_from_device
from pos_agent.till.classify import Classified
from sync.storage.writer import Transaction
from tests.unit.pos_agent.agent_stage import COLA, MILK, Stage, client, gtin, hold_item, staged

STRANGE, MONEY = "6900000000999", "130123456789012345"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (MONEY, "payment"),
        ("281234567890123456", "payment"),
        ("6212345678901234567", "payment"),
        ("x" + MONEY + "y", "payment"),
        (MONEY + STRANGE, "payment"),  # two codes that a bad scan made one
        (STRANGE + MONEY, "payment"),
        ("(" + STRANGE + "281234567890123456)", "payment"),
        (MONEY + MONEY, "payment"),
        (STRANGE + STRANGE, None),
        ("13812345678", "person"),
        ("+8613812345678", "person"),
        ("31010119900101123X", "person"),
        ("https://u.example/abc", "link"),
        ("www.example.com", "link"),
        (STRANGE, None),
        ("00123456789012345675", None),  # a pallet's number (SSCC with its AI)
        ("AB-7781", None),
    ],
)
def test_what_may_be_private_is_not_kept(code: str, reason: str | None) -> None:
    assert why_private(code) == reason


@pytest.mark.parametrize(
    ("scan", "how", "kept"),
    [
        (Classified("gtin", STRANGE), "page", STRANGE),
        (Classified("internal", "AB-7781"), "page", "AB-7781"),
        (Classified("internal", "milk"), "page", ""),
        (Classified("internal", "牛奶"), "page", ""),
        (Classified("internal", "cola 500ml"), "page", ""),
        (Classified("internal", "SHELF 7"), "scanner", "SHELF 7"),
        (Classified("label", "99", ("2199", "219900765"), weight_g=765), "scanner", "2199"),
    ],
)
def test_words_that_were_typed_are_no_codes(scan: Classified, how: str, kept: str) -> None:
    assert code_to_keep(scan, how) == kept  # type: ignore[arg-type]


async def test_an_unknown_code_is_kept_and_the_clerk_hears_it(stage: Stage) -> None:
    async with client(stage) as till:
        for _ in range(2):
            answer = await till.post("/api/v1/till/scan", json={"code": STRANGE})
        words = await till.post("/api/v1/till/scan", json={"code": "milk"})
        ticket = (await till.get("/api/v1/till/ticket")).json()
    assert (answer.status_code, answer.json()["code"], answer.json()["kept"]) == (404, "unknown_code", True)
    assert "店长" in answer.json()["detail"] or "manager" in answer.json()["detail"]
    assert ("kept" in words.json(), ticket["lines"]) == (False, [])
    await scan_from_device(stage.desk, STRANGE, "1")
    rows = await stage.rows("SELECT code, seen, till, how FROM unknown_code")
    assert rows == [(STRANGE, 3, "1", "scanner")]


def _need_nowhere(folder: Path, codes: tuple[str, ...]) -> None:
    files = list(folder.rglob("*.db*"))
    assert files
    assert not [code for file in files for code in codes if code.encode() in file.read_bytes()]


async def test_private_codes_are_counted_and_stand_nowhere(template: Path, tmp_path: Path) -> None:
    members = (MemberCodeSection(prefix="M", length=10),)
    async with staged(template, tmp_path, member_code=members) as stage:
        codes = (MONEY, "13812345678", "https://u.example/abc7", "M123456789")
        async with client(stage) as till:
            answers = [await till.post("/api/v1/till/scan", json={"code": code}) for code in codes]
        assert [one.json()["code"] for one in answers] == [
            "payment_code",
            "unknown_code",
            "unknown_code",
            "member_code",
        ]
        assert await stage.rows("SELECT reason, seen FROM unkept_codes ORDER BY reason") == [
            ("link", 1),
            ("member", 1),
            ("payment", 1),
            ("person", 1),
        ]
        assert await stage.rows("SELECT * FROM unknown_code") == []
        for code in (MONEY, "M123456789"):
            assert all(code not in one.text for one in answers)
    _need_nowhere(tmp_path, codes)


async def test_the_list_is_bounded_and_the_oldest_goes(stage: Stage) -> None:
    def fill(tx: Transaction) -> None:
        for number in range(MOST_KEPT + 3):
            seen = Sighting(scan=Classified("internal", f"X-{number:04d}"), till="1", how="scanner")
            assert note_refusal(
                tx, seen, "unknown_code", f"2026-05-01T04:{number // 60:02d}:{number % 60:02d}Z"
            )

    await stage.desk.ledger.writer.run(fill)
    ((count, oldest),) = await stage.rows("SELECT count(*), min(code) FROM unknown_code")
    assert (count, oldest) == (MOST_KEPT, "X-0003")


async def test_a_named_code_sells_and_picks_until_it_is_taken_back(stage: Stage) -> None:
    await stage.receive(SKU_1=30)
    async with client(stage) as till, client(stage, "lin") as manager:
        await till.post("/api/v1/till/scan", json={"code": STRANGE})
        ((code,),) = await stage.rows("SELECT id FROM unknown_code")
        refused = await till.post(f"/api/v1/codes/{code}/name", json={"sku": COLA})
        named = await manager.post(f"/api/v1/codes/{code}/name", json={"sku": COLA, "pieces": 12})
        sold = await till.post("/api/v1/till/scan", json={"code": STRANGE})
        assert refused.status_code == 403
        assert (named.json()["unknown"], named.json()["named"][0]["pieces"]) == ([], 12)
        assert [(line["sku"], line["qty"]) for line in sold.json()["ticket"]["lines"]] == [(COLA, 12)]
        await stage.take_hold(hold_item("o-1", (COLA, 2)))
        await till.post("/api/v1/counter/orders/o-1/pick")
        too_many = await till.post("/api/v1/counter/orders/o-1/scan", json={"code": STRANGE})
        assert too_many.json()["code"] == "case_too_big"
        await till.post("/api/v1/counter/orders/o-1/scan", json={"code": gtin(1)})
        alias = named.json()["named"][0]["id"]
        back = await manager.post(f"/api/v1/codes/named/{alias}/take-back")
        again = await till.post("/api/v1/till/scan", json={"code": STRANGE})
        ticket = (await till.get("/api/v1/till/ticket")).json()
    assert (back.json()["named"], again.json()["code"], ticket["lines"][0]["qty"]) == ([], "unknown_code", 12)
    assert await stage.rows("SELECT staged FROM hold_line") == [(1,)]


async def test_what_cannot_be_named_stays_on_the_list(stage: Stage) -> None:
    async with client(stage) as till, client(stage, "lin") as manager:
        await till.post("/api/v1/till/scan", json={"code": STRANGE})
        before = (await manager.get("/api/v1/codes")).json()
        code = before["unknown"][0]["id"]
        answers = [
            await manager.post(f"/api/v1/codes/{code}/name", json={"sku": "SKU-NONE"}),
            await manager.post(f"/api/v1/codes/{code}/name", json={"sku": COLA, "pieces": 0}),
            await manager.post("/api/v1/codes/999/name", json={"sku": COLA}),
            await manager.post("/api/v1/codes/named/999/take-back"),
        ]
        after = (await manager.get("/api/v1/codes")).json()
        told = [(one.status_code, one.json()["code"]) for one in answers]
        assert told == [
            (404, "unknown_sku"),
            (422, "input.invalid"),
            (404, "unknown_listed_code"),
            (404, "unknown_listed_code"),
        ]
        assert after == before
        await stage.desk.ledger.writer.run(
            lambda tx: tx.execute("INSERT INTO gtin (gtin, sku) VALUES (?, ?)", (STRANGE, MILK))
        )
        known = await manager.post(f"/api/v1/codes/{code}/name", json={"sku": COLA})
        gone = await manager.post(f"/api/v1/codes/{code}/dismiss")
    assert (known.json()["code"], gone.json()["unknown"]) == ("code_is_known", [])


async def test_the_file_runs_nothing_in_a_spreadsheet(stage: Stage) -> None:
    await scan_from_device(stage.desk, '=HYPERLINK("x7")', "1")
    await scan_from_device(stage.desk, "x7;=1+1", "1")
    async with client(stage) as till, client(stage, "lin") as manager:
        forbidden = await till.get("/api/v1/codes.csv")
        answer = await manager.get("/api/v1/codes.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert forbidden.status_code == 403
    assert '"x7;=1+1","1"' in answer.text  # one cell, also where a semicolon parts them
    assert [(row["code"], row["seen"], row["how"]) for row in rows[1:]] == [
        ('\'=HYPERLINK("x7")', "1", "scanner")
    ]


async def test_a_receipts_code_opens_it_and_sells_nothing(stage: Stage) -> None:
    await stage.receive(SKU_1=5)
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
        paid = await till.post("/api/v1/till/pay", json={"given_minor": 400, "ticket": ticket["id"]})
        number = paid.json()["receipt"]["number"]
        opened = (await till.post("/api/v1/till/scan", json={"code": number})).json()
        other = await till.post("/api/v1/till/scan", json={"code": "s9-1-1-000001"})
        no_order = await till.post("/api/v1/counter/find", json={"receipt": number})
    assert (opened["meaning"], opened["receipt"]["number"]) == ("receipt", number)
    assert (opened["receipt"]["total_minor"], opened["ticket"]["lines"]) == (350, [])
    assert (other.status_code, other.json()["code"]) == (404, "unknown_receipt")
    assert (no_order.status_code, no_order.json()["code"]) == (404, "no_order")
    assert await stage.rows("SELECT * FROM unknown_code") == []
