"""Reports of the simulator in words: for a terminal, and as a page to keep."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Report = Mapping[str, Any]
MOST_FAILING = 10


def history_lines(report: Report) -> list[str]:
    """What many histories came to."""
    branches = report["branches"]
    played = f"{report['histories']} histories from seed {report['from']}, {report['steps']} steps"
    reached = f"{branches['reached']} of {branches['all']} in {branches['traced_histories']} histories"
    rates = f"{report['histories_per_s']} histories/s, {report['steps_per_s']} steps/s"
    return [
        f"{played}, {report['seconds']} s ({rates})",
        *(["broken off: this is what ran"] if report["broken_off"] else []),
        f"invariants broken in {len(report['failing'])} histories {report['failing'][:MOST_FAILING] or ''}",
        f"calm: all books equal after at most {report['most_rounds_to_agree']} rounds",
        "odds:    " + _pairs(report["odds"]["faults"]),
        "weights: " + _pairs(report["odds"]["steps by weight"]),
        "faults:  " + _pairs(report["faults"]),
        "steps:   " + _pairs(report["actions_and_verdicts"]),
        f"branches of the rules reached: {reached}; not reached:",
        *(f"    {branch}" for branch in branches["not_reached"]),
        *(line for told in report["told"] for line in failure_lines(told)),
    ]


def broken_lines(results: Sequence[Report]) -> list[str]:
    """Each broken variant, and how many histories it took to catch it."""
    return [f"{result['variant']:24} {_caught(result):24} {result['by'][:110]}" for result in results]


def _caught(result: Report) -> str:
    """Whether and when a variant was caught."""
    if result["caught"]:
        return f"caught in history {result['histories']}"
    return "not tried" if not result["histories"] else "NOT CAUGHT"


def failure_lines(told: Report) -> list[str]:
    """A failing history: how it ended, the shortest one like it, how to see it again."""
    return [
        f"SEED {told['seed']} (story {told['digest']}): {told['what']}",
        *(f"    {line}" for line in told["last_steps"]),
        "  the shortest that breaks the same:",
        *(f"    {line}" for line in told["shrunken"]),
        f"  again: --histories 1 --from {told['seed']}, or its story alone: --seed {told['seed']}",
    ]


def replay_lines(told: Report) -> list[str]:
    """One seed's story: its core if it fails, all of it if all held."""
    variant = f" under the broken rule {told['variant']}" if told["variant"] else ""
    if told["failed"]:
        return [f"seed {told['seed']}{variant} breaks: {told['what']}", *told["shrunken"]]
    return [
        *told["story"],
        f"seed {told['seed']}{variant} (story {told['digest']}): every invariant held",
    ]


def _pairs(counts: Mapping[str, Any]) -> str:
    """Names and numbers on one line."""
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def page(histories: Report | None, broken: Sequence[Report], mutants: Report | None) -> str:
    """Everything that ran, as a Markdown page."""
    lines = ["# What the simulator saw", ""]
    if histories:
        lines += _history_page(histories)
    if broken:
        lines += _broken_page(broken)
    if mutants:
        lines += _mutant_page(mutants)
    return "\n".join(lines) + "\n"


def _history_page(report: Report) -> Iterator[str]:
    """Histories: figures, faults, branches, failures."""
    branches = report["branches"]
    yield from _table(
        ("what", "how much"),
        [
            ("histories", f"{report['histories']} from seed {report['from']}"),
            ("simulated events", f"{report['steps']} ({report['steps_per_s']}/s)"),
            ("time", f"{report['seconds']} s ({report['histories_per_s']} histories/s)"),
            ("invariants broken", f"in {len(report['failing'])} histories"),
            ("rounds until all books were equal", f"at most {report['most_rounds_to_agree']}"),
            ("branches of the rules", f"{branches['reached']} of {branches['all']}"),
            ("on", f"Python {platform.python_version()}, {platform.machine()}"),
        ],
    )
    if report["broken_off"]:
        yield from ("Broken off: this is what ran until then.", "")
    yield from ("## Faults", "")
    yield from _table(("fault", "times"), list(report["faults"].items()))
    yield from ("## Steps and verdicts", "")
    yield from _table(("step or verdict", "times"), list(report["actions_and_verdicts"].items()))
    if branches["not_reached"]:
        yield from (f"## Branches not reached in {branches['traced_histories']} histories", "")
        yield from (*(f"- `{branch}`" for branch in branches["not_reached"]), "")
    for told in report["told"]:
        yield from (f"## Seed {told['seed']}", "", "```", *told["shrunken"], "```", "")


def _broken_page(results: Sequence[Report]) -> Iterator[str]:
    """Broken variants."""
    yield from ("## Broken variants", "")
    yield from _table(
        ("variant", "what is broken", "caught", "by"),
        [(one["variant"], one["says"], _caught(one), f"`{one['by'][:90]}`") for one in results],
    )


def _mutant_page(report: Report) -> Iterator[str]:
    """Mutants by file, and the survivors with their reasons."""
    killed = report["killed_by"]
    counts = (
        f"{killed['histories']} killed by histories, {killed['tests']} by unit tests, {killed['']} survived"
    )
    yield from ("## Mutants of the rules", "", f"{report['mutants']} mutants: {counts}.", "")
    rows = [(f"`{file}`", *counts) for file, counts in report["files"].items()]
    yield from _table(("file", "mutants", "killed by histories", "by tests", "survived"), rows)
    yield from _table(
        ("survivor", "before", "after", "why"),
        [
            (
                f"`{one['file']}:{one['line']}` {one['function']}",
                f"`{one['before']}`",
                f"`{one['after']}`",
                one["why"] or "**not explained**",
            )
            for one in report["survivors"]
        ],
    )
    yield from ("### Noticed by unit tests alone", "")
    yield from (f"- `{one['file']}:{one['line']}` {_change(one)}" for one in report["killed_by_tests"])
    yield ""


def _change(mutant: Report) -> str:
    """A mutant's function and texts."""
    return f"{mutant['function']}: `{mutant['before']}` became `{mutant['after']}`"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """A Markdown table and the blank line after it."""
    for cells in (head, ["---"] * len(head), *rows):
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
    yield ""
