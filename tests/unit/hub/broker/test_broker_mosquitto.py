"""The generated configuration, by version; and telling a process without harming a stranger."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.broker.errors import MosquittoMissingError
from hub.broker.files import BrokerUser, write_files
from hub.broker.mosquitto import MosquittoSettings, configuration, parse_version, version_of
from hub.broker.process import PID_FILE, is_broker, reload, running_pid
from hub.broker.sync_users import reload_broker


def lines(version: tuple[int, int, int], **more: object) -> list[str]:
    settings = MosquittoSettings(1883, Path("/d/broker"), **more)  # type: ignore[arg-type]
    return [line for line in configuration(version, settings).splitlines() if not line.startswith("#")]


def test_a_configuration_is_closed_bounded_and_keeps_nothing() -> None:
    assert lines((2, 0, 11)) == [
        "listener 1883 127.0.0.1",
        "allow_anonymous false",
        "pid_file /d/broker/broker.pid",
        "password_file /d/broker/passwords",
        "acl_file /d/broker/rules",
        "persistence false",
        "max_inflight_messages 100",
        "max_queued_messages 10000",
        "max_queued_bytes 67108864",
        "queue_qos0_messages false",
        "max_packet_size 1000000",
        "set_tcp_nodelay true",
        "connection_messages true",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
    ]


def test_started_by_root_it_stays_root_and_says_why() -> None:
    text = configuration((2, 0, 11), MosquittoSettings(1, Path("/d"), as_root=True))
    assert "user root" in text.splitlines()
    assert "cannot read files of mode 0600" in text
    assert "user root" not in lines((2, 0, 11))


def test_from_2_1_on_files_are_read_by_plugins_where_they_are_installed() -> None:
    assert [line for line in lines((2, 1, 0), plugin_folder=Path("/p")) if "file" in line] == [
        "pid_file /d/broker/broker.pid",
        "global_plugin /p/mosquitto_password_file.so",
        "plugin_opt_password_file /d/broker/passwords",
        "global_plugin /p/mosquitto_acl_file.so",
        "plugin_opt_acl_file /d/broker/rules",
    ]
    assert "password_file /d/broker/passwords" in lines((2, 1, 0))


def test_a_version_is_read_from_the_help_text() -> None:
    assert parse_version("mosquitto version 2.0.11\n\nmosquitto is an MQTT broker.") == (2, 0, 11)
    with pytest.raises(MosquittoMissingError):
        parse_version("something else")
    with pytest.raises(MosquittoMissingError):
        version_of(Path("/nowhere/mosquitto"))


def test_a_stranger_with_a_stale_pid_is_never_told(tmp_path: Path) -> None:
    # given
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    write_files([BrokerUser.with_secret("s1", "x")], tmp_path)
    (tmp_path / PID_FILE).write_text(f"{stranger.pid}\n")

    # when
    told = (reload(stranger.pid), reload_broker(tmp_path), running_pid(tmp_path))

    # then
    assert told == (False, False, None)
    assert stranger.poll() is None  # SIGHUP would have ended it
    stranger.communicate(b"\n", timeout=10)
    assert stranger.returncode == 0


@pytest.mark.parametrize("content", ["", "x", "0", "-1", "99999999"])
def test_a_damaged_pid_file_names_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / PID_FILE).write_text(content)
    assert running_pid(tmp_path) is None
    assert not is_broker(os.getpid())
