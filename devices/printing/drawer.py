"""The bytes that open a cash drawer. Never part of a print job: a job may be printed again, a drawer not."""

from devices.printing.status import NOT_READY, PrinterState
from devices.profiles.loader import Profile

_PINS = {2: 0, 5: 1}
_MOST_STEPS = 255


def drawer_pulse(profile: Profile, state: PrinterState = PrinterState.ONLINE) -> bytes:
    """The pulse for the profile's pin; nothing where it has no drawer.

    ESC p m t1 t2, on and off in steps of 2 ms. A printer that prints nothing reads no such command before it
    does again, so it is told in real time: DLE DC4 1 m t, in steps of 100 ms.
    """
    pin = _PINS.get(profile.drawer_pin)
    if pin is None:
        return b""
    if state in NOT_READY:
        return bytes((0x10, 0x14, 1, pin, max(1, min(8, round(profile.drawer_pulse_ms / 100)))))
    steps = min(_MOST_STEPS, profile.drawer_pulse_ms // 2)
    return bytes((0x1B, 0x70, pin, steps, _MOST_STEPS))
