"""The log's last lines are kept in two files of bounded size, and never hold the program up."""

import io
from pathlib import Path

import pytest

from sync.runtime import kept_log
from sync.runtime.kept_log import KeptLog, last_lines
from sync.runtime.redaction import redact_text


def test_lines_go_on_and_are_kept_without_colours(tmp_path: Path) -> None:
    beside = io.StringIO()
    log = KeptLog(tmp_path / "log", beside)
    assert log.write("\x1b[32mpaper.out\x1b[0m 缺纸\n") == len("\x1b[32mpaper.out\x1b[0m 缺纸\n")
    log.flush()
    log.finish()
    assert beside.getvalue() == "\x1b[32mpaper.out\x1b[0m 缺纸\n"
    assert last_lines(tmp_path / "log", 5) == ["paper.out 缺纸"]
    assert log.isatty() is False


def test_two_files_take_turns_and_stay_small(tmp_path: Path) -> None:
    log = KeptLog(tmp_path, io.StringIO(), most_bytes=100)
    for number in range(60):
        log.write(f"line {number:02}\n")
    log.finish()
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes.keys() == {kept_log.FILE, kept_log.OLDER}
    assert max(sizes.values()) <= 100
    assert last_lines(tmp_path, 3) == ["line 57", "line 58", "line 59"]
    assert len(last_lines(tmp_path, 100)) == sum(sizes.values()) // len("line 00\n")


def test_a_text_longer_than_a_file_is_cut(tmp_path: Path) -> None:
    log = KeptLog(tmp_path, io.StringIO(), most_bytes=100)
    log.write("before\n")
    log.write("a" * 5_000 + "\n")
    log.write("after\n")
    log.finish()
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == {
        kept_log.FILE: 6,
        kept_log.OLDER: 100,
    }
    assert last_lines(tmp_path, 5) == ["a" * 95 + " …", "after"]


def test_a_folder_that_takes_no_file_loses_the_copy_alone(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file")
    beside = io.StringIO()
    log = KeptLog(tmp_path / "log", beside)
    log.write("still told\n")
    log.finish()
    log.write("after the end\n")
    assert beside.getvalue() == "still told\nafter the end\n"
    assert last_lines(tmp_path / "log", 5) == []
    assert (tmp_path / "log").read_text() == "a file"


@pytest.mark.parametrize(
    "text", ["$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaC9oYXNo+Q", "$2b$12$abcdefghijklmnopqrstuv"]
)
def test_hashes_of_secrets_are_hidden_in_any_text(text: str) -> None:
    assert redact_text(f"kept {text} for mei") == "kept [hidden] for mei"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mqtts://hub.example:8883", "mqtts://hub.example:8883"),
        ("dials mqtt://u:p@ss@hub.example/x@y now", "dials mqtt://[hidden]@hub.example/x@y now"),
        ("serial:/dev/ttyUSB0?baud=9600", "serial:/dev/ttyUSB0?baud=9600"),
        ("https://shop.example/?to=mei@example.com", "https://shop.example/?to=mei@example.com"),
    ],
)
def test_an_address_loses_its_login(url: str, shown: str) -> None:
    assert redact_text(url) == shown
