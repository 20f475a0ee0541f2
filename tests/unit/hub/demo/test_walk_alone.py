"""The walk with a demo of its own that does not come up: it says so in time, and leaves no process behind."""

import sys
from pathlib import Path

import pytest

from hub.walk import __main__ as walk
from hub.walk.errors import BadPlace


@pytest.mark.parametrize("program", ["import time; time.sleep(600)", "raise SystemExit(1)"])
def test_a_demo_that_never_says_where_it_is_ends_the_walk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(walk, "START_LIMIT_S", 0.5)
    monkeypatch.setattr(walk, "module_argv", lambda *_: [sys.executable, "-S", "-c", program])

    with pytest.raises(BadPlace, match="did not come up"), walk.own_demo(tmp_path):
        pytest.fail("there is no demo to walk against")
