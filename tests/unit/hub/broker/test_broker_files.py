"""The files that brokers read."""

import stat
from pathlib import Path

import pytest

from hub.broker.errors import BadUserError
from hub.broker.files import (
    PASSWORD_FILE,
    RULE_FILE,
    USERS_FILE,
    BrokerUser,
    password_text,
    read_users,
    rule_text,
    write_files,
)
from hub.broker.secret_hash import hash_secret, new_secret, secret_matches

# Made by mosquitto_passwd 2.0.11 for the secret "s3cret-é".
FROM_MOSQUITTO = (
    "$7$101$toABoHCcK8sdIbDV$IiouhgKUcbxRQrJeCBVFPZIVyTWJVv3VlkhXmGQWFiEpXJzHICMQyvQIKsdH5lQ20cWz"
    "+2xHgg9DCSGv5jOqTw=="
)


def test_a_hash_made_by_mosquitto_is_understood() -> None:
    assert secret_matches("s3cret-é", FROM_MOSQUITTO)
    assert not secret_matches("s3cret-e", FROM_MOSQUITTO)


def test_hashes_are_salted_and_match_their_secret_alone() -> None:
    # given
    secret = new_secret()

    # when
    one, two = hash_secret(secret), hash_secret(secret)

    # then
    assert one != two
    assert one.startswith("$7$101$")
    assert secret_matches(secret, one)
    assert not secret_matches(secret + "x", one)
    assert len(secret) == 43


@pytest.mark.parametrize(
    "stored",
    ["", "plain", "$6$101$AAAA$AAAA", "$7$x$AAAA$AAAA", "$7$0$AAAA$AAAA", "$7$101$!$!", "$7$101$AAAA$AAAA\n"],
)
def test_an_unreadable_hash_admits_nobody_and_is_no_user(stored: str) -> None:
    assert not secret_matches("", stored)
    with pytest.raises(BadUserError):
        BrokerUser("s1", stored)


def test_a_user_never_shows_its_hash() -> None:
    assert repr(BrokerUser("s1", FROM_MOSQUITTO)) == "BrokerUser('s1')"


def test_the_files_say_what_each_broker_reads(tmp_path: Path) -> None:
    # given
    users = [BrokerUser("hub", FROM_MOSQUITTO), BrokerUser("s1", FROM_MOSQUITTO)]
    folder = tmp_path / "broker"

    # when
    write_files(users, folder)

    # then
    assert (folder / PASSWORD_FILE).read_text() == f"hub:{FROM_MOSQUITTO}\ns1:{FROM_MOSQUITTO}\n"
    assert read_users(folder / USERS_FILE) == {"hub": FROM_MOSQUITTO, "s1": FROM_MOSQUITTO}
    assert (folder / RULE_FILE).read_text().splitlines()[1:] == [
        "pattern write omo/1/%u/+/up",
        "pattern write omo/1/%u/+/presence",
        "pattern write omo/1/%u/+/health",
        "pattern read omo/1/%u/+/down",
        "pattern read omo/1/all/#",
        "pattern read omo/1/hub/#",
        "",
        "user hub",
        "topic readwrite omo/1/#",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == sorted([PASSWORD_FILE, RULE_FILE, USERS_FILE])


def test_a_doubled_user_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    # given
    user = BrokerUser("s1", FROM_MOSQUITTO)
    write_files([user], tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    # when
    with pytest.raises(BadUserError, match="s1"):
        write_files([user, user], tmp_path)

    # then
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_is_replaced_by_a_new_one_and_never_written_in_place(tmp_path: Path) -> None:
    # given
    write_files([], tmp_path)
    with (tmp_path / PASSWORD_FILE).open() as still_open:
        # when
        write_files([BrokerUser("s1", FROM_MOSQUITTO)], tmp_path)

        # then
        assert still_open.read() == ""
    assert (tmp_path / PASSWORD_FILE).read_text() == password_text([BrokerUser("s1", FROM_MOSQUITTO)])


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"users": []}', '{"users": {"s1": "plain"}}', '{"v": 1}']
)
def test_a_damaged_user_file_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / USERS_FILE
    path.write_text(content)
    with pytest.raises(BadUserError):
        read_users(path)


def test_the_rule_file_holds_nothing_of_any_store() -> None:
    assert "{" not in rule_text()
