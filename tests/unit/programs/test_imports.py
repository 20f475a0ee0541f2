"""What a serving program loads: start-up and memory are figures that one careless import would spoil."""

import json
import subprocess
import sys

import pytest

HEAVY = {"alembic", "sqlmodel", "sqlalchemy", "rich", "escpos", "PIL", "amqtt", "granian", "phonenumbers"}


@pytest.mark.parametrize("modules", ["hub.cli, hub.serve", "pos_agent.cli, pos_agent.start"])
def test_serving_loads_nothing_heavy_that_it_does_not_use(modules: str) -> None:
    script = f"import json, sys, {modules}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert loaded & HEAVY == set()
