"""The launcher sets up the environment without a wall of warnings, and says what went wrong."""

import importlib.util
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The launcher as a module, whose environment is in a folder of the test."""
    loader = SourceFileLoader("omo_launcher", str(ROOT / "omo"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path)
    monkeypatch.setattr(module, "STAMP", tmp_path / "stamp.json")
    return module


def test_packages_are_installed_by_hash_and_only_errors_are_told(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(launcher.subprocess, "run", run)
    launcher.environment(development=False)

    assert len(ran) == 2
    assert {"-qq", "--require-hashes", str(ROOT / "requirements.lock")} <= set(ran[1])
    assert capsys.readouterr().err.count("\n") == 1
    assert launcher.is_ready(launcher.wanted(development=False))


def test_an_installation_that_fails_is_told_and_tried_again_next_time(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = iter([0, 1])

    def run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, next(codes))

    monkeypatch.setattr(launcher.subprocess, "run", run)
    with pytest.raises(SystemExit):
        launcher.environment(development=False)

    assert "requirements.lock could not be installed" in capsys.readouterr().err
    assert not launcher.is_ready(launcher.wanted(development=False))
