"""USB, CUPS and file ports: what every port promises, against stand-ins at the system's boundary."""

import asyncio
import errno
import os
import pty
import sys
import tty
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from devices.errors import AddressError, PortAbsent, PortLost, PortTimeout
from devices.ports.address import port_at
from devices.ports.cups import CupsPort
from devices.ports.file_path import FilePort
from devices.ports.usb import UsbPort
from devices.ports.usb_bus import PyUsb, UsbName

NAME = UsbName(0x04B8, 0x0202, "K3XF1")


class FakeUsb:
    """pyusb with one printer on the bus: two modules, as it is imported."""

    def __init__(self) -> None:
        self.taken = bytearray()
        self.said = bytearray()
        self.fault: OSError | None = None
        self.is_plugged = True
        self.released = 0
        self.detached = 0
        out = SimpleNamespace(bEndpointAddress=0x01, bmAttributes=2, write=self._write)
        back = SimpleNamespace(bEndpointAddress=0x82, bmAttributes=2, read=self._read)
        interface = [out, back]
        self.interface = type("Interface", (list,), {"bInterfaceClass": 7, "bInterfaceNumber": 0})(interface)
        self.device = type("Device", (list,), {
            "idVendor": 0x04B8, "idProduct": 0x0202, "iSerialNumber": 3, "iManufacturer": 1, "iProduct": 2,
            "is_kernel_driver_active": lambda _self, _number: True,
            "detach_kernel_driver": lambda _device, number: self._detach(number),
        })([[self.interface]])  # fmt: skip

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be what `import usb.core, usb.util` finds."""
        usb, core, util = (ModuleType(name) for name in ("usb", "usb.core", "usb.util"))
        core.find = self._find  # type: ignore[attr-defined]
        util.get_string = lambda _device, index: {1: "EPSON", 2: "TM-T88V", 3: "K3XF1"}[index]  # type: ignore[attr-defined]
        util.claim_interface = lambda _device, _number: None  # type: ignore[attr-defined]
        util.release_interface = self._release  # type: ignore[attr-defined]
        util.dispose_resources = lambda _device: None  # type: ignore[attr-defined]
        usb.core, usb.util = core, util  # type: ignore[attr-defined]
        for module in (usb, core, util):
            monkeypatch.setitem(sys.modules, module.__name__, module)

    def _find(self, **_asked: object) -> list[object]:
        return [self.device] if self.is_plugged else []

    def _detach(self, _number: int) -> None:
        self.detached += 1

    def _release(self, _device: object, _number: int) -> None:
        self.released += 1

    def _write(self, data: bytes, _timeout_ms: int) -> int:
        if self.fault:
            raise self.fault
        self.taken += data[:100]
        return min(len(data), 100)

    def _read(self, _limit: int, _timeout_ms: int) -> bytes:
        if self.fault:
            raise self.fault
        if not self.said:
            raise OSError(errno.ETIMEDOUT, "Operation timed out")
        said, self.said = bytes(self.said), bytearray()
        return said


@pytest.fixture
def usb(monkeypatch: pytest.MonkeyPatch) -> FakeUsb:
    """A printer on the bus."""
    fake = FakeUsb()
    fake.install(monkeypatch)
    return fake


async def test_a_usb_printer_is_found_written_whole_and_given_back(usb: FakeUsb) -> None:
    assert PyUsb().printers() == [(NAME, "EPSON TM-T88V")]
    port = UsbPort(NAME)
    await port.open(1.0)
    await port.write(bytes(range(256)), 1.0)
    assert bytes(usb.taken) == bytes(range(256))
    usb.said += b"\x12"
    assert await port.read(16, 0.1) == b"\x12"
    await port.close()
    await port.close()
    assert (usb.detached, usb.released) == (1, 1)


async def test_a_usb_printer_that_is_silent_or_gone_is_told_apart(usb: FakeUsb) -> None:
    port = UsbPort(NAME)
    await port.open(1.0)
    with pytest.raises(PortTimeout, match="said nothing"):
        await port.read(16, 0.05)
    usb.fault = OSError(errno.ETIMEDOUT, "Operation timed out")
    with pytest.raises(PortTimeout, match="took no bytes"):
        await port.write(b"x", 0.05)
    usb.fault = OSError(errno.ENODEV, "No such device")
    with pytest.raises(PortLost, match="No such device"):
        await port.write(b"x", 0.05)
    await port.close()
    usb.is_plugged = False
    with pytest.raises(PortAbsent, match="plugged in"):
        await port.open(1.0)
    usb.is_plugged, usb.fault = True, None
    await port.open(1.0)
    await port.close()


async def test_usb_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usb", None)
    monkeypatch.setitem(sys.modules, "usb.core", None)
    with pytest.raises(PortAbsent, match=r"omo-retail-hub\[usb\]"):
        await UsbPort(NAME).open(1.0)


async def test_usb_without_its_library_says_what_to_install(
    usb: FakeUsb, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(**_asked: object) -> list[object]:
        raise ValueError("No backend available")

    monkeypatch.setattr(sys.modules["usb.core"], "find", find)
    with pytest.raises(OSError, match=r"libusb-1\.0-0 \(No backend available\)"):
        PyUsb().printers()
    with pytest.raises(PortAbsent, match="libusb"):
        await UsbPort(NAME).open(1.0)


def program(folder: Path, name: str, script: str) -> str:
    """A stand-in for one of CUPS' programs."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


async def test_a_queue_takes_raw_jobs_and_says_nothing(tmp_path: Path) -> None:
    lp = program(tmp_path, "lp", f'echo "$@" >> {tmp_path}/said; cat > {tmp_path}/job')
    lpstat = program(tmp_path, "lpstat", 'echo "front accepting requests since Thu"')
    port = CupsPort("front", lp, lpstat)
    await port.open(2.0)
    await port.write(b"\x1b@\xba\xc3\n", 2.0)
    with pytest.raises(PortTimeout, match="says nothing"):
        await port.read(1, 0.01)
    await port.close()
    assert (tmp_path / "job").read_bytes() == b"\x1b@\xba\xc3\n"
    assert (tmp_path / "said").read_text() == "-d front -o raw -s -- -\n"
    with pytest.raises(PortLost, match="not open"):
        await port.write(b"x", 1.0)


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ('echo "lpstat: Invalid destination name"; exit 1', "Invalid destination"),
        ('echo "front not accepting requests"', "not accepting"),
        ("exec sleep 5", "does not answer"),
    ],
)
async def test_a_queue_that_takes_no_jobs_is_absent(tmp_path: Path, script: str, word: str) -> None:
    port = CupsPort("front", program(tmp_path, "lp", "true"), program(tmp_path, "lpstat", script))
    with pytest.raises(PortAbsent, match=word):
        await port.open(0.3)


async def test_what_a_queue_says_is_one_line_without_logins(tmp_path: Path) -> None:
    lp = program(
        tmp_path, "lp", r"printf 'ipp://boss:s3cret@10.0.0.9/front\n\033[31m: no\tspace\a\n'; exit 1"
    )
    port = CupsPort("front", lp, program(tmp_path, "lpstat", 'echo "front accepting requests"'))
    await port.open(30.0)
    with pytest.raises(PortLost) as refused:
        await port.write(b"x", 30.0)
    assert str(refused.value) == "cups:front refused the job: ipp://***@10.0.0.9/front [31m: no space"


async def test_a_queue_that_refuses_or_hangs_is_told(tmp_path: Path) -> None:
    lpstat = program(tmp_path, "lpstat", 'echo "front accepting requests"')
    refusing = CupsPort("front", program(tmp_path, "lp", "echo no space; exit 1"), lpstat)
    await refusing.open(2.0)
    with pytest.raises(PortLost, match="no space"):
        await refusing.write(b"x", 2.0)
    hanging = CupsPort("front", program(tmp_path, "lp2", "exec sleep 5"), lpstat)
    await hanging.open(2.0)
    with pytest.raises(PortTimeout, match="took no job"):
        await hanging.write(b"x", 0.2)


async def test_a_machine_without_cups_says_so() -> None:
    with pytest.raises(PortAbsent, match="cups-client"):
        await CupsPort("front", "/none/lp", "/none/lpstat").open(1.0)


async def test_jobs_are_appended_to_a_file(tmp_path: Path) -> None:
    port = FilePort(str(tmp_path / "papers.bin"))
    for job in (b"one", b"two"):
        await port.open(1.0)
        await port.write(job, 1.0)
        await port.close()
    assert (tmp_path / "papers.bin").read_bytes() == b"onetwo"
    await port.open(1.0)
    with pytest.raises(PortTimeout, match="says nothing"):
        await port.read(1, 0.01)
    await port.close()
    with pytest.raises(PortLost):
        await port.write(b"x", 1.0)
    with pytest.raises(PortAbsent, match="cannot be opened"):
        await FilePort(str(tmp_path / "none" / "x")).open(1.0)


async def test_a_device_file_answers_stalls_and_goes_away() -> None:
    near, far = pty.openpty()
    tty.setraw(far)
    port = FilePort(os.ttyname(far))
    await port.open(1.0)
    await port.write(b"hello", 1.0)
    assert os.read(near, 16) == b"hello"
    with pytest.raises(PortTimeout, match="said nothing"):
        await port.read(16, 0.05)
    os.write(near, b"\x12")
    assert await port.read(16, 1.0) == b"\x12"
    with pytest.raises(PortTimeout, match="took no bytes"):
        await port.write(bytes(1_000_000), 0.1)
    os.close(near)
    os.close(far)
    with pytest.raises(PortLost):
        await port.read(16, 0.1)
    await port.close()


@pytest.mark.parametrize(
    ("uri", "peer"),
    [
        ("usb:04b8:0202", "usb:04b8:0202"),
        ("usb:04B8:0202:K3XF1", "usb:04b8:0202:K3XF1"),
        ("cups:front_desk", "cups:front_desk"),
        ("file:/dev/usb/lp0", "file:/dev/usb/lp0"),
        ("pty:/run/omo/pole", "pty:/run/omo/pole"),
    ],
)
def test_their_addresses_are_read(uri: str, peer: str) -> None:
    assert port_at(uri).peer == peer


@pytest.mark.parametrize(
    "uri",
    [
        "usb:4b8:202",
        "usb:04b8",
        "usb:04b8:0202:a b",
        "cups:",
        "cups:-d",
        "cups:a b",
        "cups:../x",
        "file:x",
        "pty:x",
        "pty:/run/omo/",
        "file:",
    ],
)
def test_a_wrong_address_is_refused(uri: str) -> None:
    with pytest.raises(AddressError, match="write"):
        port_at(uri)


async def test_a_stuck_call_is_given_up(monkeypatch: pytest.MonkeyPatch, usb: FakeUsb) -> None:
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(*_arguments: object) -> int:
        asyncio.run_coroutine_threadsafe(released.wait(), loop).result(5)
        return 1

    port = UsbPort(NAME)
    await port.open(1.0)
    monkeypatch.setattr(usb.interface[0], "write", hang)
    monkeypatch.setattr("devices.ports.usb._GRACE_S", 0.05)
    with pytest.raises(PortTimeout, match="stuck"):
        await port.write(b"x", 0.05)
    released.set()
    await port.close()
