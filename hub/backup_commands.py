"""The hub's commands around backups: take one, list and forget them, put the hub back."""

import sqlite3
from pathlib import Path
from typing import Annotated

import typer

from hub.backup.restore import Restored
from hub.backup.restore import restore as put_back
from hub.backup.take_backup import ForgetBackup, RecordBackup, Taken, take_backup
from hub.commands import ConfigOption, application, fail, run, say
from hub.kernel import Kernel
from hub.settings_file import load_settings
from hub.told import TOLD
from sync.runtime.clock import SystemClock
from sync.values.clock import to_instant

__all__ = ["application"]

Here = Annotated[bool, typer.Option("--here", help="Keep the database in place: an old copy was put there")]
backups = typer.Typer(help="The backups that may be put back.", no_args_is_help=True)
application.add_typer(backups, name="backups")


@application.command()
def backup(file: Path, config: ConfigOption = None) -> None:
    """Copy the hub's whole state into FILE; it may serve meanwhile. The file holds secrets."""
    target = file.resolve()

    async def act(kernel: Kernel) -> Taken:
        try:
            taken = take_backup(kernel.settings, target, kernel.hinc, kernel.instant())
        except (OSError, sqlite3.Error) as error:
            raise fail(f"{file} could not be written: {error}") from error
        await kernel.writer.run(RecordBackup(taken))
        return taken

    taken = run(config, act)
    stores = "1 store" if len(taken.apps) == 1 else f"{len(taken.apps)} stores"
    say(f"{taken.file}: {taken.bytes} bytes, {stores} heard, taken {taken.at}")


@backups.command("list")
def list_backups(config: ConfigOption = None) -> None:
    """The backups that stores count on: what came after the oldest is kept by them."""

    async def act(kernel: Kernel) -> list[tuple[int, str, str, int]]:
        return await kernel.reader.all("SELECT id, at, file, bytes FROM backup ORDER BY id")

    known = run(config, act)
    if not known:
        say("no backup is known; take one with `omo-hub backup FILE`")
    for number, at, file, size in known:
        say(f"{number:>5}  {at}  {size:>12}  {file}")


@backups.command("forget")
def forget(number: int, config: ConfigOption = None) -> None:
    """Backup NUMBER will never be put back; its file is not touched."""
    run(config, lambda kernel: kernel.writer.run(ForgetBackup(number)))
    say(f"backup {number}: no store keeps anything for it any more")


@application.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="A backup made by omo-hub backup")] = None,
    here: Here = False,  # noqa: FBT002  # a flag of the command line
    config: ConfigOption = None,
) -> None:
    """Put the hub back to a backup. It must not be running; it sells for a store once it is heard again."""
    if (file is None) != here:
        raise fail("name a backup FILE, or say --here for the database that is in place")
    try:
        done = put_back(load_settings(config), file, to_instant(SystemClock().now()))
    except TOLD as error:
        raise fail(f"{error}. Nothing was changed") from error
    for line in told(done):
        say(line)


def told(done: Restored) -> list[str]:
    """What a restore did and what is left to do, in words."""
    where = f"state of {done.at}" if done.at else "the database in place"
    lines = [f"the hub is incarnation {done.hinc} now, on {where}"]
    if done.aside is not None:
        lines.append(f"the database before it is kept as {done.aside.name}")
    if done.dropped:
        lines.append(f"{done.dropped} unpaid orders are over; look at the payment provider for late payments")
    if done.replaying:
        lines.append(f"start it: these stores are heard again by themselves: {', '.join(done.replaying)}")
    lines += [
        f"{store} was enrolled after this backup: enrol it again (omo-hub stores code {store})"
        for store in done.unknown_secrets
    ]
    return lines
