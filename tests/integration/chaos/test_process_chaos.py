"""Real programs under people and faults, bounded: everybody was told the truth."""

import json
import subprocess
from pathlib import Path

import pytest

from hub.demo.broker import module_argv

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]
SECONDS = 21
RUN_LIMIT_S = 280


def test_under_kills_and_bad_lines_everybody_is_told_the_truth(tmp_path: Path) -> None:
    # given
    file = tmp_path / "report.json"
    wish = ("--processes", "--minutes", str(SECONDS / 60), "--seed", "17", "--json", str(file))

    # when
    done = subprocess.run(
        module_argv("hub.chaos", *wish), capture_output=True, text=True, timeout=RUN_LIMIT_S, check=False
    )

    # then
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    report = json.loads(file.read_text("utf-8"))
    assert report["rows"] == []
    assert {kind.partition(" ")[0] for kind in report["faults"]} >= {"kill", "line"}
    for what in ("orders placed", "sales", "hand-overs", "deliveries", "answers lost"):
        assert report["told"][what] > 0, report["told"]
    assert len(report["verified"]) == 3
