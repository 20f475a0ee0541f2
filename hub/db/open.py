"""Opening the hub's database: the newest schema, or none at all."""

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import Final

from sync.storage.errors import StorageError
from sync.storage.file_state import FileState, cannot_open
from sync.storage.reader import Reader
from sync.storage.writer import Writer

FILE_NAME: Final = "hub.sqlite"
REVISION: Final = "0001"
MIGRATE_LIMIT_S: Final = 300.0


class SchemaTrouble(StorageError):
    """The database has another schema than this program, and migrating did not mend it."""

    code = "schema"


def revision_of(path: Path) -> str | None:
    """The schema revision of a file; None for one that does not exist or has no schema.

    Raises:
        SchemaTrouble: it is no database, or it cannot be read.
    """
    if not path.exists():
        return None
    try:
        connection = sqlite3.connect(path)
        try:
            known = connection.execute(
                "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"
            ).fetchone()
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise SchemaTrouble(cannot_open(path, error)) from error
    return str(row[0]) if row else None


async def prepare(path: Path) -> None:
    """Make the schema what this program needs, in a process of its own.

    Raises:
        SchemaTrouble: the migration failed, with its last words, or took too long.
    """
    if revision_of(path) == REVISION:
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub.db.migrate", str(path), stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(MIGRATE_LIMIT_S):
            _, errors = await process.communicate()
    except TimeoutError as error:
        raise SchemaTrouble(f"{path} was not migrated within {MIGRATE_LIMIT_S:.0f} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or revision_of(path) != REVISION:
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        raise SchemaTrouble(f"{path} could not be migrated to {REVISION}: {' '.join(last)}")


async def open_database(data_dir: Path) -> tuple[Writer, Reader]:
    """The writer and the readers of the hub's database, both started."""
    path = data_dir / FILE_NAME
    await prepare(path)
    state = FileState(path)
    writer, reader = Writer(path, state=state), Reader(path, state=state)
    await writer.start()
    try:
        await reader.start()
    except BaseException:
        await writer.close()
        raise
    return writer, reader
