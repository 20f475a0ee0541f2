"""`omo-agent …`: join a store, run, look after the ledger.

Exit codes: 0 done, 1 a finding or a failure, 2 wrong use. Heavy libraries are imported by the command
that needs them, since `run` stays in memory all day.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pos_agent.errors import AgentError, NotEnrolled
from pos_agent.settings import DEFAULT_CONFIG, LOG_FOLDER, AgentSettings
from sync.runtime.errors import SettingsError
from sync.runtime.logging import configure_logging

app = typer.Typer(
    help="The agent in a store: till, pickup counter, devices.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
config_app = typer.Typer(no_args_is_help=True, help="The settings.")
stock_app = typer.Typer(no_args_is_help=True, help="Goods taken in from a file.")
app.add_typer(config_app, name="config")
app.add_typer(stock_app, name="stock")

if TYPE_CHECKING:
    from pos_agent.doctor.examine import Found
    from pos_agent.enrolment import Enrolment
    from pos_agent.hardware.choose_devices import Chosen

Config = Annotated[Path | None, typer.Option("--config", "-c", help="agent.toml")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON")]
Lang = Annotated[str, typer.Option(help="zh-CN or en; this machine's language if not given")]


def _load(config: Path | None) -> AgentSettings:
    """The settings: the named file, else agent.toml here, else the environment alone."""
    if config is None and DEFAULT_CONFIG.exists():
        config = DEFAULT_CONFIG
    return AgentSettings.load(config)


def _load_chosen(config: Path | None) -> "Chosen":
    """The settings with the devices that count: those set up on the page, where there are some."""
    return _choose(_load(config))


def _choose(settings: AgentSettings) -> "Chosen":
    from pos_agent.hardware.choose_devices import choose_devices  # noqa: PLC0415

    return choose_devices(settings)


@contextmanager
def _told() -> Iterator[None]:
    """Tell a failure in plain words on standard error, never a traceback."""
    import sqlite3  # noqa: PLC0415

    from devices.errors import DeviceError  # noqa: PLC0415
    from sync.keys.errors import KeyFault  # noqa: PLC0415
    from sync.link.errors import LinkError  # noqa: PLC0415
    from sync.rules.errors import RuleError  # noqa: PLC0415
    from sync.storage.errors import StorageError  # noqa: PLC0415

    ours = (SettingsError, AgentError, DeviceError, KeyFault, LinkError, RuleError, StorageError)
    try:
        yield
    except (*ours, OSError, ValueError, sqlite3.Error) as error:
        typer.echo(f"omo-agent: {error}", err=True)
        raise typer.Exit(1) from error


def _cause(error: Exception) -> str:
    """Why, without the system's number and path."""
    if isinstance(error, FileNotFoundError):
        return "there is no such folder"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


@app.command()
def openapi() -> None:
    """Print the API document."""
    import json  # noqa: PLC0415

    from pos_agent.app import described  # noqa: PLC0415

    typer.echo(json.dumps(described(), ensure_ascii=False, indent=1, sort_keys=True))


@app.command()
def run(config: Config = None) -> None:
    """Run the agent until it is told to stop."""
    with _told():
        settings = _load(config)
        kept = settings.data_dir / LOG_FOLDER if settings.data_dir.is_dir() else None
        configure_logging(settings.log, kept=kept)
        raise typer.Exit(_run(settings))


def _run(settings: AgentSettings) -> int:
    from pos_agent import enrolment  # noqa: PLC0415
    from pos_agent.db.schema import ensure_schema  # noqa: PLC0415
    from pos_agent.hardware.check_settings import need_devices  # noqa: PLC0415
    from pos_agent.ledger.position import refuse_lost_ledger  # noqa: PLC0415
    from pos_agent.machine_lock import only_one  # noqa: PLC0415

    joined = enrolment.load(settings.data_dir)
    chosen = _choose(settings)
    settings = chosen.settings
    need_devices(settings)
    with only_one(settings.data_dir):
        if joined.takes_over is not None:
            joined = _take_over(settings, joined)
        refuse_lost_ledger(settings.database, joined)
        ensure_schema(settings.database)
        from pos_agent.start import run_agent  # noqa: PLC0415

        return asyncio.run(run_agent(chosen, joined))


@app.command("simulate-devices")
def simulate_devices(  # noqa: PLR0913, PLR0917  # a command's options
    folder: Annotated[Path, typer.Option("--data", help="keeps papers and the scanner's device")] = Path(
        "simulated-devices"
    ),
    page_port: Annotated[int, typer.Option(min=0, max=65_535, help="the page; 0 takes any")] = 9180,
    printer_port: Annotated[int, typer.Option(min=0, max=65_535, help="the printer; 0 takes any")] = 9100,
    columns: Annotated[int, typer.Option(help="48 = 80 mm paper, 32 = 58 mm")] = 48,
    serial: Annotated[bool, typer.Option("--serial", help="the printer hangs on a serial line")] = False,
    scanner_port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="the scanner is on the network, waiting at this port"),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="of the printer: 'paper-out', 'cover-open after 12 lines', … 2 papers; repeatable"),
    ] = None,
) -> None:
    """Run a printer, a drawer and a scanner in software, with a page of every fault, to train and to try."""
    from pos_agent.training.simulate import Wish, simulate  # noqa: PLC0415

    with _told():
        if columns not in {32, 48}:
            raise ValueError("--columns is 48 or 32")
        wish = Wish(folder, page_port, printer_port, columns, serial, scanner_port, tuple(fault or ()))
        raise typer.Exit(asyncio.run(simulate(wish, typer.echo)))


@app.command()
def enrol(url: str, code: str, config: Config = None) -> None:
    """Join a store: URL of the hub and the one-time CODE that the head office gave."""
    from contextlib import nullcontext  # noqa: PLC0415

    from pos_agent import enrolment  # noqa: PLC0415
    from pos_agent.hardware.check_settings import need_folder  # noqa: PLC0415
    from pos_agent.ledger.read_remains import old_ledger  # noqa: PLC0415
    from pos_agent.machine_lock import only_one  # noqa: PLC0415

    with _told():
        settings = _load(config)
        need_folder(settings)
        with only_one(settings.data_dir) if settings.data_dir.exists() else nullcontext():
            old = old_ledger(settings.database)
            answer = enrolment.ask_hub(url, code, old.store if old is not None else "")
            joined = enrolment.keep(settings.data_dir, answer)
            typer.echo(f"{joined.store}: joined as incarnation {joined.sinc}")
            if joined.takes_over is not None:
                joined = _take_over(settings, joined)
        typer.echo("start with `omo-agent run`")


def _take_over(settings: AgentSettings, joined: "Enrolment") -> "Enrolment":
    """Begin the ledger with what the hub knows; tell how far it is, and what is left to people."""
    from pos_agent import enrolment  # noqa: PLC0415
    from pos_agent.hub_mirror import HttpHubMirror  # noqa: PLC0415
    from pos_agent.ledger.take_over import take_over  # noqa: PLC0415
    from sync.runtime.clock import SystemClock  # noqa: PLC0415
    from sync.values.clock import to_instant  # noqa: PLC0415

    def tell(text: str) -> None:
        typer.echo(f"  taking over: {text}")

    at = to_instant(SystemClock().now())
    taken = take_over(settings.database, joined, HttpHubMirror(joined), at, tell)
    enrolment.remember_ledger(settings.data_dir, joined)
    kept = enrolment.took_over(settings.data_dir, joined)
    if taken is not None:
        typer.echo(
            f"took over {taken.skus} SKUs and {taken.holds} orders; {taken.carried} facts of the old ledger"
            " that the hub had not seen are carried on"
        )
        if taken.aside is not None:
            typer.echo(f"the old ledger is kept as {taken.aside.name}")
        if taken.unsure or taken.frozen:
            typer.echo(f"to do in the store: {_left_to_people(taken.unsure, taken.frozen)}")
    return kept


def _left_to_people(unsure: int, frozen: int) -> str:
    """What somebody has to look for, or to count."""
    orders = f"look for {unsure} open orders"
    goods = f"count or accept {frozen} SKUs (until then the hub gets no more units of them)"
    return ", and ".join(text for number, text in ((unsure, orders), (frozen, goods)) if number)


@app.command()
def backup(file: Path, config: Config = None) -> None:
    """Copy this store's whole state into FILE; the agent may run meanwhile. The file holds secrets."""
    import sqlite3  # noqa: PLC0415

    from pos_agent.backup.take_backup import take_backup, told  # noqa: PLC0415
    from sync.runtime.clock import SystemClock  # noqa: PLC0415
    from sync.values.clock import to_instant  # noqa: PLC0415

    with _told():
        try:
            taken = take_backup(_load(config), file.resolve(), to_instant(SystemClock().now()))
        except (OSError, sqlite3.Error) as error:
            raise ValueError(f"{file} could not be written: {_cause(error)}") from error
    typer.echo(told(taken))


@app.command()
def restore(file: Path, config: Config = None) -> None:
    """Put this store back to a backup made by `omo-agent backup`. The agent must not be running."""
    from pos_agent.backup.restore import restore as put_back  # noqa: PLC0415
    from pos_agent.backup.restore import told  # noqa: PLC0415
    from sync.runtime.clock import SystemClock  # noqa: PLC0415
    from sync.values.clock import to_instant  # noqa: PLC0415

    with _told():
        done = put_back(_load(config), file, to_instant(SystemClock().now()))
    for line in told(done):
        typer.echo(line)


@app.command()
def migrate(config: Config = None) -> None:
    """Bring the ledger's file to this program's schema."""
    with _told():
        settings = _load(config)
        from pos_agent.db.migrate import migrate as bring_up  # noqa: PLC0415

        bring_up(settings.database)


@app.command()
def verify(config: Config = None) -> None:
    """Check the books: movements, balances, chain, receipts. Works while the agent runs."""
    from pos_agent.ledger.verify import verify as look  # noqa: PLC0415

    with _told():
        settings = _load(config)
        if not settings.database.exists():
            raise NotEnrolled(f"there is no ledger at {settings.database}")
        findings = look(settings.database)
    for finding in findings:
        typer.echo(finding)
    typer.echo(f"{len(findings)} findings" if findings else "the books are right")
    raise typer.Exit(1 if findings else 0)


@app.command()
def why(
    sku: str,
    before: Annotated[str, typer.Option(help="The next page, as the page before it said")] = "",
    config: Config = None,
) -> None:
    """Why is it this many? A SKU's number now and the movements behind it. Works while the agent runs."""
    from pos_agent.ledger.explain import cursor_of, explain, tell  # noqa: PLC0415
    from sync.storage.reader import Reader  # noqa: PLC0415

    with _told():
        settings, cursor = _load(config), cursor_of(before)
        if not settings.database.exists():
            raise NotEnrolled(f"there is no ledger at {settings.database}")

        async def read() -> dict[str, object] | None:
            reader = Reader(settings.database, size=1)
            await reader.start()
            try:
                return await explain(reader, sku, cursor)
            finally:
                await reader.close()

        found = asyncio.run(read())
        if found is None:
            raise ValueError(f"neither the ledger nor the catalogue knows {sku!r}")
    typer.echo("\n".join(tell(found)))
    raise typer.Exit(0 if found["sum"]["agrees"] else 1)  # type: ignore[index]  # `explain` says what it holds


@app.command()
def doctor(
    as_json: AsJson = False,
    lang: Lang = "",
    dump: Annotated[
        Path | None, typer.Option(help="Pack it into this new zip file, with states, counts and the log")
    ] = None,
    config: Config = None,
) -> None:
    """Say what is set up, what works, and what to do about what does not."""
    from dataclasses import asdict  # noqa: PLC0415

    from pos_agent.doctor.examine import examine  # noqa: PLC0415
    from pos_agent.doctor.words import gettext_of, name_of  # noqa: PLC0415
    from pos_agent.hardware.look_words import speech_of  # noqa: PLC0415

    with _told():
        tag = speech_of(lang)
        chosen = _load_chosen(config)
        findings = asyncio.run(examine(chosen, tag))
        if dump is not None:
            _dump(dump, chosen, findings)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    for finding in () if as_json else findings:
        what = name_of(finding.what, gettext_of(tag))
        typer.echo(f"{'ok ' if finding.ok else 'BAD'} {what}: {finding.text}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def _dump(file: Path, chosen: "Chosen", findings: "list[Found]") -> None:
    """Pack the findings and all that goes with them; nothing is overwritten."""
    from pos_agent.doctor.dump import Packed, pack, write_dump  # noqa: PLC0415
    from pos_agent.doctor.live import ask_running  # noqa: PLC0415
    from sync.runtime.clock import SystemClock  # noqa: PLC0415

    content = pack(Packed(chosen, findings, ask_running(chosen.settings), SystemClock().now()))
    try:
        write_dump(file, content)
    except OSError as error:
        raise ValueError(f"{file} could not be written: {_cause(error)}") from error
    typer.echo(f"{file}: {len(content) // 1024} KiB, without secrets and customers' data", err=True)


@app.command()
def devices(
    host: Annotated[
        list[str] | None, typer.Option(help="Ask this machine on port 9100; may be repeated")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = "",
    config: Config = None,
) -> None:
    """Find printers and scanners on this machine and on the hosts that are named; say which are set up."""
    from pos_agent.hardware.find_devices import find_devices, tell_devices  # noqa: PLC0415
    from pos_agent.hardware.look_words import gettext_in, speech_of  # noqa: PLC0415

    with _told():
        found = asyncio.run(find_devices(_load_chosen(config).settings, host or []))
    lines = tell_devices(found, gettext_in(speech_of(lang)))
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(lines))


@app.command("print-test")
def print_test(
    printer: Annotated[str, typer.Argument(help="A printer's id; all of them if not given")] = "",
    as_json: AsJson = False,
    lang: Lang = "",
    config: Config = None,
) -> None:
    """Print a sample page and say what came of it."""
    from pos_agent.hardware.look_words import speech_of, tell_all  # noqa: PLC0415
    from pos_agent.hardware.print_test import print_samples, zone_of  # noqa: PLC0415
    from pos_agent.hardware.printer_configs import printer_configs  # noqa: PLC0415
    from sync.runtime.clock import SystemClock  # noqa: PLC0415

    with _told():
        settings = _load_chosen(config).settings
        chosen = [one for one in printer_configs(settings) if printer in {"", one.id}]
        if not chosen:
            known = ", ".join(one.id for one in settings.printer) or "none"
            raise ValueError(f"no such printer: {printer or 'none is set up'}; known are: {known}")
        now = SystemClock().now().astimezone(zone_of(settings))
        tag = speech_of(lang)
        looks = asyncio.run(print_samples(chosen, now, tag))
        lines = tell_all(looks, tag)
    if as_json:
        typer.echo(json.dumps(lines, ensure_ascii=False))
    else:
        for one in lines:
            typer.echo(f"{'ok ' if one['ok'] else 'BAD'} {one['what']}: {one['text']}")
    raise typer.Exit(0 if all(one["ok"] for one in lines) else 1)


@config_app.command("check")
def config_check(config: Config = None) -> None:
    """Say everything that is wrong with the settings."""
    from pos_agent.hardware.check_settings import need_all  # noqa: PLC0415

    with _told():
        chosen = _load_chosen(config)
        if chosen.problems:
            raise SettingsError((*chosen.problems, "until then the devices of agent.toml count"))
        need_all(chosen.settings)
        typer.echo("the settings are right")
        typer.echo(f"printers and scanners: {chosen.source}")


@stock_app.command("receive")
def stock_receive(
    file: Path,
    ref: Annotated[str, typer.Option(help="Number of the delivery; counts once")] = "",
    opening: Annotated[bool, typer.Option(help="It is the opening stock")] = False,
    config: Config = None,
) -> None:
    """Take goods in from a CSV FILE with the columns sku and qty; the agent must not be running."""
    with _told():
        settings = _load(config)
        from pos_agent.ledger.receive_file import receive_file  # noqa: PLC0415

        booked = asyncio.run(receive_file(settings, file, ref or file.stem, is_opening=opening))
        again = " (booked before)" if booked.is_repeat else ""
        typer.echo(f"{booked.units} units from {file.name}, event {booked.seq}{again}")


def main() -> None:
    """Entry of `omo-agent`."""
    app(prog_name="omo-agent")


if __name__ == "__main__":
    main()
