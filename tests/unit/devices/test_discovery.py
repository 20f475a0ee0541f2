"""Finding devices: by their lasting names, with what stands in the way; nothing is scanned or opened."""

import asyncio
from pathlib import Path

import pytest

from devices.discovery.discover import discover
from devices.discovery.found import Found
from devices.discovery.local import keyboards, serial_lines, usb_printers
from devices.discovery.network import cups_queues, network_printers
from devices.ports.usb_bus import UsbLine, UsbName


class Bus:
    """A USB with what a test hangs on it."""

    def __init__(self, *printers: tuple[UsbName, str], fault: str = "") -> None:
        self._printers, self._fault = list(printers), fault

    def printers(self) -> list[tuple[UsbName, str]]:
        """See ``UsbBus``."""
        if self._fault:
            raise OSError(self._fault)
        return self._printers

    def open(self, name: UsbName) -> UsbLine:
        """See ``UsbBus``."""
        raise AssertionError(name)


def test_serial_lines_and_keyboards_are_named_as_they_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.discovery.local.list_ports.comports", list)
    for folder, name in (
        ("serial", "usb-Zebra-if00"),
        ("input", "usb-Honeywell-event-kbd"),
        ("input", "usb-mouse"),
    ):
        path = tmp_path / "dev" / folder / "by-id" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert serial_lines(tmp_path) == [
        Found("serial", "serial:/dev/serial/by-id/usb-Zebra-if00", "usb-Zebra-if00")
    ]
    assert keyboards(tmp_path) == [
        Found("keyboard", "hid:/dev/input/by-id/usb-Honeywell-event-kbd", "usb-Honeywell-event-kbd")
    ]
    assert serial_lines(tmp_path / "none") == []


def test_a_device_that_may_not_be_opened_says_which_group_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.discovery.local.list_ports.comports", list)
    monkeypatch.setattr("devices.discovery.local.os.access", lambda _path, _mode: False)
    path = tmp_path / "dev" / "serial" / "by-id" / "usb-x"
    path.parent.mkdir(parents=True)
    path.touch()
    (found,) = serial_lines(tmp_path)
    assert found.trouble.startswith("this user may not open it: add the user to the group ")


def test_usb_printers_are_listed_or_what_is_missing() -> None:
    bus = Bus((UsbName(0x04B8, 0x0202, "K3"), "EPSON TM-T88V"))
    assert usb_printers(bus) == [Found("usb", "usb:04b8:0202:K3", "EPSON TM-T88V")]
    assert usb_printers(Bus(fault="USB needs the package pyusb")) == [
        Found("usb", "", trouble="USB needs the package pyusb", cause="broken")
    ]


async def test_a_named_host_is_asked_and_no_other() -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("devices.discovery.network.RAW_PORT", port)
        there, gone = await network_printers(["127.0.0.1", "127.0.0.2"], 1.0)
    server.close()
    assert there == Found("network", f"tcp://127.0.0.1:{port}", "127.0.0.1")
    assert (gone.address, gone.name) == ("", "127.0.0.2")
    assert gone.trouble


@pytest.mark.parametrize("hosts", [["a b"], [""], ["x" * 300], ["10.0.0.1"] * 65])
async def test_what_cannot_be_a_host_is_refused(hosts: list[str]) -> None:
    with pytest.raises(ValueError, match=r"machine|at most"):
        await discover(hosts, 0.1)


async def test_queues_of_cups_are_listed(tmp_path: Path) -> None:
    program = tmp_path / "lpstat"
    program.write_text("#!/bin/sh\nprintf 'front\\nback_room\\nbad;name\\n'\n")
    program.chmod(0o755)
    assert await cups_queues(2.0, str(program)) == [
        Found("cups", "cups:front", "front"),
        Found("cups", "cups:back_room", "back_room"),
    ]
    assert await cups_queues(2.0, str(tmp_path / "none")) == []
    program.write_text("#!/bin/sh\nexec sleep 5\n")
    (found,) = await cups_queues(0.1, str(program))
    assert found.trouble == "CUPS does not answer: look at its service"
