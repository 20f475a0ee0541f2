"""Hostile histories over the real rules, and the proof that broken rules are caught."""

import io
import json
from contextlib import redirect_stdout

import pytest

from sync.rules import streams
from sync.simulator import branches
from sync.simulator.__main__ import main
from sync.simulator.broken import VARIANTS, broken
from sync.simulator.history import DOES, play
from sync.simulator.odds import ACTIONS, STEPS
from sync.simulator.run import simulate, tally
from sync.simulator.shrink import shrink

CAUGHT_BY_SEED = {
    "returns-as-deltas": (0, "I10"),
    "hub-expires-dispatched": (0, "I8"),
    "finished-forgotten": (0, "I5"),
    "base-last-sent": (0, "I10"),
    "acknowledged-by-newer": (0, "I10"),
    "gaps-applied": (3, "I3"),
    "old-up-accepted": (1, "I3"),
    "old-down-accepted": (0, "I5"),
    "returns-told-as-deltas": (2, "I10"),
    "any-token": (11, "I5"),
    "short-twice": (5, "I7"),
    "promise-unlimited": (0, "I2"),
    "grant-beyond-floor": (0, "I2"),
    "give-back-promised": (2, "I2"),
    "settled-not-counted": (0, "I7"),
    "floor-served-again": (900, "wants"),
    "want-served-again": (11, "wants"),
    "hold-booked-twice": (0, "I7"),
    "deficit-from-ready": (329, "deficit"),
    "victims-beyond-deficit": (28, "deficit"),
    "returns-skipped": (0, "deficit"),
    "mirror-at-once": (267, "I3"),
    "sells-before-merge": (83, "I4"),
    "restored-as-it-was": (81, "I8"),
    "hinc-not-raised": (15, "I10"),
    "enrolled-as-first": (5, "I3"),
    "lost-holds-ignored": (88, "I3"),
    "returns-not-told": (0, "I10"),
    "rights-always-carried": (489, "I2"),
    "rights-never-carried": (6, "I3"),
    "never-in-doubt": (34, "I5"),
    "backup-goes-on": (467, "I5"),
    "finished-not-carried": (36, "I6"),
    "never-stopped": (72, "I10"),
    "document-booked-again": (9, "paper"),
    "counted-at-booking": (7, "paper"),
    "document-ends-lost": (71, "paper"),
    "ended-asked-again": (0, "paper"),
    "prepaid-not-told": (0, "I9"),
    "double-paid-kept": (6, "I9"),
    "late-money-kept": (0, "I9"),
    "prepaid-asked-again": (37, "I9"),
    "assumed-and-captured": (88, "I9"),
    "loss-not-recorded": (24, "I9"),
}
"""Seeds found by playing from 0 on until a variant was caught: chosen so that the test is quick."""


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_200_histories_break_no_invariant(start: int) -> None:
    result = tally(range(start, start + 50))
    assert (result.failing, [play(seed).lines[-3:] for seed in result.failing]) == ([], [])
    assert result.steps == 50 * STEPS >= 50 * 200


def test_every_kind_of_step_and_fault_happens_within_100_histories() -> None:
    result = tally(range(100))
    assert {name for name, _ in ACTIONS} == set(DOES) <= set(result.done)
    assert set(result.faults) >= {
        "loss", "duplicate", "reorder", "delay", "torn", "cut", "lost in a cut", "crash inside",
        "crash after commit", "agent killed", "hub killed", "old incarnation", "clone", "take over",
        "hub put back", "old image", "disk lost", "enrolled anew",
    }  # fmt: skip
    verdicts = {"apply", "known", "gap", "foreign", "split", "stopped"}
    assert {f"up {verdict}" for verdict in verdicts} <= set(result.done)


@pytest.mark.parametrize("name", list(VARIANTS))
def test_every_broken_variant_is_caught_by_an_invariant(name: str) -> None:
    seed, invariant = CAUGHT_BY_SEED[name]
    assert play(seed).violation is None
    with broken(name):
        story = play(seed)
    assert story.crash is None
    assert story.violation is not None
    assert story.violation.invariant == invariant


def test_a_variant_leaves_the_rules_as_they_were() -> None:
    right = streams.judge_up
    with broken("gaps-applied"):
        assert streams.judge_up is not right
    assert streams.judge_up is right


def test_a_seed_tells_the_whole_history() -> None:
    first, again, other = play(7), play(7), play(8)
    assert first.lines == again.lines
    assert first.digest == again.digest != other.digest
    assert [play(seed).digest for seed in range(4)] == PINNED


PINNED = ["a72a5f189048f192", "b2e5891352191900", "44c65e66d9911d3e", "5bbb0bc6696cb1f1"]


def test_a_step_left_out_leaves_the_others_their_draws() -> None:
    whole, without = play(5), play(5, frozenset({STEPS}))
    assert without.lines[: STEPS - 1] == whole.lines[: STEPS - 1]
    assert without.steps == whole.steps - 1


FORGOTTEN = CAUGHT_BY_SEED["finished-forgotten"][0]


def test_a_failing_history_shrinks_to_the_steps_that_matter() -> None:
    with broken("finished-forgotten"):
        story = play(FORGOTTEN)
        shorter = shrink(story)
        assert shorter.violation is not None
    assert story.violation is not None
    assert shorter.violation.invariant == story.violation.invariant
    assert shorter.steps < story.steps / 4


def test_branches_are_told_from_the_lines_that_ran() -> None:
    seen = branches.Seen()
    with branches.tracing(seen):
        play(33)
        play(39)
    reached, missed = branches.judge(seen)
    functions = {(branch.file, branch.function) for branch in reached}
    assert {("store/fulfil.py", "pick"), ("central/apply_up.py", "apply_up")} <= functions
    assert ("streams.py", "judge_down", "yes") in {(b.file, b.function, b.way) for b in reached}
    assert not set(reached) & set(missed)
    assert len(reached) > 2 * len(missed)


def run(*arguments: str) -> tuple[int, str]:
    """The command's exit code and what it prints."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = main(list(arguments))
    return code, out.getvalue()


def test_the_command_reports_and_its_json_says_the_same() -> None:
    code, text = run("--histories", "5", "--from", "40")
    assert code == 0
    assert text.startswith("5 histories from seed 40, 1200 steps")
    assert "invariants broken in 0 histories" in text
    code, text = run("--histories", "5", "--from", "40", "--json")
    report = json.loads(text)
    assert (code, report["histories"], report["steps"], report["failing"]) == (0, 5, 1200, [])


def test_a_failing_history_is_told_with_its_end_its_core_and_how_to_see_it_again() -> None:
    with broken("finished-forgotten"):
        code, text = run("--histories", "1", "--from", str(FORGOTTEN))
        report = simulate(1, FORGOTTEN)
    assert code == 1
    assert f"SEED {FORGOTTEN}" in text
    assert "VIOLATION I5" in text
    assert f"again: --histories 1 --from {FORGOTTEN}" in text
    assert report["told"][0]["what"].startswith("I5")


def test_the_command_counts_the_histories_that_a_variant_needs() -> None:
    code, text = run("--broken", "gaps-applied")
    assert code == 0
    assert f"caught in history {CAUGHT_BY_SEED['gaps-applied'][0] + 1}" in text
    assert run("--broken", "gaps-applied", "--json")[0] == 0


@pytest.mark.parametrize("arguments", [["--histories", "0"], ["--broken", "nothing"], ["--histories", "x"]])
def test_other_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "usage" in capsys.readouterr().err
