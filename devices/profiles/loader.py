"""Reads and checks printer profiles. A profile says what a model can do, not where one stands."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from devices.errors import ProfileError

Cut = Literal["feed_partial", "feed_full", "partial", "full", "none"]
StatusQuery = Literal["dle", "none"]
Completion = Literal["gs_r", "none"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CHOICES = {
    "encoding": ("gbk",),
    "cut": get_args(Cut),
    "status": get_args(StatusQuery),
    "completion": get_args(Completion),
}
_TEXTS = ("name", "kanji_on", *_CHOICES)
_SIZES = {"columns": (16, 96), "dots": (192, 1152)}


@dataclass(frozen=True, slots=True)
class Profile:
    """One printer model.

    Attributes:
        key: the file's name, for example ``generic-80``.
        name: for people.
        columns: half-width characters a line holds.
        dots: printable width in dots.
        encoding: of its built-in Chinese font; ``gbk`` = one and two bytes a character.
        kanji_on: bytes that switch the two-byte font on.
        cut: how it cuts; ``feed_…`` moves the last line past the knife first.
        status: how it is asked for its state; ``none`` = it never answers.
        completion: which mark it answers once all before it is printed; ``none`` = never.
    """

    key: str
    name: str
    columns: int
    dots: int
    encoding: str
    kanji_on: bytes
    cut: Cut
    status: StatusQuery
    completion: Completion


@cache
def profile_names() -> tuple[str, ...]:
    """The keys of all shipped profiles, sorted."""
    files = resources.files("devices.profiles").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@cache
def load_profile(key: str) -> Profile:
    """A shipped profile by its key.

    Raises:
        ProfileError: there is none of that name (the text lists those there are), or it is wrong.
    """
    if not _NAME.fullmatch(key) or key not in profile_names():
        raise ProfileError(f"no printer profile {key!r}: there are {', '.join(profile_names())}")
    text = (resources.files("devices.profiles") / f"{key}.toml").read_text(encoding="utf-8")
    return parse_profile(key, text)


def parse_profile(key: str, text: str) -> Profile:
    """A profile from its TOML text.

    Raises:
        ProfileError: naming the first value that is wrong.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"profile {key}: {error}") from error
    _check_keys(key, values)
    _check_values(key, values)
    try:
        values["kanji_on"] = bytes.fromhex(values["kanji_on"])
    except ValueError as error:
        raise ProfileError(f"profile {key}: kanji_on is no hex text") from error
    return Profile(key=key, **values)


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
