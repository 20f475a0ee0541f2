"""A seed tells the same history whatever the hash seed and the Python: a failure seen once is seen again."""

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SEEDS = [0, 3, 11]
PROGRAM = (
    "import json, sys; from sync.simulator.history import play;"
    f"json.dump([play(seed).digest for seed in {SEEDS}], sys.stdout)"
)
OTHERS = ("python3.11", "python3.12", "python3.13", "python3.14")


@cache
def digests(python: str, hash_seed: str, *options: str) -> tuple[str, ...]:
    """The stories' digests in a process of its own."""
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed, "PATH": "/usr/bin:/bin"}
    ended = subprocess.run(
        [python, *options, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=True
    )
    return tuple(json.loads(ended.stdout))


@cache
def other_pythons() -> list[str]:
    """Other interpreters on this machine that have what the simulator imports."""
    found = [path for name in OTHERS if (path := shutil.which(name))]
    return [python for python in found if python != sys.executable and _has_pydantic(python)]


def _has_pydantic(python: str) -> bool:
    """Whether an interpreter starts and can read messages."""
    asked = [python, "-c", "import pydantic, sys; assert sys.version_info >= (3, 11)"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("hash_seed", ["1", "4294967295", "random"])
def test_a_seed_tells_the_same_history_under_any_hash_seed(hash_seed: str) -> None:
    usual = digests(sys.executable, "0")
    assert len(set(usual)) == len(SEEDS)
    assert digests(sys.executable, hash_seed) == usual


def test_a_seed_tells_the_same_history_without_assertions() -> None:
    assert digests(sys.executable, "0", "-O") == digests(sys.executable, "0")


def test_a_seed_tells_the_same_history_on_every_python_here() -> None:
    pythons = [sys.executable, *other_pythons()]
    told = {python: digests(python, "7") for python in pythons}
    assert told == dict.fromkeys(pythons, digests(sys.executable, "0"))
