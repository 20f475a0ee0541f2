"""Profiles are checked when they are read; addresses too."""

from pathlib import Path

import pytest

from devices.errors import AddressError, ProfileError
from devices.ports.address import port_at, serial_settings
from devices.ports.serial_line import SerialSettings
from devices.profiles.loader import load_profile, parse_profile, profile_names

GOOD = """
name = "n"
columns = 48
small_columns = 64
dots = 576
encoding = "gbk"
kanji_on = "1C 26"
kanji_off = ""
dpi = 203
cjk = "text"
raster = "none"
cut = "none"
drawer_pin = 0
drawer_pulse_ms = 100
status = "none"
completion = "none"
chunk_bytes = 0
chunk_delay_ms = 0
baud = 0
handshake = "none"
"""


def test_the_shipped_profiles_load() -> None:
    assert {key: (load_profile(key).columns, load_profile(key).dots) for key in profile_names()} == {
        "epson-tm-t82": (48, 576),
        "epson-tm-t88": (42, 512),
        "generic-58": (32, 384),
        "generic-80": (48, 576),
        "xprinter-80": (48, 576),
    }
    assert load_profile("generic-80").kanji_on == b"\x1c&"


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(ProfileError, match="generic-58, generic-80"):
        load_profile("generic-81")


@pytest.mark.parametrize("key", ["../generic-80", "", "GENERIC-80", "a" * 9 + "/b"])
def test_a_name_that_could_be_a_path_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="small letters"):
        load_profile(key, tmp_path)


@pytest.mark.parametrize("text", ["a = " + "[" * 16_000, "a = " + "{a = " * 3000, f"columns = {'9' * 5000}"])
def test_a_profile_that_is_too_much_for_its_reader_is_refused(text: str) -> None:
    with pytest.raises(ProfileError, match="profile mine: "):
        parse_profile("mine", text)


def test_a_shop_s_own_profile_comes_before_one_that_ships(tmp_path: Path) -> None:
    (tmp_path / "generic-80.toml").write_text(GOOD)
    (tmp_path / "counter-1.toml").write_text(GOOD.replace('name = "n"', 'name = "Counter"'))
    assert load_profile("generic-80", tmp_path).name == "n"
    assert load_profile("counter-1", tmp_path).name == "Counter"
    assert load_profile("generic-58", tmp_path).columns == 32
    (tmp_path / "counter-1.toml").write_bytes(b"\xff\xfe" + GOOD.encode())
    with pytest.raises(ProfileError, match="cannot be read"):
        load_profile("counter-1", tmp_path)
    (tmp_path / "counter-1.toml").write_text(GOOD + "#" * 20_000)
    with pytest.raises(ProfileError, match="more than 16384 bytes"):
        load_profile("counter-1", tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("columns = 48", "columns = 4", "columns"),
        ("columns = 48", 'columns = "48"', "columns"),
        ("columns = 48", "", "missing"),
        ("small_columns = 64", "small_columns = 65", "wider than its columns"),
        ("small_columns = 64", "small_columns = 15", "at least 16"),
        ('cut = "none"', 'cut = "tear"', "cut"),
        ('name = "n"', 'name = "n"\ncolour = "red"', "unknown"),
        ('"1C 26"', '"1C 2"', "hex"),
        ("dots = 576", "dots = 570", "need more than its dots"),
        ("dots = 576", "dots = 580", "multiple of 8"),
        ("drawer_pin = 0", "drawer_pin = 3", "drawer_pin"),
        ('cjk = "text"', 'cjk = "raster"', "raster command"),
        ('completion = "none"', 'completion = "gs_r"', "needs a status"),
        ("dots = 576", "dots =", "profile x"),
    ],
)
def test_a_wrong_profile_is_refused_by_the_value_that_is_wrong(old: str, new: str, word: str) -> None:
    assert parse_profile("x", GOOD).cut == "none"
    with pytest.raises(ProfileError, match=word):
        parse_profile("x", GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("uri", "peer"),
    [
        ("tcp://192.168.1.60:9101", "tcp://192.168.1.60:9101"),
        ("tcp://printer", "tcp://printer:9100"),
        ("serial:/dev/ttyUSB0?baud=19200&flow=rtscts", "serial:/dev/ttyUSB0"),
    ],
)
def test_addresses_name_ports(uri: str, peer: str) -> None:
    assert port_at(uri).peer == peer


def test_serial_options_are_read() -> None:
    assert serial_settings("serial:/dev/x?baud=19200&flow=xonxoff") == SerialSettings(
        "/dev/x", 19200, xonxoff=True
    )


@pytest.mark.parametrize(
    "uri",
    [
        *("", "usb", "tcp://", "tcp://h:x", "tcp://h:99999", "tcp://h/path"),
        *(
            "serial:",
            "serial:/d?baud=fast",
            "serial:/d?baud=49",
            f"serial:/d?baud={'9' * 5000}",
            "serial:/d?x=1",
        ),
    ],
)
def test_an_unreadable_address_is_refused(uri: str) -> None:
    with pytest.raises(AddressError):
        port_at(uri)
