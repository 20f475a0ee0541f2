"""The rules of documents: what may be asked, what rows say, where a transfer stands."""

import pytest

from hub.documents.parse_lines import RowFault, decoded, read_lines, written
from hub.documents.rules import (
    MOST_ROWS,
    Asked,
    Draft,
    Road,
    document_id,
    faults_in,
    moved_by,
    next_state,
    parts_of,
    task_in,
    transfer_in_id,
    transfer_state,
)


@pytest.mark.parametrize(
    ("task", "head", "lines", "codes"),
    [
        ("receiving", {"number": "D-1"}, [Asked("tea", 1)], []),
        ("receiving", {}, [Asked("tea", 1)], ["number_missing"]),
        ("receiving", {"number": "D-1"}, [], ["no_lines"]),
        ("receiving", {"number": "D-1"}, [Asked("tea", 0)], ["qty_wrong"]),
        ("receiving", {"number": "D-1"}, [Asked("tea", -1)], ["qty_wrong"]),
        ("receiving", {"number": "D-1"}, [Asked("tea", 1_000_000_001)], ["qty_wrong"]),
        ("receiving", {"number": "D-1"}, [Asked("tea", 1), Asked("tea", 2)], ["sku_twice"]),
        ("receiving", {"number": "D-1"}, [Asked("tea", 1, "damaged")], ["bucket_wrong"]),
        ("count", {}, [Asked("tea"), Asked("tea", 0, "damaged")], []),
        ("count", {}, [Asked("tea", 1)], ["qty_of_count"]),
        ("adjust", {"note": "broken"}, [Asked("tea", -1), Asked("soap", 2)], []),
        ("adjust", {}, [Asked("tea", -1)], ["reason_missing"]),
        ("adjust", {"note": "x"}, [Asked("tea", 0)], ["qty_of_adjust"]),
        ("adjust", {"note": "x"}, [Asked("tea", 1, "staged")], ["bucket_wrong"]),
        ("opening", {}, [Asked("tea", 1)], []),
        ("transfer", {"to_store": "s2"}, [Asked("tea", 1)], []),
        ("transfer", {"to_store": "s1"}, [Asked("tea", 1)], ["same_store"]),
        ("transfer", {}, [Asked("tea", 1)], ["store_missing"]),
    ],
)
def test_what_may_be_asked(task: str, head: dict[str, str], lines: list[Asked], codes: list[str]) -> None:
    draft = Draft(task=task, store="s1", lines=tuple(lines), **head)  # type: ignore[arg-type]
    assert [fault.code for fault in faults_in(draft)] == codes


def test_rows_are_read_with_heading_quotes_and_any_delimiter() -> None:
    read = read_lines('\ufeffsku,qty\r\n"tea",10\r\n\r\nsoap;3\ncomb\t2\n', "receiving")
    assert read.lines == (Asked("tea", 10), Asked("soap", 3), Asked("comb", 2))
    assert (read.rows, read.faults) == ((2, 4, 5), ())


def test_every_fault_is_told_with_its_row() -> None:
    read = read_lines(f"tea,1\nsoap\ncomb,x\n,4\ntea,2\nsoap,1,odd\n{'x' * 65},1\nsoap,0", "receiving")
    assert read.faults == (
        RowFault(2, "qty_missing"),
        RowFault(3, "qty_no_number", "x"),
        RowFault(4, "sku_missing"),
        RowFault(5, "sku_twice", "tea"),
        RowFault(6, "too_many_columns", "odd"),
        RowFault(7, "sku_wrong", "x" * 40),
        RowFault(8, "qty_wrong", "0"),
    )


def test_a_count_needs_no_quantity_and_a_correction_has_a_sign() -> None:
    assert read_lines("tea\nsoap,0\ncomb,5", "count").faults == (RowFault(3, "qty_of_count", "5"),)
    assert read_lines("tea,-2\nsoap,+3,damaged\ncomb,−1", "adjust").lines == (
        Asked("tea", -2),
        Asked("soap", 3, "damaged"),
        Asked("comb", -1),
    )


def test_more_rows_than_are_taken_at_once_are_refused_as_a_whole() -> None:
    read = read_lines("\n".join(f"s{number},1" for number in range(MOST_ROWS + 1)), "opening")
    assert (read.lines, read.faults) == ((), (RowFault(0, "too_many_lines", str(MOST_ROWS)),))


def test_what_is_written_reads_back() -> None:
    rows = [("tea", -2, "floor"), ("soap", 3, "damaged")]
    assert written(rows, "adjust") == "tea,-2\nsoap,3,damaged"
    assert read_lines(written(rows, "adjust"), "adjust").lines == (
        Asked("tea", -2),
        Asked("soap", 3, "damaged"),
    )
    assert written([("tea", 0, "floor"), ("soap", 0, "damaged")], "count") == "tea\nsoap,,damaged"


def test_files_of_chinese_spreadsheets_are_read() -> None:
    assert decoded("茶,1".encode("gb18030")) == "茶,1"
    assert decoded("\ufeff茶,1".encode()) == "茶,1"
    assert decoded(b"\xff\xfe\xff") is None


def test_ids_say_the_task_and_the_transfer() -> None:
    out, again = document_id("0197-a", "transfer_out"), document_id("0197-a", "transfer_in", "0c4f")
    assert (out, again) == ("0197-a.transfer_out", "0197-a.transfer_in-0c4f")
    assert (task_in(out), task_in(again), task_in("0197-a"), task_in("a.odd")) == (
        "transfer_out",
        "transfer_in",
        None,
        None,
    )
    assert [transfer_in_id(one) for one in (out, again, "0197-a.count")] == ["0197-a", "0197-a", ""]


def test_a_hundred_lines_are_one_document() -> None:
    assert [len(part) for part in parts_of([Asked(str(number)) for number in range(201)])] == [100, 100, 1]


def test_steps_lead_on_and_what_was_booked_stays() -> None:
    assert [next_state("asked", to) for to in ("received", "booked", "refused", "withdrawn")] == [
        "received",
        "booked",
        "refused",
        "withdrawn",
    ]
    assert [next_state("withdrawn", to) for to in ("received", "booked", "refused")] == [None, "booked", None]
    assert [next_state("booked", to) for to in ("received", "booked", "refused", "withdrawn")] == [None] * 4


@pytest.mark.parametrize(
    ("task", "moved"),
    [
        ("receiving", {("tea", "floor"): 8}),
        ("opening", {("tea", "floor"): 8}),
        ("transfer_in", {("tea", "floor"): 8}),
        ("adjust", {("tea", "floor"): 8}),
        ("transfer_out", {("tea", "floor"): -8}),
        ("count", {("tea", "floor"): -2}),
    ],
)
def test_what_a_booked_document_moves(task: str, moved: dict[tuple[str, str], int]) -> None:
    assert moved_by(task, [("tea", "floor", 10, 8), ("soap", "floor", 0, 0)]) == moved


@pytest.mark.parametrize(
    ("out", "shipped", "arrived", "units", "closed", "state"),
    [
        ("asked", False, False, 0, False, "draft"),
        ("received", False, False, 0, False, "ready"),
        ("refused", False, False, 0, False, "cancelled"),
        ("withdrawn", False, False, 0, False, "cancelled"),
        ("booked", False, False, 0, False, "cancelled"),
        ("booked", True, False, 3, False, "in_transit"),
        ("booked", True, True, 3, False, "partly_received"),
        ("booked", True, True, -1, False, "partly_received"),
        ("booked", True, True, 0, False, "received"),
        ("booked", True, True, 0, True, "discrepancy_closed"),
        ("booked", True, False, 0, True, "discrepancy_closed"),
        ("booked", True, True, 2, True, "partly_received"),
        (None, False, True, -3, False, "partly_received"),
        (None, False, False, 0, False, "in_transit"),
        ("asked", False, True, -3, False, "partly_received"),
    ],
)
def test_where_a_transfer_stands(
    out: str | None, shipped: bool, arrived: bool, units: int, closed: bool, state: str
) -> None:
    road = Road(
        out=out,  # type: ignore[arg-type]
        has_shipped=shipped,
        is_booked_in=arrived,
        in_transit={("tea", "floor"): units} if units else {},
        is_closed=closed,
    )
    assert transfer_state(road) == state


@pytest.mark.parametrize("sku", ["a,b", "a;b", "a，b", 'say "x"', "plain", '"', "tab；ular"])
def test_a_sku_that_holds_what_divides_cells_is_read_back_as_it_is(sku: str) -> None:
    read = read_lines(written([(sku, 3, "floor")], "receiving"), "receiving")
    assert (read.lines, read.faults) == ((Asked(sku, 3, "floor"),), ())
    counted = read_lines(written([(sku, 0, "damaged")], "count"), "count")
    assert (counted.lines, counted.faults) == ((Asked(sku, 0, "damaged"),), ())


def test_quotes_that_close_nothing_are_left_out() -> None:
    read = read_lines('"tea,2\nsoap",3\n"comb"  ,4', "receiving")
    assert [(line.sku, line.qty) for line in read.lines] == [("tea", 2), ("soap", 3), ("comb", 4)]
