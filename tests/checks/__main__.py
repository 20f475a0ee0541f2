"""`./omo check`: every static check, each named; all run, the exit code tells whether any failed."""

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.checks import documents, locks, sizes, texts

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("sync", "devices", "hub", "pos_agent")
BIN = Path(sys.executable).parent
TOOLS: dict[str, list[str]] = {
    "ruff": [str(BIN / "ruff"), "check", "omo", *PACKAGES, "tests"],
    "format": [str(BIN / "ruff"), "format", "--check", "omo", *PACKAGES, "tests"],
    "types": [str(BIN / "mypy")],
    "floors": [str(BIN / "lint-imports"), "--no-cache"],
    "dependencies": [str(BIN / "deptry"), "."],
    "typos": [str(BIN / "typos"), "--quiet"],
}


def run_tool(command: list[str]) -> list[str]:
    """The findings of a program: its output when it fails, nothing when it passes."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()] or ["failed"]


def main() -> int:
    """Run all checks, or those named as arguments."""
    checks: dict[str, Callable[[], list[str]]] = {
        **{name: partial(run_tool, command) for name, command in TOOLS.items()},
        "sizes": lambda: sizes.findings(ROOT, PACKAGES),
        "translations": lambda: texts.findings(ROOT, PACKAGES),
        "locks": lambda: locks.findings(ROOT),
        "documents": lambda: documents.findings(ROOT, PACKAGES),
    }
    wanted = sys.argv[1:] or list(checks)
    failed = 0
    for name in wanted:
        started = time.perf_counter()
        found = checks[name]()
        failed += bool(found)
        sys.stdout.write(f"{'FAIL' if found else 'ok  '} {name:<14} {time.perf_counter() - started:5.1f} s\n")
        for line in found[:60]:
            sys.stdout.write(f"     {line}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(wanted) - failed} passed, {failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
