"""Incarnations: each number is given once, whatever becomes of the database."""

from pathlib import Path

import pytest

from sync.storage.incarnations import FILE_NAME, Incarnations


def test_numbers_rise_for_each_name_and_outlive_the_program(tmp_path: Path) -> None:
    first = Incarnations(tmp_path)
    assert [first.highest("hub"), first.issue("hub"), first.issue("hub"), first.issue("s1")] == [0, 1, 2, 1]
    assert [Incarnations(tmp_path).highest(name) for name in ("hub", "s1", "s2")] == [2, 1, 0]
    assert Incarnations(tmp_path).issue("s1") == 2


def test_a_lower_number_changes_nothing(tmp_path: Path) -> None:
    kept = Incarnations(tmp_path)
    kept.raise_to("hub", 7)
    before = (tmp_path / FILE_NAME).read_bytes()
    kept.raise_to("hub", 7)
    kept.raise_to("hub", 3)
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert kept.highest("hub") == 7


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"hub": "1"}', b'{"hub": true}', b'{"hub": 1.5}', b"\xff\xfe", b"null"]
)
def test_a_damaged_file_is_never_guessed_at(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    kept = Incarnations(tmp_path)
    for act in (lambda: kept.highest("hub"), lambda: kept.issue("hub"), lambda: kept.raise_to("hub", 9)):
        with pytest.raises(ValueError, match="restore it from a backup"):
            act()
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_draft_left_by_a_crash_is_written_over(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).with_suffix(".new").write_bytes(b"half")
    assert Incarnations(tmp_path).issue("hub") == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
