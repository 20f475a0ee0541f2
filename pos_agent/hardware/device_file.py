"""`devices.toml`: the devices that were set up on the page. People write `agent.toml`, never this.

It holds whole tables in the words of `agent.toml`, and counts in their place. It decides nothing.
"""

import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from pos_agent.settings import DisplaySection, PrinterSection, ScannerSection
from sync.runtime.settings import Section
from sync.storage.durable import move_durably

FILE_NAME: Final = "devices.toml"
MOST_BYTES: Final = 65_536
_HEAD: Final = (
    "# Written by the page that sets up devices. While it is here, it counts in the place of every\n"
    "# [[printer]], [[scanner]] and [[display]] of agent.toml. Without it, agent.toml counts again from the\n"
    "# next start.\n"
)


class DeviceTables(Section):
    """What the file holds."""

    printer: tuple[PrinterSection, ...] = Field((), max_length=16)
    scanner: tuple[ScannerSection, ...] = Field((), max_length=16)
    display: tuple[DisplaySection, ...] = Field((), max_length=16)


class BadDeviceFile(ValueError):
    """The file cannot be read or holds what is none; its text says what, by line or value."""


def read_tables(path: Path) -> DeviceTables | None:
    """What the file says; None where there is none.

    Raises:
        BadDeviceFile: it cannot be used.
    """
    try:
        return DeviceTables.model_validate(tomllib.loads(_content(path).decode()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except BadDeviceFile:
        raise
    except OSError as error:
        raise BadDeviceFile(f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadDeviceFile("it is not UTF-8 text") from error
    except ValidationError as error:
        raise BadDeviceFile(_first_fault(error)) from error
    except (ValueError, RecursionError) as error:  # a number of too many digits is no TOMLDecodeError
        raise BadDeviceFile(f"it is not TOML: {error}") from error


def _content(path: Path) -> bytes:
    """The file's bytes; a pipe would be waited for, for ever."""
    if path.exists() and not path.is_file():
        raise BadDeviceFile("it is no file")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadDeviceFile(f"it has more than {MOST_BYTES} bytes")
    return content


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"


def write_tables(path: Path, tables: DeviceTables) -> None:
    """Put the file in place at once and durably; a power cut leaves the old one or the new one, whole.

    Raises:
        OSError: it could not be written; the old one is as it was.
    """
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(_HEAD + text_of(tables))
        file.flush()
        os.fsync(file.fileno())
    move_durably(draft, path)


def keep_aside(path: Path) -> Path:
    """Rename a file that cannot be used, so that nothing of it is lost; returns its new name.

    Raises:
        OSError: it could not be done.
    """
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    move_durably(path, aside)
    return aside


def version_of(tables: DeviceTables) -> str:
    """Sixteen hexadecimal digits that change whenever a table does."""
    return hashlib.sha256(text_of(tables).encode()).hexdigest()[:16]


def text_of(tables: DeviceTables) -> str:
    """The tables as TOML."""
    kinds: dict[str, Sequence[Section]] = {
        "printer": tables.printer,
        "scanner": tables.scanner,
        "display": tables.display,
    }
    return "".join(block for name, sections in kinds.items() for block in _blocks(name, sections))


def _blocks(name: str, sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        values = section.model_dump(exclude_none=True)
        yield "".join([f"\n[[{name}]]\n", *(f"{key} = {_value(value)}\n" for key, value in values.items())])


def _value(value: object) -> str:
    """A value as TOML has it: its strings and JSON's differ in the one sign DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
