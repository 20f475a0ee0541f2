"""The files that brokers read: users with hashed secrets, and the topic rules. Written whole, atomically.

A broker may read at any moment (SIGHUP, restart, polling), and recent versions of mosquitto end when they
read half a file; so each file is written beside its place, fsynced and renamed.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.broker.errors import BadUserError
from hub.broker.rules import HUB_FILTER, HUB_USER, STORE_READS, STORE_WRITES, require_store_name
from hub.broker.secret_hash import hash_secret, require_hash

PASSWORD_FILE = "passwords"  # noqa: S105 - a file name
RULE_FILE = "rules"
USERS_FILE = "users.json"
FILE_MODE = 0o600


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """One user of the broker: a store by its id, or the hub.

    Attributes:
        name: Store id, or ``HUB_USER``.
        password_hash: As ``hash_secret`` gives it.

    Raises:
        BadUserError: A name or hash that a broker could misread.
    """

    name: str
    password_hash: str

    def __post_init__(self) -> None:
        if self.name != HUB_USER:
            require_store_name(self.name)
        require_hash(self.password_hash)

    @classmethod
    def with_secret(cls, name: str, secret: str) -> "BrokerUser":
        """Build a user from the secret itself."""
        return cls(name, hash_secret(secret))

    def __repr__(self) -> str:
        """Show the name, never the hash."""
        return f"BrokerUser({self.name!r})"


def password_text(users: Iterable[BrokerUser]) -> str:
    """Give mosquitto's password file: ``name:hash`` a line."""
    return "".join(f"{user.name}:{user.password_hash}\n" for user in users)


def rule_text() -> str:
    """Give mosquitto's rule file; ``%u`` is the user name, so it is the same for any number of stores."""
    lines = [
        "# Written by the hub; the words of hub/broker/rules.py in mosquitto's language.",
        *[f"pattern write {pattern.format(store='%u')}" for pattern in STORE_WRITES],
        *[f"pattern read {pattern.format(store='%u')}" for pattern in STORE_READS],
        "",
        f"user {HUB_USER}",
        f"topic readwrite {HUB_FILTER}",
        "",
    ]
    return "\n".join(lines)


def users_text(users: Iterable[BrokerUser]) -> str:
    """Give the embedded broker's file: ``{"v": 1, "users": {name: hash}}``."""
    return json.dumps({"v": 1, "users": {user.name: user.password_hash for user in users}}, indent=1) + "\n"


def read_users(path: Path) -> dict[str, str]:
    """Read the embedded broker's file: hash by name.

    Raises:
        BadUserError: The file is missing or damaged.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        users = {str(name): require_hash(str(stored)) for name, stored in content["users"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadUserError(f"{path} cannot be read as a user file: {error}") from error
    return users


def write_files(users: Sequence[BrokerUser], folder: Path) -> None:
    """Write all three files for these users, and for nobody else.

    Raises:
        BadUserError: A name comes twice; nothing was written.
        OSError: The folder cannot be written.
    """
    names = [user.name for user in users]
    doubled = (
        sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    )
    if doubled:
        raise BadUserError(f"users come twice: {', '.join(doubled)}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(folder / RULE_FILE, rule_text())
    replace_file(folder / PASSWORD_FILE, password_text(users))
    replace_file(folder / USERS_FILE, users_text(users))


def replace_file(path: Path, text: str) -> None:
    """Put a whole new file in the place of ``path``: readers see the old or the new, never a part."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
