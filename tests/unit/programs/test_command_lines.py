"""Both command lines: they go by their own names, and a mistake is told in words."""

import subprocess
import sys
from pathlib import Path

import pytest


def run(program: str, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", program, *words],
        check=False,
        capture_output=True,
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": "", "COLUMNS": "100"},
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(("program", "name"), [("hub.cli", "omo-hub"), ("pos_agent.cli", "omo-agent")])
def test_a_program_goes_by_its_name(tmp_path: Path, program: str, name: str) -> None:
    told = run(program, "--help", folder=tmp_path)
    assert told.returncode == 0
    assert f"Usage: {name} " in told.stdout
    wrong = run(program, "nonsense", folder=tmp_path)
    assert wrong.returncode == 2
    assert f"Try '{name} --help' for help." in wrong.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_code_for_no_store_says_where_the_stores_are(tmp_path: Path) -> None:
    assert run("hub.cli", "migrate", folder=tmp_path).returncode == 0
    told = run("hub.cli", "stores", "code", "nowhere", folder=tmp_path)
    assert told.returncode == 1
    assert told.stderr == "omo-hub: there is no store 'nowhere'; `omo-hub stores list` names them all\n"
