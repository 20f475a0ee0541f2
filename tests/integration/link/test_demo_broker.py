"""Starting the demo's broker, and the words when it cannot start."""

import asyncio
import json
import socket
import sys
from pathlib import Path

import pytest

from hub.broker.errors import BrokerStartError
from hub.broker.files import USERS_FILE, BrokerUser, write_files
from hub.broker.process import running_pid
from hub.demo.broker import broker_folder, start_broker, stop_broker
from sync.link.address import BadAddressError
from tests.integration.link.stages import RealStage


async def test_a_started_broker_names_its_process_and_ends(real_stage: RealStage, tmp_path: Path) -> None:
    # given
    broker = real_stage.broker

    # then
    assert broker.kind == real_stage.kind
    assert broker.pid == running_pid(broker_folder(tmp_path))

    # when
    await stop_broker(broker)

    # then
    assert running_pid(broker_folder(tmp_path)) is None
    with pytest.raises(BrokerStartError, match="no broker accepts connections"):
        await start_broker(broker.url, tmp_path, 0)


async def test_a_running_broker_is_used_as_it_is(real_stage: RealStage, tmp_path: Path) -> None:
    # when
    used = await start_broker(real_stage.url(), tmp_path / "other", 0)
    await stop_broker(used)

    # then
    assert (used.url, used.kind, used.pid, used.start) == (real_stage.url(), "external", None, [])
    assert not (tmp_path / "other").exists()
    assert await start_broker(real_stage.url(), tmp_path, 0) == used


async def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerStartError, match=f"port {port} is already in use"):
            await start_broker("embedded", tmp_path, port)


@pytest.mark.parametrize("kind", ["", "rabbit", "http://h"])
def test_an_unknown_broker_is_told_with_the_choices(tmp_path: Path, kind: str) -> None:
    with pytest.raises(BadAddressError, match="auto, mosquitto, embedded or mqtt://host:port"):
        asyncio.run(start_broker(kind, tmp_path, 0))
    assert list(tmp_path.iterdir()) == []


async def test_the_embedded_broker_tells_its_port_and_that_it_is_for_a_demo(tmp_path: Path) -> None:
    # given
    write_files([BrokerUser.with_secret("hub", "x")], tmp_path)

    # when
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-m", "hub.broker.embedded", "--port", "0", "--users", str(tmp_path / USERS_FILE)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(15):
        said = json.loads(await process.stdout.readline())
        process.terminate()
        _out, words = await process.communicate()

    # then
    assert said == {
        "listening": f"mqtt://127.0.0.1:{said['port']}",
        "port": said["port"],
        "pid": process.pid,
        "kind": "embedded",
    }
    assert process.returncode == 0
    assert b"not for production" in words
    assert b"Warning" not in words


async def test_the_embedded_broker_tells_a_taken_port_in_one_line(tmp_path: Path) -> None:
    # given
    write_files([], tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        # when
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "hub.broker.embedded", "--port", port, "--users", str(tmp_path / USERS_FILE)),
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(15):
            _out, words = await process.communicate()

    # then
    assert process.returncode == 1
    assert b"cannot start" in words
    assert b"Traceback" not in words
