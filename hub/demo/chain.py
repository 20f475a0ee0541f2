"""The demo chain: who it is, and a chain of any number of stores after its pattern.

It reads the same file that `hub import chain` takes. Fewer stores than the file has are its first
ones; more are copies with names, logins and stock of their own.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import hub.demo
from hub.catalogue.read_stock import read_stock
from hub.demo.errors import SetupFailed

MOST_STORES = 200
_PACKAGE = Path(hub.demo.__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in; `secret` is the PIN at a store, the password at HQ."""

    login: str
    role: str
    secret: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class DemoStore:
    """A store of the demo.

    Attributes:
        opening: Units of each SKU at the start.
    """

    id: str
    names: dict[str, str]
    tills: int
    staff: tuple[Person, ...]
    opening: dict[str, int]

    @property
    def manager(self) -> Person:
        """Who may book the opening stock."""
        return next((person for person in self.staff if person.role == "manager"), self.staff[0])


@dataclass(frozen=True, slots=True)
class DemoChain:
    """The chain as the demo needs it; `file` and `products` are what the hub imports."""

    names: dict[str, str]
    hq: tuple[Person, ...]
    stores: tuple[DemoStore, ...]
    file: Path
    products: Path

    def fingerprint(self) -> str:
        """SHA-256 over what is imported, wherever it lies: another clone goes on with the same folder."""
        place = json.dumps(str(self.products.parent), ensure_ascii=False)[1:-1].encode()
        digest = hashlib.sha256(self.file.read_bytes().replace(place, b""))
        digest.update(self.products.read_bytes())
        return digest.hexdigest()


def chain_folder() -> Path:
    """Where the demo chain's files are: beside this module in an installed copy, else in the clone."""
    shipped = _PACKAGE / "config"
    return shipped if shipped.is_dir() else _PACKAGE.parents[1] / "config" / "demo"


def make_chain(count: int, into: Path, source: Path | None = None) -> DemoChain:
    """Read the demo chain and bring it to `count` stores.

    Args:
        count: 1 to MOST_STORES.
        into: Folder for the chain file when `count` differs from the source's.
        source: Folder of the chain's files; the demo chain if not given.

    Raises:
        SetupFailed: The count is out of range, or the files cannot be read.
    """
    if not 1 <= count <= MOST_STORES:
        raise SetupFailed(f"--stores takes 1 to {MOST_STORES}, not {count}")
    folder = source or chain_folder()
    try:
        content = tomllib.loads((folder / "chain.toml").read_text("utf-8"))
        opening = _read_opening(folder / content["chain"]["opening_stock"])
    except (OSError, ValueError, KeyError) as error:
        raise SetupFailed(f"the demo chain in {folder} cannot be read: {error}") from error
    file = folder / "chain.toml"
    pattern = content["stores"]
    if count != len(pattern):
        content["stores"] = [_copy(pattern[i % len(pattern)], i // len(pattern) + 1) for i in range(count)]
        for key in ("products", "opening_stock", "pictures"):
            content["chain"][key] = str(folder / content["chain"][key])
        file = into / "chain.toml"
        into.mkdir(parents=True, exist_ok=True)
        file.write_text(_toml(content), "utf-8")
    stores = [
        _store(store, opening[pattern[i % len(pattern)]["id"]]) for i, store in enumerate(content["stores"])
    ]
    return DemoChain(
        names=content["chain"]["name"],
        hq=tuple(_person(person, "password") for person in content["hq"]),
        stores=tuple(stores),
        file=file,
        products=folder / content["chain"]["products"],
    )


def _read_opening(path: Path) -> dict[str, dict[str, int]]:
    """Units by store and SKU."""
    found: dict[str, dict[str, int]] = {}
    for line in read_stock(path.read_bytes()).lines:
        found.setdefault(line.store, {})[line.sku] = line.qty
    return found


def _store(table: dict[str, Any], opening: dict[str, int]) -> DemoStore:
    """A store's table as a value."""
    return DemoStore(
        id=table["id"],
        names=table["name"],
        tills=table["tills"],
        staff=tuple(_person(person, "pin") for person in table["staff"]),
        opening=opening,
    )


def _person(table: dict[str, Any], secret: str) -> Person:
    """A person's table as a value."""
    return Person(table["login"], table["role"], table[secret], table["name"])


def _copy(store: dict[str, Any], number: int) -> dict[str, Any]:
    """The `number`-th store after a pattern; the first is the pattern itself."""
    if number == 1:
        return store
    names = {locale: f"{name} {number}" for locale, name in store["name"].items()}
    staff = [{**person, "login": f"{person['login']}-{number}"} for person in store["staff"]]
    return {**store, "id": f"{store['id']}-{number}", "name": names, "staff": staff}


def _toml(content: dict[str, Any]) -> str:
    """Tables as TOML 1.0: a section for each, everything below it inline."""
    lines: list[str] = []
    for name, value in content.items():
        for table in value if isinstance(value, list) else [value]:
            lines.append(f"[[{name}]]" if isinstance(value, list) else f"[{name}]")
            lines += [f"{key} = {_inline(inner)}" for key, inner in table.items()]
            lines.append("")
    return "\n".join(lines)


def _inline(value: Any) -> str:
    """A value in TOML's inline form; its strings and numbers are written as JSON's are."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
