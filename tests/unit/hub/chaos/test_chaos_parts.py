"""The chaos run's parts that need no process: the plan, the papers, the command line."""

from collections import Counter

import pytest

from hub.chaos.__main__ import arguments
from hub.chaos.papers import Paper, read_paper
from hub.chaos.plan import CALM_FIRST_S, WEIGHTS, plan

STORES = ("north", "south")


def test_a_seed_is_a_plan() -> None:
    assert plan(7, 60, STORES) == plan(7, 60, STORES)
    assert plan(7, 60, STORES) != plan(8, 60, STORES)


@pytest.mark.parametrize("seconds", [0, 1, 15, 90])
def test_every_fault_begins_after_a_calm_and_ends_in_time(seconds: int) -> None:
    for fault in plan(3, seconds, STORES):
        assert fault.at_s >= CALM_FIRST_S
        assert fault.for_s >= 0
        assert fault.at_s + fault.for_s <= seconds


def test_a_long_plan_has_every_kind_and_hits_everybody() -> None:
    faults = plan(1, 3600, STORES)
    kinds = Counter(fault.kind for fault in faults)
    assert kinds.keys() == WEIGHTS.keys()
    assert {name for fault in faults for name in fault.targets} == {"hub", "broker", *STORES}
    assert {fault.kind for fault in faults if len(fault.targets) > 1} == {"kill several"}


def test_only_lines_and_printers_are_given_orders() -> None:
    for fault in plan(1, 3600, STORES):
        assert bool(fault.order) == fault.kind.startswith(("line ", "printer "))
        if fault.order:
            assert fault.order.split()[0] == fault.kind.split()[1]


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("Receipt   renmin-1-1-000008\n[CODE128 renmin-1-1-000008]", Paper("p", "renmin-1-1-000008", 0)),
        ("*** REPRINT 重打 COPY 2 ***\n小票号 a-b-12-3-000100", Paper("p", "a-b-12-3-000100", 2)),
        ("拣货单\n261126-56874522\n6990104000126", None),
        ("", None),
    ],
)
def test_a_paper_is_read_by_its_text(text: str, paper: Paper | None) -> None:
    assert read_paper("p", text) == paper


@pytest.mark.parametrize(
    "given",
    [["--minutes", "0"], ["--minutes", "x"], ["--stores", "0"], ["--stores", "21"], ["--broker", "nats"]],
)
def test_wishes_out_of_range_are_refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        arguments(given)
    assert refused.value.code == 2
    assert given[0] in capsys.readouterr().err


def test_the_usual_wish() -> None:
    usual = arguments(["--processes"])
    assert (usual.minutes, usual.seed, usual.stores, usual.broker, usual.json) == (1.0, 0, 2, "auto", None)
