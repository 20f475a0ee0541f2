"""Failing histories become short stories in people's words, with both books at their end."""

import io
import re
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from sync.rules.store import fulfil
from sync.simulator.__main__ import main
from sync.simulator.broken import broken
from sync.simulator.ear import listening
from sync.simulator.history import play
from sync.simulator.odds import STEPS
from sync.simulator.run import replay
from sync.simulator.shrink import failure_of, find_core
from sync.simulator.story import in_words, tell_shrunken


def run(*arguments: str) -> tuple[int, str]:
    """The command's exit code and what it prints."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = main(list(arguments))
    return code, out.getvalue()


@cache
def forgotten() -> int:
    """The first seed that breaks where finished holds are forgotten."""
    with broken("finished-forgotten"):
        return next(seed for seed in range(50) if play(seed).violation)


def test_no_single_step_of_a_shrunken_history_can_be_left_out() -> None:
    with broken("finished-forgotten"):
        core = find_core(play(forgotten()))
        assert core.is_minimal
        assert core.story.steps == len(core.left) < core.before / 10
        for step in core.left:
            left = set(core.left) - {step}
            without = play(forgotten(), frozenset(range(1, STEPS + 1)) - frozenset(left))
            assert failure_of(without) != failure_of(core.story)


def test_shrinking_stops_at_its_limit_and_says_so() -> None:
    with broken("finished-forgotten"):
        core = find_core(play(forgotten()), most_trials=3)
        told = tell_shrunken(core)
    assert (core.trials, core.is_minimal) == (3, False)
    assert told[0].endswith("there were no more trials: it may be longer than it must")


def test_a_crash_of_the_rules_shrinks_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def hand_over(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(fulfil, "hand_over", hand_over)
    core = find_core(next(story for story in map(play, range(20)) if story.crash))
    assert failure_of(core.story) == "ZeroDivisionError"
    assert core.story.steps < 20
    assert "FAULT ZeroDivisionError()" in tell_shrunken(core)


def test_the_story_tells_messages_losses_the_invariant_and_both_books() -> None:
    told = "\n".join(replay(forgotten(), "finished-forgotten")["shrunken"])
    assert "steps became" in told
    assert "a customer orders" in told
    assert re.search(r"the hub sends store-\d down \(", told)
    assert re.search(r"store-\d's agent sends up ", told)
    assert "BROKEN I5, a hold line settles each unit once, and nothing is handed over twice:" in told
    assert "lies there   ledger    hub" in told


def test_an_ear_changes_no_history_and_hears_what_the_line_did() -> None:
    alone = [play(seed).digest for seed in range(5)]
    fates: set[str] = set()
    with listening() as ear:
        for seed in range(5):
            assert play(seed).digest == alone[seed]
            sent = [text for texts in ear.sent.values() for text in texts]
            fates |= {text.rsplit("): ", 1)[1] for text in sent if "): " in text}
    assert play(0).digest == alone[0]
    assert {"the line loses it", "the line doubles it", "it will be late"} <= fates


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (" 110 store-2 sale 1 comb", " 110 store-2  a clerk sells 1 comb"),
        (
            "  12 store-1 hub: gap 0 of 5+2",
            "  12 store-1  hub: receives up 5+2, but events are missing before it",
        ),
        ("   3 store-1 sell refused: short", "   3 store-1  sell is refused: short"),
        (
            " 111 store-1 order 0005 [('soap', 1), ('tea', 2)] counter",
            " 111 store-1  a customer orders [1 soap, 2 tea], order 0005, paid counter; the hub promises it",
        ),
        ("   4 store-1 something new", "   4 store-1  something new"),
        ("calm after 3 rounds", "calm after 3 rounds"),
    ],
)
def test_a_line_is_said_as_people_say_it_and_one_of_a_new_kind_as_it_is(line: str, words: str) -> None:
    assert in_words(line) == words


def test_one_seed_is_told_whole_if_all_held_and_shrunken_if_not(tmp_path: Path) -> None:
    code, text = run("--seed", "7")
    assert code == 0
    assert len(text.splitlines()) == STEPS + 2
    assert f"seed 7 (story {play(7).digest}): every invariant held" in text
    page = tmp_path / "seed.md"
    code, text = run("--seed", str(forgotten()), "--broken", "finished-forgotten", "--report", str(page))
    assert code == 1
    assert text.startswith(f"seed {forgotten()} under the broken rule finished-forgotten breaks: I5")
    assert "BROKEN I5" in page.read_text("utf-8")


def test_one_seed_under_all_variants_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--seed", "1", "--broken", "all"])
    assert refused.value.code == 2
    assert "plays one broken variant" in capsys.readouterr().err
