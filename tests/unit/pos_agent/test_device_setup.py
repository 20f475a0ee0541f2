"""Devices set up while the store works: the file, the rules, two managers, and papers that follow."""

import os
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.printing.document import Document, Text
from devices.printing.job import JobKind
from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.choose_devices import Chosen, choose_devices, file_of, tables_of
from pos_agent.hardware.device_file import (
    BadDeviceFile,
    DeviceTables,
    read_tables,
    text_of,
    version_of,
    write_tables,
)
from pos_agent.hardware.device_rules import (
    put_printer,
    put_scanner,
    without_printer,
    without_scanner,
)
from pos_agent.hardware.device_trial import Trials
from pos_agent.hardware.printers import Printers
from pos_agent.settings import AgentSettings, DisplaySection, PrinterSection, ScannerSection
from sync.rules.errors import Refused
from sync.web.errors import InvalidInput
from tests.unit.pos_agent.agent_stage import Stage, agent_settings
from tests.unit.pos_agent.saves_devices import choices

ROOT = Path(__file__).parents[3]
MODELS = ("generic-80", "generic-58")
FRONT = PrinterSection(id="front", uri="tcp://127.0.0.1:1")
HAND = ScannerSection(id="hand", uri="serial:/dev/ttyS9?baud=9600")


@settings(max_examples=60)
@given(
    uri=st.text(min_size=1, max_size=40), suffix=st.text("\"\\'#= ~", max_size=8), gap=st.integers(10, 1000)
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, uri: str, suffix: str, gap: int
) -> None:
    uri = uri.encode("utf-8", "ignore").decode()
    path = tmp_path_factory.mktemp("file") / "devices.toml"
    printer = PrinterSection(id="p", uri=uri, drawer=True)
    scanner = ScannerSection(id="s", uri=uri, suffix=suffix, gap_ms=gap, till="1")
    display = DisplaySection(id="d", uri=uri, kind="digits")
    tables = DeviceTables(printer=(printer,), scanner=(scanner,), display=(display,))
    write_tables(path, tables)
    assert read_tables(path) == tables
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[printer]", "it is not TOML"),
        ('[[printer]]\nid = "a b"\nuri = "tcp://p"\n', "printer.0.id: "),
        ('[[lamp]]\nid = "a"\n', "lamp: "),
        ('[[printer]]\nid = "p"\nuri = "lpt1"\n', "printer p: 'lpt1'"),
        ('[[scanner]]\nid = "s"\nuri = "tcp://p:1"\ntill = "9"\n', "scanner s: there is no till 9"),
        ("#" * 70_000, "more than 65536 bytes"),
        (f"lamp = {'9' * 5_000}", "it is not TOML"),
        (f"lamp = {'[' * 20_000}", "it is not TOML"),
    ],
)
def test_a_broken_file_does_not_count_and_is_told(tmp_path: Path, text: str, told: str) -> None:
    named = agent_settings(tmp_path)
    file_of(named).write_text(text, "utf-8")
    chosen = choose_devices(named)
    assert (chosen.settings, chosen.source) == (named, "agent.toml")
    assert [told in problem and str(file_of(named)) in problem for problem in chosen.problems] == [True]


def test_the_file_counts_as_a_whole_once_it_is_there(tmp_path: Path) -> None:
    named = agent_settings(tmp_path)
    assert choose_devices(named) == Chosen(named, "agent.toml")
    write_tables(file_of(named), DeviceTables(scanner=(HAND,)))
    chosen = choose_devices(named)
    assert (chosen.source, chosen.problems) == ("devices.toml", ())
    assert (chosen.settings.printer, chosen.settings.scanner) == ((), (HAND,))
    assert chosen.settings.data_dir == named.data_dir


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "devices.toml").mkdir()
    with pytest.raises(BadDeviceFile, match="it is no file"):
        read_tables(tmp_path / "devices.toml")


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "devices.toml")
    with pytest.raises(BadDeviceFile, match="it is no file"):
        read_tables(tmp_path / "devices.toml")


def faults(error: InvalidInput) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in error.faults]


NOW = DeviceTables(printer=(FRONT, PrinterSection(id="back", uri="tcp://b", drawer=True)), scanner=(HAND,))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"uri": "lpt1"}, [("uri", "address.unreadable")]),
        ({"uri": "file:/home/me/.profile"}, [("uri", "address.no_device")]),
        ({"uri": "file:/dev/../home/me"}, [("uri", "address.no_device")]),
        ({"uri": "pty:/home/me/name"}, [("uri", "address.unreadable")]),
        ({"uri": "tcp://127.0.0.1:1/"}, [("uri", "address.taken")]),
        ({"uri": "serial:/dev/ttyS9?baud=19200"}, [("uri", "address.taken")]),
        ({"profile": "none"}, [("profile", "profile.unknown")]),
        ({"fallback": "new"}, [("fallback", "fallback.unknown")]),
        ({"drawer": True}, [("drawer", "drawer.elsewhere")]),
        ({"id": "front", "profile": "generic-58"}, [("id", "id.taken")]),
    ],
)
def test_a_printer_is_refused_by_field(change: dict[str, object], told: list[tuple[str, str]]) -> None:
    values = {"id": "new", "uri": "tcp://n", **change}
    with pytest.raises(InvalidInput) as refused:
        put_printer(PrinterSection(**values), is_new=True, profiles=MODELS)(NOW)
    assert faults(refused.value) == told or faults(refused.value)[-1:] == told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"uri": "usb"}, ("uri", "address.unreadable")),
        ({"uri": "stdin:"}, ("uri", "address.unreadable")),
        ({"uri": "tcp://b:9100"}, ("uri", "address.taken")),
        ({"till": "7"}, ("till", "till.unknown")),
    ],
)
def test_a_scanner_is_refused_by_field(change: dict[str, str], told: tuple[str, str]) -> None:
    wanted = ScannerSection(**{"id": "new", "uri": "tcp://s:1", **change})
    with pytest.raises(InvalidInput) as refused:
        put_scanner(wanted, is_new=True, tills=("1",))(NOW)
    assert faults(refused.value) == [told]


def test_a_printer_that_another_falls_back_to_stays() -> None:
    now = NOW.model_copy(update={"printer": (FRONT.model_copy(update={"fallback": "back"}), NOW.printer[1])})
    with pytest.raises(Refused, match="is_fallback"):
        without_printer("back")(now)
    assert [one.id for one in without_printer("front")(now).printer] == ["back"]
    assert without_scanner("hand")(now).scanner == ()


def test_a_seventeenth_is_one_too_many() -> None:
    full = DeviceTables(printer=tuple(PrinterSection(id=f"p{n}", uri=f"tcp://p{n}") for n in range(16)))
    with pytest.raises(Refused, match="too_many_devices"):
        put_printer(FRONT, is_new=True, profiles=MODELS)(full)
    with pytest.raises(Refused, match="unknown_device"):
        put_printer(FRONT, is_new=False, profiles=MODELS)(full)


def made(named: AgentSettings) -> tuple[DeviceSetup, list[AgentSettings]]:
    used: list[AgentSettings] = []
    return DeviceSetup(choose_devices(named), used.append, Trials(lambda _code: False, lambda: None)), used


async def test_two_managers_never_overwrite_each_other_and_a_double_save_is_one(tmp_path: Path) -> None:
    setup, used = made(AgentSettings(data_dir=tmp_path))
    seen = setup.chosen.version
    add = put_printer(FRONT, is_new=True, profiles=MODELS)
    await setup.change(seen, add, "lin")
    await setup.change(seen, add, "lin")
    assert len(used) == 1
    text = (tmp_path / "devices.toml").read_bytes()
    other = put_printer(FRONT.model_copy(update={"profile": "generic-58"}), is_new=False, profiles=MODELS)
    with pytest.raises(Refused, match="setup_changed"):
        await setup.change(seen, other, "wang")
    assert ((tmp_path / "devices.toml").read_bytes(), len(used)) == (text, 1)
    assert choose_devices(AgentSettings(data_dir=tmp_path)).settings == setup.settings
    await setup.change(setup.chosen.version, without_printer("front"), "lin")
    assert (setup.settings.printer, setup.chosen.source) == ((), "devices.toml")


async def test_what_cannot_be_kept_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    setup, used = made(AgentSettings(data_dir=folder))
    before = setup.chosen
    (folder / "devices.new").mkdir()  # the draft has no place, as on a full disk
    with pytest.raises(Refused, match="setup_not_kept"):
        await setup.change(before.version, put_printer(FRONT, is_new=True, profiles=MODELS), "lin")
    assert (setup.chosen, used, [path.name for path in folder.iterdir()]) == (before, [], ["devices.new"])


async def test_a_broken_file_is_kept_aside_by_the_next_save(tmp_path: Path) -> None:
    named = agent_settings(tmp_path)
    file_of(named).write_text("[[printer]", "utf-8")
    setup, _ = made(named)
    await setup.change(setup.chosen.version, put_scanner(HAND, is_new=True, tills=("1",)), "lin")
    assert (tmp_path / "devices.toml.broken-1").read_text("utf-8") == "[[printer]"
    kept = choose_devices(named)
    assert (kept.problems, tables_of(kept.settings)) == (
        (),
        DeviceTables(printer=named.printer, scanner=(HAND,)),
    )
    assert version_of(tables_of(kept.settings)) == setup.chosen.version
    assert "[[scanner]]" in text_of(tables_of(kept.settings))
    assert stat.S_ISREG(file_of(named).stat().st_mode)


async def test_papers_of_a_printer_that_is_gone_go_to_the_one_of_their_kind(stage: Stage) -> None:
    desk = stage.desk
    paper = Document((Text("x"),))
    job = await desk.ledger.writer.run(lambda tx: desk.papers.enqueue(tx, JobKind.PICK, paper))
    printers = Printers(desk.settings, desk.ledger.writer, desk.reader, desk.board, stage.clock)
    others = (PrinterSection(id="r", uri="tcp://r"), PrinterSection(id="k", uri="tcp://k", role="pick"))
    changed = desk.settings.model_copy(update={"printer": others})
    desk.papers.use(changed)
    desk.board.use(changed)
    printers.use(changed)
    await printers._take_in_strays()
    assert await stage.rows("SELECT id, printer, state FROM print_job") == [(job, "k", "queued")]
    none = desk.settings.model_copy(update={"printer": ()})
    printers.use(none)
    await printers._take_in_strays()
    assert await stage.rows("SELECT id, printer, state FROM print_job") == [(job, "k", "queued")]
    assert list(desk.board.printers) == ["r", "k"]


@pytest.mark.processes
def test_a_kill_while_devices_are_saved_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    whole = set()
    for tables in choices():
        write_tables(tmp_path / "whole", tables)
        whole.add(sha256((tmp_path / "whole").read_bytes()).hexdigest())
    folder = tmp_path / "data"
    folder.mkdir()
    program = Path(__file__).with_name("saves_devices.py")
    told = subprocess.run(
        [sys.executable, str(program), str(folder), "60"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},  # noqa: TID251 - a child needs its parent's
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = told.stdout.split()
    assert len(found) == 60
    assert set(found) - {"none"} == whole
    chosen = choose_devices(AgentSettings(data_dir=folder))
    assert (chosen.source, chosen.problems) == ("devices.toml", ())
    assert tables_of(chosen.settings) in choices()
    write_tables(
        folder / "devices.toml", tables_of(chosen.settings)
    )  # what a kill left beside it is no hurdle
    assert [path.name for path in folder.iterdir()] == ["devices.toml"]
