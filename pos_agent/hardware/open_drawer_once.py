"""One pulse to a drawer on a printer that the day's spool does not know yet. It keeps no record."""

from devices.errors import PortError
from devices.ports.address import port_at
from devices.printing.delivery import ask_report
from devices.printing.drawer import drawer_pulse
from devices.printing.settings import PrinterConfig
from devices.printing.status import PrinterState
from devices.profiles import load_profile

_OPEN_S = 3.0
_WRITE_S = 2.0
_ANSWER_S = 0.5


async def open_drawer_once(printer: PrinterConfig) -> bool:
    """Send one pulse: whether it left.

    Raises:
        devices.errors.ConfigurationError: the address or the profile cannot work.
    """
    profile = load_profile(printer.profile, printer.own_profiles)
    if profile.drawer_pin == 0:
        return False
    port = port_at(printer.uri)
    try:
        await port.open(_OPEN_S)
        asks = profile.status != "none"
        state = (await ask_report(port, _ANSWER_S)).state if asks else PrinterState.UNKNOWN
        await port.write(drawer_pulse(profile, state), _WRITE_S)
    except PortError:
        return False
    finally:
        await port.close()
    return True
