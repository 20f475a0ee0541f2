"""A demo as a person starts it: the launcher's module, its JSON line, and its end."""

import contextlib
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.demo.broker import module_argv
from hub.demo.ports import choose

STOP_LIMIT_S = 60
STORES = 3


@contextlib.contextmanager
def running_demo(folder: Path, *options: str) -> Iterator[dict[str, Any]]:
    """Start a demo on free ports; gives its JSON line; it is stopped as by Ctrl-C, and must end well."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "demo.log").exists():  # the first start in this folder, of a copied demo too
        options = (*options, "--port-base", str(choose(STORES, usual=False).base))
    argv = module_argv("hub.demo", "--json", "--no-browser", "--data", str(folder / "data"), *options)
    with (folder / "demo.log").open("ab") as log:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (folder / "demo.log").read_text("utf-8")
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            code = process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        if process.stdout is not None:
            process.stdout.close()
    assert code == 0, (folder / "demo.log").read_text("utf-8")


def kept_facts(folder: Path) -> dict[str, Any]:
    """What the demo remembers, without its processes."""
    kept: dict[str, Any] = json.loads((folder / "data" / "demo.json").read_text("utf-8"))
    return {name: value for name, value in kept.items() if name != "children"}
