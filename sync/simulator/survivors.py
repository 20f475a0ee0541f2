"""Mutants that nothing notices, and why that is right: the checked-in list and its comparison."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sync.simulator.mutations import Mutation

FILE: Final = Path(__file__).with_name("survivors.toml")
LEAST_WORDS: Final = 4


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one change of the rules changes nothing that matters; keyed by text, not by line."""

    file: str
    function: str
    before: str
    after: str
    why: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The mutation it is about."""
        return self.file, self.function, self.before, self.after

    def __str__(self) -> str:
        return f"{self.file} {self.function}: `{self.before}` became `{self.after}`"


def read_explanations(path: Path = FILE) -> list[Explanation]:
    """The checked-in explanations.

    Raises:
        ValueError: an entry lacks a field, has one too many, says nothing, or stands there twice.
    """
    found: list[Explanation] = []
    for entry in tomllib.loads(path.read_text("utf-8")).get("survivor", []):
        try:
            explanation = Explanation(**entry)
        except TypeError as error:
            raise ValueError(f"{path.name}: {entry}: {error}") from error
        if len(explanation.why.split()) < LEAST_WORDS:
            raise ValueError(f"{path.name}: {explanation}: `why` explains nothing")
        found.append(explanation)
    keys = [explanation.key for explanation in found]
    if len(keys) != len(set(keys)):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{path.name}: {twice} is explained twice")
    return found


def explain(
    survivors: Iterable[Mutation], explanations: Iterable[Explanation], name: str = ""
) -> tuple[dict[Mutation, str], list[Explanation]]:
    """Each survivor's explanation ("" for none), and the explanations that fit no survivor.

    Args:
        survivors: the mutations that nothing noticed.
        explanations: the checked-in ones.
        name: the file or function that was tried; explanations of others are left alone.
    """
    reasons = {entry.key: entry.why for entry in explanations}
    told = {mutation: reasons.get(mutation.key, "") for mutation in survivors}
    used = {mutation.key for mutation in told}
    stale = [entry for entry in explanations if entry.key not in used and _is_tried(entry, name)]
    return told, stale


def _is_tried(entry: Explanation, name: str) -> bool:
    """Whether an explanation belongs to what was tried."""
    return not name or Mutation(entry.file, 0, 0, entry.function, entry.before, entry.after).fits(name)
