"""A text has one translation in a program.

A program merges the texts of its packages into one catalogue: a text that two of them translate
differently would be shown in the words of whichever comes last.
"""

from collections import defaultdict
from pathlib import Path

import pytest

from sync.web.translations import LOCALES, read_catalogue

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("tag", LOCALES)
@pytest.mark.parametrize("program", ["hub", "pos_agent"])
def test_no_text_has_two_translations_in_one_program(program: str, tag: str) -> None:
    files = [
        path
        for folder in (program, "sync")
        for path in sorted((ROOT / folder).rglob(f"translations/{tag.replace('-', '_')}.po"))
    ]
    assert len(files) > 2, files
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in files:
        for message in read_catalogue(path, tag):
            if message.id:
                said[str(message.id)][str(message.string)].append(str(path.relative_to(ROOT)))
    assert {text: dict(ways) for text, ways in said.items() if len(ways) > 1} == {}
