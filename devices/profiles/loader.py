"""Reads and checks printer profiles. A profile says what a model can do, not where one stands."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, get_args

from devices.errors import ProfileError

Cjk = Literal["text", "raster"]
Raster = Literal["gs_v_0", "gs_paren_l", "none"]
Cut = Literal["feed_partial", "feed_full", "partial", "full", "none"]
StatusQuery = Literal["asb", "dle", "none"]
Completion = Literal["gs_r", "gs_h", "none"]
Handshake = Literal["none", "rtscts", "xonxoff"]

HALF_DOTS: Final = 12
"""The width of a half-width character in dots: the grid of font A and of the two-byte fonts, 12 x 24."""
SMALL_DOTS: Final = 9
"""The width of a character of font B, 9 x 17."""
MOST_BYTES: Final = 16_384
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HEX = ("kanji_on", "kanji_off")
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "cjk": get_args(Cjk),
    "encoding": ("gbk",),
    "raster": get_args(Raster),
    "cut": get_args(Cut),
    "status": get_args(StatusQuery),
    "completion": get_args(Completion),
    "handshake": get_args(Handshake),
}
_TEXTS = ("name", *_HEX, *_CHOICES)
_SIZES = {
    "columns": (16, 96),
    "small_columns": (0, 128),
    "dots": (192, 1152),
    "dpi": (100, 600),
    "drawer_pin": (0, 5),
    "drawer_pulse_ms": (2, 510),
    "chunk_bytes": (0, 65_536),
    "chunk_delay_ms": (0, 1000),
    "baud": (0, 921_600),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One printer model.

    Attributes:
        key: the file's name, for example ``generic-80``.
        name: for people.
        columns: half-width characters a line holds.
        small_columns: characters of font B (9 x 17) that a line holds; 0 = it has none.
        dots: printable width in dots.
        dpi: dots per inch, of paper and head alike.
        cjk: ``text`` = it has a Chinese font; ``raster`` = every line is sent as a picture.
        encoding: of its built-in Chinese font; ``gbk`` = one and two bytes a character.
        kanji_on: bytes that switch the two-byte font on.
        kanji_off: bytes that switch it off for commands whose data it would swallow; may be empty.
        raster: the command that takes a picture; ``none`` = it takes no picture.
        cut: how it cuts; ``feed_…`` moves the last line past the knife first.
        drawer_pin: the connector's pin that opens a drawer, 2 or 5; 0 = it has none.
        drawer_pulse_ms: how long the pulse is, in steps of 2 ms.
        status: how it is asked for its state; ``none`` = it never answers.
        completion: which mark it answers once all before it is printed; ``none`` = never.
        chunk_bytes: the most bytes it takes at once; 0 = a whole job.
        chunk_delay_ms: what it needs between two chunks.
        baud: its usual speed on a serial line; 0 = it has none.
        handshake: how it stops a serial line.
    """

    key: str
    name: str
    columns: int
    small_columns: int
    dots: int
    dpi: int
    cjk: Cjk
    encoding: str
    kanji_on: bytes
    kanji_off: bytes
    raster: Raster
    cut: Cut
    drawer_pin: int
    drawer_pulse_ms: int
    status: StatusQuery
    completion: Completion
    chunk_bytes: int
    chunk_delay_ms: int
    baud: int
    handshake: Handshake


@cache
def profile_names() -> tuple[str, ...]:
    """The keys of all shipped profiles, sorted."""
    files = resources.files("devices.profiles").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def load_profile(key: str, own: Path | None = None) -> Profile:
    """A profile by its key: the shop's own before those that ship.

    Args:
        key: the file's name without ``.toml``.
        own: a folder with the shop's own profiles.

    Raises:
        ProfileError: there is none of that name (the text lists those there are), or it is wrong.
    """
    if not _NAME.fullmatch(key):
        raise ProfileError(f"no printer profile {key!r}: names are small letters, digits and dashes")
    if own is not None and (own / f"{key}.toml").is_file():
        return parse_profile(key, _text_of(own / f"{key}.toml"))
    return _shipped(key)


@cache
def _shipped(key: str) -> Profile:
    if key not in profile_names():
        raise ProfileError(f"no printer profile {key!r}: there are {', '.join(profile_names())}")
    return parse_profile(key, (resources.files("devices.profiles") / f"{key}.toml").read_text("utf-8"))


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise ProfileError(f"profile {path}: has more than {MOST_BYTES} bytes")
        return content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"profile {path}: cannot be read: {error}") from error


def parse_profile(key: str, text: str) -> Profile:
    """A profile from its TOML text.

    Raises:
        ProfileError: naming the first value that is wrong.
    """
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of too many digits is no TOMLDecodeError
        raise ProfileError(f"profile {key}: {error}") from error
    _check_keys(key, values)
    _check_values(key, values)
    for field in _HEX:
        try:
            values[field] = bytes.fromhex(values[field])
        except ValueError as error:
            raise ProfileError(f"profile {key}: {field} is no hex text") from error
    profile = Profile(key=key, **values)
    _check_sense(profile)
    return profile


def _check_keys(key: str, values: dict[str, Any]) -> None:
    wanted = {*_TEXTS, *_SIZES}
    if missing := sorted(wanted - set(values)):
        raise ProfileError(f"profile {key}: {', '.join(missing)} missing")
    if unknown := sorted(set(values) - wanted):
        raise ProfileError(f"profile {key}: {', '.join(unknown)} unknown")


def _check_values(key: str, values: dict[str, Any]) -> None:
    for field, (low, high) in _SIZES.items():
        if type(values[field]) is not int or not low <= values[field] <= high:
            raise ProfileError(f"profile {key}: {field} must be a whole number from {low} to {high}")
    for field in _TEXTS:
        choices = _CHOICES.get(field)
        if not isinstance(values[field], str) or (choices and values[field] not in choices):
            raise ProfileError(f"profile {key}: {field} must be {' or '.join(choices or ('a text',))}")


def _check_sense(profile: Profile) -> None:
    """What is right by itself and wrong together."""
    wrong = (
        (profile.columns * HALF_DOTS > profile.dots, f"{profile.columns} columns need more than its dots"),
        (
            profile.small_columns * SMALL_DOTS > profile.columns * HALF_DOTS,
            f"{profile.small_columns} small_columns are wider than its columns",
        ),
        (0 < profile.small_columns < 16, "small_columns must be 0 or at least 16"),
        (profile.dots % 8 != 0, "dots must be a multiple of 8, as pictures are sent"),
        (profile.drawer_pin not in {0, 2, 5}, "drawer_pin must be 0, 2 or 5"),
        (profile.cjk == "raster" and profile.raster == "none", "cjk raster needs a raster command"),
        (profile.completion != "none" and profile.status == "none", "a completion mark needs a status"),
    )
    for is_so, why in wrong:
        if is_so:
            raise ProfileError(f"profile {profile.key}: {why}")
