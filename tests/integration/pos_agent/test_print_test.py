"""`print-test` on a printer that works and on one that is not there."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from devices.printing.settings import PrinterConfig
from pos_agent import enrolment
from pos_agent.hardware.print_test import print_samples, zone_of
from pos_agent.settings import AgentSettings
from tests.integration.devices.virtual_devices import running
from tests.unit.pos_agent.agent_stage import enrolment_answer

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TROUBLES = [
    ("paper-out", "paper-ok", "paper_out"),
    ("cover-open", "cover-closed", "cover_open"),
]


async def test_a_sample_page_comes_out_or_its_trouble_is_told(tmp_path: Path) -> None:
    options = ("--port", "0", "--papers", str(tmp_path / "papers"), "--no-png")
    with running("printer", *options) as printer:
        uri = f"tcp://127.0.0.1:{printer.facts['port']}"
        front = PrinterConfig("works", uri)
        outcomes = await print_samples([front, PrinterConfig("gone", "tcp://127.0.0.1:1")], NOW)
        assert (outcomes["works"].code, outcomes["works"].is_good) == ("confirmed", True)
        assert (outcomes["gone"].code, outcomes["gone"].is_good) == ("refused", False)
        for fault, mend, code in TROUBLES:
            assert printer.control(fault) == "ok"
            look = (await print_samples([front], NOW))["works"]
            assert (look.code, look.is_good) == (code, False)
            assert printer.control(mend) == "ok"
    assert len(list((tmp_path / "papers").glob("*.txt"))) == 1
    assert "打印测试" in (tmp_path / "papers" / "0001.txt").read_text("utf-8")


def test_the_page_shows_the_stores_time(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    settings = AgentSettings(data_dir=tmp_path / "data")
    config.write_text(f'data_dir = "{settings.data_dir}"\n', "utf-8")
    assert zone_of(settings) is None
    enrolment.keep(settings.data_dir, enrolment_answer())
    assert zone_of(settings) == ZoneInfo("Asia/Shanghai")
