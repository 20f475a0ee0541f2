"""The authority and the served certificate on this machine's disk, and the live context that serves them.

They lie in `lan/` of the data folder, each key with its certificate in one file of mode 0600, so that one
rename changes both. No backup holds them: see docs/decisions/0015.
"""

import os
import ssl
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pos_agent.errors import CertificateTrouble
from sync.storage.durable import move_durably

if TYPE_CHECKING:
    from pos_agent.lan.authority import Authority

FOLDER: Final = "lan"
AUTHORITY: Final = "authority.pem"
SERVED: Final = "served.pem"
RENEW_BEFORE: Final = timedelta(days=30)
MOST_BYTES: Final = 64 * 1024
OTHERS: Final = 0o077


@dataclass(slots=True)
class CertificateFiles:
    """The two files of one store's agent.

    Attributes:
        data_dir: the agent's folder.
        store: id of the store, named in the authority.
        context: serves; new connections get what was loaded last.
        names: what the served certificate is for; empty before the first `renew`.
        ends: when it ends.
        fingerprint: of the authority.
        der: the authority's certificate.
    """

    data_dir: Path
    store: str
    context: ssl.SSLContext = field(init=False)
    names: frozenset[str] = frozenset()
    ends: datetime | None = None
    fingerprint: str = ""
    der: bytes = b""

    def __post_init__(self) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2

    def renew(self, wanted: tuple[str, ...], now: datetime) -> bool:
        """Make what is missing, ends soon or lacks a name; returns whether the served one is new. Blocks.

        Raises:
            CertificateTrouble: the authority cannot be read, or others can read its key; nothing is made.
            OSError: the disk refuses; what was served goes on.
        """
        from pos_agent.lan.authority import issue, read_served  # noqa: PLC0415  # paid where it is open

        authority = self._authority(now)
        path = self._folder / SERVED
        pem = _unshared(path)
        served = read_served(pem, authority)
        is_good = (
            served is not None and served.names >= set(wanted) and _lasts(served.begins, served.ends, now)
        )
        if not is_good:
            pem = issue(authority, wanted, now)
            write_private(path, pem)
            served = read_served(pem, authority)
        assert served is not None
        if not is_good or self.ends is None:
            self.context.load_cert_chain(path)
        self.names, self.ends = served.names, served.ends
        self.fingerprint, self.der = authority.fingerprint, authority.der
        return not is_good

    @property
    def _folder(self) -> Path:
        return self.data_dir / FOLDER

    def _authority(self, now: datetime) -> "Authority":
        from pos_agent.lan.authority import make_authority, read_authority, write_authority  # noqa: PLC0415

        path = self._folder / AUTHORITY
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            found = read_authority(read_private(path), str(path))
            if now < found.certificate.not_valid_after_utc:
                return found
        made = make_authority(self.store, now)
        write_private(path, write_authority(made))
        return made


def _lasts(begins: datetime, ends: datetime, now: datetime) -> bool:
    return begins <= now < ends - RENEW_BEFORE


def _unshared(path: Path) -> bytes:
    """What the file holds; nothing where it is missing or others can read its key: a new one is made."""
    try:
        return read_private(path) if path.is_file() else b""
    except CertificateTrouble:
        return b""


def read_private(path: Path) -> bytes:
    """The content of a file that its owner alone can read.

    Raises:
        CertificateTrouble: others can read it, or nobody.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MOST_BYTES)
    except OSError as error:
        why = error.strerror or str(error)
        raise CertificateTrouble(f"{path} cannot be read: {why}", "unreadable", str(path), why) from error
    if mode & OTHERS:
        raise CertificateTrouble(
            f"others can read {path}: if nobody did, set its mode to 600; else delete it, and let every phone"
            " trust the new authority",
            "shared",
            str(path),
        )
    return content


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 so that a crash leaves the old or the new one.

    Raises:
        OSError: the disk refuses.
    """
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    move_durably(draft, path)
