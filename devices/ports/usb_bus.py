"""The system's USB, as little of it as a printer needs; pyusb is loaded when the first one is looked for.

Printers are devices with an interface of class 7 (USB Printing Devices, version 1.1). This was run against a
stand-in for pyusb, never on hardware.
"""

from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, Protocol

_PRINTER_CLASS: Final = 7
_TIMED_OUT: Final = 110  # errno ETIMEDOUT, as libusb's backends report it


@dataclass(frozen=True, slots=True)
class UsbName:
    """What tells one printer from another: vendor and product (16 bit each), and its serial number if any."""

    vendor: int
    product: int
    serial: str = ""

    def __str__(self) -> str:
        tail = f":{self.serial}" if self.serial else ""
        return f"usb:{self.vendor:04x}:{self.product:04x}{tail}"


class UsbLine(Protocol):
    """An opened printer. Every call blocks for at most its limit."""

    def write(self, data: bytes, timeout_s: float) -> int:
        """Send; how many bytes were taken. Raises TimeoutError or OSError."""
        ...

    def read(self, limit: int, timeout_s: float) -> bytes:
        """What it said. Raises TimeoutError or OSError."""
        ...

    def close(self) -> None:
        """Give it back to the system."""
        ...


class UsbBus(Protocol):
    """The bus."""

    def printers(self) -> list[tuple[UsbName, str]]:
        """All printers, with what they call themselves. Raises OSError."""
        ...

    def open(self, name: UsbName) -> UsbLine:
        """Open one. Raises OSError: it is not there, or belongs to another program."""
        ...


class PyUsb:
    """The bus by pyusb."""

    def printers(self) -> list[tuple[UsbName, str]]:
        """See ``UsbBus.printers``."""
        core, util = _pyusb()
        found = []
        for device in _find(core):
            if _printer_interface(device) is not None:
                serial = _text(util, device, device.iSerialNumber)
                maker, product = (_text(util, device, i) for i in (device.iManufacturer, device.iProduct))
                name = UsbName(device.idVendor, device.idProduct, serial)
                found.append((name, f"{maker} {product}".strip()))
        return found

    def open(self, name: UsbName) -> UsbLine:
        """See ``UsbBus.open``."""
        core, util = _pyusb()
        for device in _find(core, idVendor=name.vendor, idProduct=name.product):
            if name.serial in ("", _text(util, device, device.iSerialNumber)):
                return _PyUsbLine(device, util)
        raise FileNotFoundError(f"no {name} is plugged in")


def _find(core: Any, **asked: int) -> list[Any]:
    try:
        return list(core.find(find_all=True, **asked) or ())
    except (ValueError, NotImplementedError) as error:  # pyusb has no backend: no OSError, unlike all else
        raise OSError(f"USB needs the library libusb: apt install libusb-1.0-0 ({error})") from error


class _PyUsbLine:
    def __init__(self, device: Any, util: ModuleType) -> None:
        self._device, self._util = device, util
        interface = _printer_interface(device)
        if interface is None:
            raise OSError("it is no printer")
        self._number = interface.bInterfaceNumber
        if device.is_kernel_driver_active(self._number):
            device.detach_kernel_driver(self._number)
        util.claim_interface(device, self._number)
        bulk = [one for one in interface if one.bmAttributes & 3 == 2]
        ends: dict[bool, Any] = {bool(one.bEndpointAddress & 0x80): one for one in bulk}
        if False not in ends:
            raise OSError("it takes no data")
        self._out, self._in = ends[False], ends.get(True)

    def write(self, data: bytes, timeout_s: float) -> int:
        out = self._out
        return int(_timed(lambda: out.write(data, round(timeout_s * 1000))))

    def read(self, limit: int, timeout_s: float) -> bytes:
        if self._in is None:
            raise TimeoutError("it never answers")
        return bytes(_timed(lambda: self._in.read(max(limit, 64), round(timeout_s * 1000))))

    def close(self) -> None:
        self._util.release_interface(self._device, self._number)
        self._util.dispose_resources(self._device)


def _timed(call: Any) -> Any:
    try:
        return call()
    except OSError as error:
        if error.errno == _TIMED_OUT:
            raise TimeoutError(str(error)) from error
        raise


def _printer_interface(device: Any) -> Any:
    for configuration in device:
        for interface in configuration:
            if interface.bInterfaceClass == _PRINTER_CLASS:
                return interface
    return None


def _text(util: ModuleType, device: Any, index: int) -> str:
    """A string of the device; empty where it has none or may not be read."""
    try:
        return str(util.get_string(device, index) or "") if index else ""
    except (OSError, ValueError):
        return ""


def _pyusb() -> tuple[Any, Any]:
    try:
        import usb.core  # noqa: PLC0415 - an extra
        import usb.util  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise OSError("USB needs the package pyusb: pip install omo-retail-hub[usb]") from error
    return usb.core, usb.util
