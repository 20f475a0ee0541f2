"""Mutants of the rules: which changes are tried, that each is tried for real, and who must be explained."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from sync.rules import streams
from sync.simulator import mutate
from sync.simulator.__main__ import main
from sync.simulator.branches import ROOT
from sync.simulator.mutant import Order, Outcome, put_in_place
from sync.simulator.mutations import Mutation, all_mutations, mutated, mutations_of
from sync.simulator.survivors import Explanation, explain, read_explanations

SOURCE = """
MOST = 2 - 1


class Box:
    def fits(self, n: int, names: set[str]) -> bool:
        if not 0 <= n < 9 or n is None:
            raise ValueError(f"{n - 1} is too much")
        n -= 1
        return min(n, -n) in names and any(names)
"""
EXPECTED = [
    ("(module)", "2 - 1", "2 + 1"),
    ("Box.fits", "not 0 <= n < 9 or n is None", "not 0 <= n < 9 and n is None"),
    ("Box.fits", "not 0 <= n < 9", "0 <= n < 9"),
    ("Box.fits", "0 <= n < 9", "0 < n < 9"),
    ("Box.fits", "0 <= n < 9", "0 <= n <= 9"),
    ("Box.fits", "n is None", "n is not None"),
    ("Box.fits", "n -= 1", "n += 1"),
    ("Box.fits", "min(n, -n) in names and any(names)", "min(n, -n) in names or any(names)"),
    ("Box.fits", "min(n, -n) in names", "min(n, -n) not in names"),
    ("Box.fits", "min(n, -n)", "max(n, -n)"),
    ("Box.fits", "-n", "n"),
    ("Box.fits", "any(names)", "all(names)"),
]


def test_each_comparison_sign_junction_and_bound_is_a_mutation_but_for_texts() -> None:
    found = mutations_of("box.py", SOURCE)
    assert [(one.function, one.before, one.after) for one in found] == EXPECTED
    assert [one.number for one in found] == list(range(len(EXPECTED)))
    assert str(found[0]) == "box.py:2 (module): `2 - 1` became `2 + 1`"


def test_one_mutation_changes_one_place_and_nothing_else() -> None:
    names: dict[str, object] = {}
    exec(compile(mutated(SOURCE, 0), "box", "exec"), names)
    assert names["MOST"] == 3
    with pytest.raises(LookupError, match="no mutation 12"):
        mutated(SOURCE, len(EXPECTED))


def test_all_rules_of_the_protocol_are_covered_and_prices_are_not() -> None:
    files = {one.file for one in all_mutations()}
    assert {"streams.py", "rights.py", "central/apply_up.py", "store/fulfil.py", "pickup_token.py"} <= files
    assert "price.py" not in files


@pytest.mark.parametrize("name", ["streams.py", "streams", "sync.rules.streams", "judge_up"])
def test_a_file_or_function_is_found_by_its_names(name: str) -> None:
    found = all_mutations(name)
    assert found
    assert {one.file for one in found} == {"streams.py"}


def test_a_change_is_refused_where_rules_were_imported_before() -> None:
    assert streams.__name__ == "sync.rules.streams"
    with pytest.raises(RuntimeError, match="imported before the change"):
        put_in_place(all_mutations("judge_up")[0])


def number_of(file: str, before: str) -> int:
    """The mutation of an expression."""
    return next(
        one.number for one in mutations_of(file, (ROOT / file).read_text("utf-8")) if one.before == before
    )


def outcome_of(file: str, before: str, tests: list[str]) -> Outcome:
    """What becomes of a mutant, in a process of its own."""
    order: Order = {"file": file, "number": number_of(file, before), "seeds": [0, 1], "tests": tests}
    return mutate._run(order)


def test_histories_kill_a_mutant_whose_books_are_wrong() -> None:
    killed = outcome_of("rights.py", "self.floor + self.staged", [])
    assert killed["killed"] == "histories"
    assert killed["histories"] in {1, 2}
    assert killed["by"].startswith("I")


def test_unit_tests_kill_what_the_histories_let_live(tmp_path: Path) -> None:
    test = tmp_path / "test_compact.py"
    test.write_text(
        "from sync.rules.compact import number\ndef test_it():\n    assert number(127) == b'\\x7f'\n"
    )
    arguments = ["-o", "addopts=", "-p", "no:cacheprovider", "-q", "-rfE", str(test)]
    alive = outcome_of("compact.py", "value > 127", [])
    assert (alive["killed"], alive["histories"], len(alive["digest"])) == ("", 2, 16)
    killed = outcome_of("compact.py", "value > 127", arguments)
    assert killed["killed"] == "tests"
    assert "test_compact.py::test_it" in killed["by"]


def test_a_process_that_ends_without_an_answer_counts_as_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutate.sys, "executable", "false")  # type: ignore[attr-defined]
    outcome = mutate._run({"file": "rights.py", "number": 0, "seeds": [0], "tests": []})
    assert (outcome["killed"], outcome["by"]) == ("histories", "exit code 1: ")


GOOD = '[[survivor]]\nfile = "a"\nfunction = "f"\nbefore = "x"\nafter = "y"\nwhy = "it is so here"\n'
MUTATION = Mutation("a.py", 0, 7, "f", "x < y", "x <= y")
OTHER = Mutation("b.py", 0, 7, "g", "x < y", "x <= y")
REASON = "the bound itself never occurs"


def test_a_survivor_is_explained_by_its_text_whatever_its_line() -> None:
    entries = [Explanation("a.py", "f", "x < y", "x <= y", REASON)]
    told, stale = explain([MUTATION, OTHER], entries)
    assert told == {MUTATION: REASON, OTHER: ""}
    assert stale == []


def test_an_explanation_that_fits_no_survivor_is_stale_if_its_file_was_tried() -> None:
    entries = [Explanation("a.py", "f", "x < z", "x <= z", REASON)]
    assert explain([MUTATION], entries)[1] == entries
    assert explain([MUTATION], entries, "a.py")[1] == entries
    assert explain([OTHER], entries, "g")[1] == []


def judged(*, explained: bool, is_judged: bool = True) -> dict[str, object]:
    """A report about one survivor."""
    outcome: Outcome = {"killed": "", "by": "", "histories": 60, "digest": "d"}
    entries = [Explanation("a.py", "f", "x < y", "x <= y", REASON)] if explained else []
    return mutate.judge_all([mutate.Tried(MUTATION, outcome)], entries, "d", "", is_judged=is_judged)


def test_the_report_shows_a_survivor_with_code_before_and_after_and_its_reason() -> None:
    lines = mutate.report_lines(judged(explained=True))
    assert lines[0].startswith("1 mutants: 0 killed by histories, 0 by unit tests, 1 survived")
    assert lines[-4:] == [
        "sync/rules/a.py:7 f  (every story is the same)",
        "    before  x < y",
        "    after   x <= y",
        f"    why     {REASON}",
    ]
    assert mutate.report_lines(judged(explained=False))[-1].startswith("1 survivors have no explanation")
    assert judged(explained=False, is_judged=False)["unexplained"] == 0


def run(*arguments: str) -> tuple[int, str]:
    """The command's exit code and what it prints."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = main(list(arguments))
    return code, out.getvalue()


@pytest.mark.parametrize(("changes", "code"), [({}, 0), ({"unexplained": 1}, 1), ({"stale": ["a.py f"]}, 1)])
def test_the_exit_code_tells_of_survivors_without_and_of_reasons_without_a_survivor(
    changes: dict[str, object], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = {**judged(explained=True), **changes}
    monkeypatch.setattr(mutate, "mutate", lambda *_, **__: report)
    page = tmp_path / "mutants.md"
    assert run("--mutate", "--json", "--report", str(page)) == (code, json.dumps(report) + "\n")
    assert f"| `a.py:7` f | `x < y` | `x <= y` | {REASON} |" in page.read_text("utf-8")


def test_a_name_that_nothing_has_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--mutate", "nothing_is_called_so"])
    assert refused.value.code == 2
    assert "no file or function 'nothing_is_called_so'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[survivor]]\nfile = "a"\n', "missing"),
        (
            '[[survivor]]\nfile = "a"\nfunction = "f"\nbefore = "x"\nafter = "y"\nwhy = "so"\n',
            "explains nothing",
        ),
        (
            2
            * '[[survivor]]\nfile = "a"\nfunction = "f"\nbefore = "x"\nafter = "y"\nwhy = "it is so here"\n',
            "twice",
        ),
    ],
)
def test_a_list_of_survivors_that_says_too_little_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "survivors.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_explanations(path)


def test_every_checked_in_explanation_is_about_a_mutation_that_exists() -> None:
    keys = {one.key for one in all_mutations()}
    assert [str(entry) for entry in read_explanations() if entry.key not in keys] == []
