"""The scale of drivers: each driver says of 15 points what it can show, by a test that exists."""

import ast
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[3]
FILES: Final = sorted((ROOT / "docs" / "drivers").glob("*.toml"))
POINTS: Final = (
    "test_before_configure",
    "stable_identity",
    "reconnect_with_backoff",
    "logs_once",
    "status_never_guessed",
    "timeouts_both_ways",
    "no_blocking_call",
    "secrets_masked",
    "hot_reconfigure",
    "simulator_parity",
    "errors_in_plain_words",
    "documented_limits",
    "typed",
    "property_tested_parser",
    "golden_bytes",
)
SIGNS: Final = {"done": "●", "exempt": "–", "todo": "○"}
NO_DRIVERS: Final = {"address", "open_file", "owned_thread", "port", "trouble", "usb_bus", "__init__"}
"""Modules beside the ports that are none."""


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def verdict_of(point: dict[str, str]) -> tuple[str, str]:
    """What is said of one point, and the test or the reason."""
    ((verdict, words),) = point.items()
    return verdict, words


def table() -> str:
    """The table of docs/devices.md."""
    names = [path.stem.replace("_", " ") for path in FILES]
    rows = [" | ".join(["", "point", *names, ""]).strip(), "|---" * (len(names) + 1) + "|"]
    for point in POINTS:
        signs = [SIGNS[verdict_of(read(path)[point])[0]] for path in FILES]
        rows.append(" | ".join(["", point.replace("_", " "), *signs, ""]).strip())
    return "\n".join(rows)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_point_is_shown_by_a_test_or_has_a_reason(path: Path) -> None:
    scale = read(path)
    assert (ROOT / scale["module"]).is_file()
    assert tuple(name for name in scale if name != "module") == POINTS
    for point in POINTS:
        verdict, words = verdict_of(scale[point])
        assert verdict in SIGNS
        if verdict == "done":
            file, _, test = words.partition("::")
            tree = ast.parse((ROOT / file).read_text("utf-8"))
            functions = {
                node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            assert test in functions, f"{path.stem}: {point} names {words}"
        else:
            assert len(words) >= 10


def test_every_driver_has_its_file() -> None:
    ports = {path.stem for path in (ROOT / "devices" / "ports").glob("*.py")} - NO_DRIVERS
    scanners = {path.stem for path in (ROOT / "devices" / "scanning").glob("*_port.py")} | {"serial_source"}
    described = {Path(read(path)["module"]).stem for path in FILES}
    assert described >= ports | scanners | {"worker", "drawer", "driver"}


def test_every_module_of_a_driver_is_checked_strictly() -> None:
    checks = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert checks["strict"] is True
    checked = checks.get("packages", checks.get("files"))
    assert all(Path(read(path)["module"]).parts[0] in checked for path in FILES)


def test_the_table_says_what_the_files_say() -> None:
    assert table() in (ROOT / "docs" / "devices.md").read_text("utf-8")
