"""Profiles are checked when they are read; addresses too."""

import pytest

from devices.errors import AddressError, ProfileError
from devices.ports.address import port_at, serial_settings
from devices.ports.serial_line import SerialSettings
from devices.profiles.loader import load_profile, parse_profile, profile_names

GOOD = """
name = "n"
columns = 48
dots = 576
encoding = "gbk"
kanji_on = "1C 26"
cut = "none"
status = "none"
completion = "none"
"""


def test_the_shipped_profiles_load() -> None:
    assert profile_names() == ("generic-58", "generic-80")
    assert [(load_profile(key).columns, load_profile(key).dots) for key in profile_names()] == [
        (32, 384),
        (48, 576),
    ]
    assert load_profile("generic-80").kanji_on == b"\x1c&"


@pytest.mark.parametrize("key", ["generic-81", "../generic-80", "", "GENERIC-80"])
def test_an_unknown_profile_is_refused_with_those_there_are(key: str) -> None:
    with pytest.raises(ProfileError, match="generic-58, generic-80"):
        load_profile(key)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("columns = 48", "columns = 4", "columns"),
        ("columns = 48", 'columns = "48"', "columns"),
        ("columns = 48", "", "missing"),
        ('cut = "none"', 'cut = "tear"', "cut"),
        ('name = "n"', 'name = "n"\ncolour = "red"', "unknown"),
        ('"1C 26"', '"1C 2"', "hex"),
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
