"""The limits in docs/devices.md are those of the code: no row more, none less, each with its number."""

from pathlib import Path
from typing import Final

from devices import hotplug, steadiness
from devices.backoff import Backoff
from devices.display import digits, driver, two_rows, view
from devices.ports import cups, owned_thread, serial_line, tcp
from devices.printing import blocks, gb18030, job, journal
from devices.printing.settings import SpoolLimits
from devices.profiles import loader
from devices.scanning import framer, listen_port, serial_source
from devices.supervisor import Supervisor
from pos_agent.hardware import device_file

DOCS: Final = Path(__file__).parents[3] / "docs" / "devices.md"
SPOOL: Final = SpoolLimits()


def shown(limit: float, unit: str) -> str:
    """A limit as the table writes it."""
    return f"{limit:,g} {unit}" if limit < 1 else f"{limit:,.0f} {unit}"


def rows() -> dict[str, str]:
    """What the table says, from the code."""
    return {
        "a printer is opened within": shown(SPOOL.open_s, "s"),
        "it answers how it is within": shown(SPOOL.status_s, "s"),
        "it takes a job's bytes (each piece, where it is sent in pieces) within": shown(SPOOL.write_s, "s"),
        "it says that a paper is out, after the last byte, within": shown(SPOOL.completion_s, "s"),
        "one that says that it cannot print now is waited for": shown(SPOOL.patience_s, "s"),
        "an idle printer is looked at every": shown(SPOOL.health_s, "s"),
        "one that cannot be reached is tried again after at most": shown(SPOOL.backoff_limit_s, "s"),
        "a drawer's pulse leaves within": shown(SPOOL.pulse_s, "s"),
        "a call that outlives its limit is given up, with its thread, after another": shown(
            serial_line._GRACE_S, "s"
        ),
        "closing a connection takes at most": shown(tcp._CLOSE_LIMIT_S, "s"),
        "the last call of a device's thread is waited for": shown(owned_thread.END_S, "s"),
        "words of CUPS that are kept": shown(cups._MOST_WORDS, "characters"),
        "equal papers of a job": shown(job.MAX_COPIES, "copies"),
        "text of one block": shown(blocks.MAX_TEXT, "characters"),
        "a QR code": shown(blocks.MAX_QR_BYTES, "bytes"),
        "a paper in the journal": "1,000,000 characters",
        "a printer profile": shown(loader.MOST_BYTES, "bytes"),
        "characters whose code is remembered": shown(
            gb18030._code.cache_parameters()["maxsize"] or 0, "characters"
        ),
        "a scanner is opened within": shown(serial_source._OPEN_S, "s"),
        "a code": shown(framer.MAX_CODE_BYTES, "bytes"),
        "the rest of a code that is under way at the opening is waited for": shown(
            serial_source._PAUSE_MOST_S, "s"
        ),
        "bytes of a scanner on the network that wait": shown(listen_port._MOST_BUFFERED * 2, "bytes"),
        "a scanner or display that is lost is tried again after at most": "5 s",
        "troubles within five minutes that make a device degraded": shown(steadiness.MOST, "troubles"),
        "what was plugged in is noticed, without `pyudev`, within": shown(hotplug.LOOK_S, "s"),
        "a display takes its view within": shown(driver._WRITE_S, "s"),
        "a view is sent again every": shown(driver.AGAIN_S, "s"),
        "a display's row": shown(two_rows.COLUMNS, "columns"),
        "a display's digits": shown(digits.DIGITS, "digits"),
        "a text for a display": shown(view._MOST_TEXT, "characters"),
        "printers, scanners, displays in `devices.toml`": "16 each",
        "`devices.toml`": shown(device_file.MOST_BYTES, "bytes"),
    }


def test_the_limits_in_the_docs_are_those_of_the_code() -> None:
    section = DOCS.read_text("utf-8").partition("## Limits\n")[2].partition("\n## ")[0]
    table = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    told = {words.strip(): limit.strip() for words, limit in table}
    assert told == rows()


def test_limits_that_stand_in_another_place_are_these() -> None:
    assert "length(document) BETWEEN 2 AND 1000000" in journal.JOURNAL_TABLE
    supervisor = Supervisor("x", lambda _status: None)
    assert isinstance(supervisor._backoff, Backoff)
    assert supervisor._backoff._limit_s == 5.0
    tables = device_file.DeviceTables.model_fields.values()
    assert {str(one.metadata) for one in tables} == {"[MaxLen(max_length=16)]"}
