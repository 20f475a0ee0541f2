"""The doctor: looks at folder, database, keys and broker, and says in plain words what to do."""

import asyncio
from dataclasses import dataclass
from typing import Final

from hub.db.open import REVISION
from hub.settings import HubSettings
from hub.start import KEY_FILE, existing_database, has_lived
from sync.keys.errors import KeyFault
from sync.keys.signing import SigningKey
from sync.link.address import split_url
from sync.link.errors import LinkError
from sync.runtime.data_folder import folder_trouble
from sync.storage.errors import StorageError

DIAL_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    ok: bool
    what: str
    text: str


def setting_troubles(settings: HubSettings) -> tuple[str, ...]:
    """What `config check` finds beyond the form of each setting: the folder and the broker's addresses."""
    found = [folder_trouble(settings.data_dir)]
    found += [_address_trouble(url) for url in (settings.broker.url, settings.broker.public_url) if url]
    return tuple(one for one in found if one)


def _address_trouble(url: str) -> str | None:
    try:
        split_url(url)
    except LinkError as error:
        return str(error)
    return None


async def examine(settings: HubSettings) -> list[Found]:
    """Everything, one finding each; nothing is changed."""
    return [
        _folder(settings),
        _database(settings),
        _key(settings),
        await _broker(settings.broker.url),
    ]


def _folder(settings: HubSettings) -> Found:
    trouble = folder_trouble(settings.data_dir)
    return Found(trouble is None, "data folder", trouble or str(settings.data_dir))


def _database(settings: HubSettings) -> Found:
    try:
        path = existing_database(settings)
    except (StorageError, ValueError) as error:
        return Found(False, "database", str(error))
    return Found(True, "database", f"{path}, schema {REVISION}")


def _key(settings: HubSettings) -> Found:
    path = settings.data_dir / KEY_FILE
    try:
        if not path.exists() and not has_lived(settings):
            return Found(True, "pickup key", "not made yet; omo-hub migrate makes it")
        return Found(True, "pickup key", SigningKey.load(path).key_id)
    except (KeyFault, ValueError, OSError) as error:
        return Found(False, "pickup key", f"{error}; if it is lost, restore the backup")


async def _broker(url: str) -> Found:
    """Whether anybody accepts connections at the broker's address."""
    try:
        host, port = split_url(url)
        async with asyncio.timeout(DIAL_S):
            _, writer = await asyncio.open_connection(host, port)
    except LinkError as error:
        return Found(False, "broker", str(error))
    except (OSError, TimeoutError):
        return Found(False, "broker", f"nobody answers at {url}: start the broker, or change broker.url")
    writer.close()
    return Found(True, "broker", f"{url} accepts connections")
