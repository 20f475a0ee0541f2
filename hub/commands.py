"""The hub's commands for people and scripts. Each says what it did, or what to do, and exits accordingly."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, cast

import typer

from hub.catalogue.import_products import import_products
from hub.catalogue.read_products import Kind
from hub.db.migrate import migrate as migrate_database
from hub.db.open import FILE_NAME, REVISION, revision_of
from hub.doctor import examine, setting_troubles
from hub.kernel import Kernel
from hub.settings_file import load_settings
from hub.staff.keep_user import set_password
from hub.start import (
    existing_database,
    incarnation,
    make_folder,
    refuse_lost_database,
    remember_whole,
    running_kernel,
    signing_key,
)
from hub.stock.explain import explain
from hub.stock.tell_why import cursor_of, tell_why, why_json
from hub.stock.verify import verify as verify_books
from hub.stores.enrol import MakeCode, Revoke, new_code
from hub.stores.import_chain import import_chain
from hub.stores.queries import stream_states
from hub.stores.sync_broker import sync_broker
from hub.told import TOLD
from sync.rules.errors import Refused
from sync.runtime.errors import SettingsError
from sync.runtime.logging import configure_logging
from sync.storage.reader import Reader

T = TypeVar("T")
MOST_NOTES: Final = 20
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings file; default hub.toml")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of words")]

application: Final = typer.Typer(
    name="omo-hub",
    help="The central hub of OMO Hub.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
imports: Final = typer.Typer(help="Bring in a chain or its products.", no_args_is_help=True)
config_commands: Final = typer.Typer(help="The settings.", no_args_is_help=True)
broker_commands: Final = typer.Typer(help="The broker's users.", no_args_is_help=True)
stores_commands: Final = typer.Typer(help="The stores.", no_args_is_help=True)
users_commands: Final = typer.Typer(help="People who sign in to the hub.", no_args_is_help=True)
application.add_typer(imports, name="import")
application.add_typer(config_commands, name="config")
application.add_typer(broker_commands, name="broker")
application.add_typer(stores_commands, name="stores")
application.add_typer(users_commands, name="users")


def say(text: str) -> None:
    """One line for the person."""
    typer.echo(text)


def fail(text: str) -> "typer.Exit":
    """The end of a command that could not do its work."""
    typer.echo(f"omo-hub: {text}", err=True)
    return typer.Exit(1)


def _refusal(refused: Refused) -> str:
    """What was refused, and what to do."""
    if refused.code == "unknown_store":
        return f"there is no store {refused.facts['store']!r}; `omo-hub stores list` names them all"
    if refused.code == "not_enrolled":
        return f"{refused.facts['store']} has no agent yet: `omo-hub stores code {refused.facts['store']}`"
    return f"refused: {refused}"


def run(config: Path | None, act: Callable[[Kernel], Awaitable[T]]) -> T:
    """Run `act` on the hub's kernel; trouble is told in words."""
    settings = load_settings(config)
    configure_logging(settings.log_format, "warning")

    async def within() -> T:
        async with running_kernel(settings) as kernel:
            return await act(kernel)

    try:
        return asyncio.run(within())
    except Refused as refused:
        raise fail(_refusal(refused)) from refused
    except TOLD as error:
        raise fail(str(error)) from error


def look(config: Path | None, act: Callable[[Reader], Awaitable[T]]) -> T:
    """Run `act` on a reader of its own: neither keys nor a writer are needed to look, and nothing is made."""
    settings = load_settings(config)

    async def within() -> T:
        reader = Reader(existing_database(settings), size=1)
        await reader.start()
        try:
            return await act(reader)
        finally:
            await reader.close()

    try:
        return asyncio.run(within())
    except TOLD as error:
        raise fail(str(error)) from error


@application.command()
def serve(config: ConfigOption = None) -> None:
    """Serve shop, HQ pages, API and the stores' streams until stopped."""
    from hub.serve import main  # noqa: PLC0415  # only serving pays for the server

    raise typer.Exit(main(load_settings(config)))


@application.command()
def migrate(config: ConfigOption = None) -> None:
    """Create the database, or bring it to this version's schema."""
    settings = load_settings(config)
    path = settings.data_dir / FILE_NAME
    try:
        make_folder(settings)
        incarnation(settings)  # before the database, which is never opened without one
        refuse_lost_database(settings)
        signing_key(settings)
        before = revision_of(path)
        migrate_database(path)
        remember_whole(settings)
    except TOLD as error:
        raise fail(str(error)) from error
    say(f"{path}: schema {before or 'none'} -> {REVISION}")


@config_commands.command("check")
def config_check(config: ConfigOption = None) -> None:
    """Read the settings and say every problem at once."""
    settings = load_settings(config)
    found = setting_troubles(settings)
    if found:
        raise fail(str(SettingsError(found)))
    say(f"settings are good; data in {settings.data_dir}, broker at {settings.broker.url}")


@imports.command("chain")
def chain(file: Path, config: ConfigOption = None) -> None:
    """Bring in stores, their people and HQ's users from a chain file (TOML)."""
    report = run(config, lambda kernel: import_chain(kernel, file))
    say(
        f"{report.stores} stores ({report.new_stores} new), {report.people} people"
        f" ({report.changed_people} changed)"
    )


@imports.command("products")
def products(
    file: Path,
    config: ConfigOption = None,
    kind: Annotated[str, typer.Option(help="auto, own or shopify")] = "auto",
    currency: Annotated[str, typer.Option(help="Currency of files that name none")] = "CNY",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change")] = False,
) -> None:
    """Bring in products from our own CSV or a Shopify export; all or nothing."""
    if kind not in {"auto", "own", "shopify"}:
        raise fail(f"--kind is auto, own or shopify, not {kind!r}")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from error
    report = run(
        config,
        lambda kernel: import_products(
            kernel, data, kind=cast("Kind", kind), currency=currency, dry_run=dry_run
        ),
    )
    plan = report.plan
    for note in [*plan.errors, *plan.warnings][:MOST_NOTES]:
        say(f"  row {note.row} {note.column}: {note.message}")
    unsaid = len(plan.errors) + len(plan.warnings) - MOST_NOTES
    if unsaid > 0:
        say(f"  ... and {unsaid} more")
    say(
        f"{'would change' if dry_run else 'products'}: {plan.new} new, {plan.changed} changed,"
        f" {plan.unchanged} unchanged, {plan.left_out} left out"
    )
    if not report.is_taken:
        raise fail("nothing could be taken from this file")


@stores_commands.command("list")
def list_stores(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """All stores: the incarnation of their agent, whether the hub sells for them, the last event heard."""

    async def read(kernel: Kernel) -> list[dict[str, Any]]:
        states = await stream_states(kernel.reader)
        return [
            {
                "id": store.id,
                "names": dict(store.names),
                "sinc": store.sinc,
                "state": states[store.id][0],
                "app": states[store.id][1],
            }
            for store in kernel.directory.all()
        ]

    stores = run(config, read)
    if as_json:
        say(json.dumps(stores, ensure_ascii=False))
        return
    for store in stores:
        where = f"{store['state']} at event {store['app']}"
        state = f"incarnation {store['sinc']}, {where}" if store["sinc"] else "not enrolled"
        say(f"{store['id']:<20} {' / '.join(store['names'].values())}  {state}")


@stores_commands.command("code")
def enrolment_code(store: str, config: ConfigOption = None) -> None:
    """A one-time enrolment code for a store's agent."""

    def make(kernel: Kernel) -> Awaitable[tuple[str, str]]:
        return kernel.writer.run(MakeCode(kernel, store, "command line", new_code()))

    code, expires = run(config, make)
    say(f"{code}  (until {expires})\non the store's machine: omo-agent enrol URL {code}")


@stores_commands.command("revoke")
def revoke(store: str, config: ConfigOption = None) -> None:
    """Take a store's credential away; its connection is cut within seconds."""

    async def act(kernel: Kernel) -> None:
        await kernel.writer.run(Revoke(store))
        await sync_broker(kernel)

    run(config, act)
    say(f"{store}: its agent may no longer connect")


@broker_commands.command("sync")
def broker_sync(config: ConfigOption = None) -> None:
    """Write the broker's user and rule files from the database and tell the broker."""
    users = run(config, sync_broker)
    say(f"{users} users written")


@users_commands.command("password")
def user_password(login: str, config: ConfigOption = None) -> None:
    """Set the password of an HQ user; it is read from standard input, never from an argument."""
    password = (
        sys.stdin.readline().rstrip("\n")
        if not sys.stdin.isatty()
        else typer.prompt("password", hide_input=True, confirmation_prompt=True)
    )
    run(config, lambda kernel: set_password(kernel, login, password))
    say(f"{login}: password set, open sessions ended")


@application.command()
def verify(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Compare the hub's books with the stores' raw events and with themselves; changes nothing."""
    report = look(config, verify_books)
    if as_json:
        say(
            json.dumps(
                {**report.counted(), "findings": [str(finding) for finding in report.findings]},
                ensure_ascii=False,
            )
        )
    else:
        for finding in report.findings:
            say(f"■ {finding}")
        say(
            f"{'▲ books differ' if report.findings else '● books agree'}: {report.stores} stores,"
            f" {report.events} events, {report.movements} movements, {report.orders} orders,"
            f" {report.payments} payments"
        )
    if report.findings:
        raise typer.Exit(1)


@application.command()
def why(
    store: str,
    sku: str,
    config: ConfigOption = None,
    before: Annotated[str, typer.Option(help="The next page, as the page before it said")] = "",
    as_json: JsonOption = False,
) -> None:
    """Why is it this many? The number of a SKU at a store now, and the facts behind it."""
    found = look(config, lambda reader: explain(reader, store, sku, cursor_of(before)))
    if found is None:
        raise fail(f"there is no SKU {sku!r} at a store {store!r}; `omo-hub stores list` names the stores")
    say(why_json(found) if as_json else "\n".join(tell_why(found)))
    if found.sums.agrees is False:
        raise typer.Exit(1)


@application.command()
def openapi() -> None:
    """Print the API document."""
    from hub.app import described  # noqa: PLC0415  # only this command needs the web application

    say(json.dumps(described(), ensure_ascii=False, indent=1, sort_keys=True))


@application.command()
def doctor(config: ConfigOption = None) -> None:
    """Look at settings, folder, database and broker, and say what to do."""
    findings = asyncio.run(examine(load_settings(config)))
    for finding in findings:
        say(f"{'ok ' if finding.ok else 'BAD'} {finding.what}: {finding.text}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
