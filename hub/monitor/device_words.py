"""What a store's devices are called, how bad their states are, and what to do about each."""

from collections.abc import Mapping
from typing import Final

from hub.monitor.health import Device
from hub.monitor.rules import Tone
from sync.web.errors import N_
from sync.web.translations import gettext

KINDS: Final[Mapping[str, str]] = {
    "printer": N_("printer"),
    "scanner": N_("scanner"),
    "drawer": N_("drawer"),
    "display": N_("display"),
}
_STATES: Final[Mapping[str, tuple[Tone, str, str]]] = {
    "online": ("ok", N_("connected"), ""),
    "ready": ("ok", N_("connected"), ""),
    "ok": ("ok", N_("connected"), ""),
    "idle": ("ok", N_("connected"), ""),
    "opened": ("ok", N_("opened when last asked"), ""),
    "opening": ("info", N_("connecting"), ""),
    "unknown": (
        "info",
        N_("unknown"),
        N_("It has said nothing yet. If it stays so, let the store print a test page."),
    ),
    "paper_low": ("warn", N_("paper low"), N_("The store should have a new roll at hand.")),
    "paused": (
        "warn",
        N_("switched offline"),
        N_("Someone in the store presses its feed button, or switches it off and on."),
    ),
    "degraded": (
        "warn",
        N_("works, but comes and goes"),
        N_("Look at its plug, cable or network in the store; if it goes on, change the cable."),
    ),
    "paper_out": (
        "bad",
        N_("out of paper"),
        N_("Ask the store to put in a new roll; what waits is printed then."),
    ),
    "cover_open": ("bad", N_("cover open"), N_("Ask the store to close its cover until it clicks.")),
    "cutter": (
        "bad",
        N_("cutter stuck"),
        N_("Switch it off, take out the paper that is stuck, switch it on."),
    ),
    "error": ("bad", N_("error"), N_("Switch it off and on in the store. If the error stays, call service.")),
    "offline": (
        "bad",
        N_("not reached"),
        N_("Look at its power and cable in the store, then at its address."),
    ),
    "absent": ("bad", N_("not plugged in"), N_("Ask the store to plug it in.")),
    "lost": ("bad", N_("not reached"), N_("Ask the store to plug it in again.")),
    "failed": (
        "bad",
        N_("did not open when last asked"),
        N_("Look at the printer it hangs on, and at the drawer's cable."),
    ),
}
_SAY_ALL: Final = frozenset({"unknown", "paper_low", "paused", "paper_out", "cover_open", "cutter", "error"})
"""A printer's own states: the driver's English for them says no more than their name."""
_ERRORS: Final[Mapping[str, str]] = {
    "port.absent": N_("not there, or busy"),
    "port.lost": N_("the line broke"),
    "port.timeout": N_("no answer in time"),
}
_CAUSES: Final[Mapping[str, str]] = {
    "permission": N_("The store's program may not open %(place)s: its user lacks a right on that machine."),
    "busy": N_("Another program on the store's machine holds %(place)s."),
    "refused": N_("%(place)s refuses: the machine is there, and nothing listens at this port."),
    "silent_host": N_("%(place)s does not answer."),
    "unknown_host": N_("The name in %(place)s is not known on the store's network."),
    "absent": N_("%(place)s is not there."),
    "broken": N_("%(place)s cannot be used; the store's log says more."),
    "no_package": N_("The store's program lacks a part for %(place)s."),
    "no_cups": N_("CUPS does not answer on the store's machine."),
    "queue_refuses": N_("The queue of CUPS takes no jobs."),
    "not_connected": N_("No scanner has connected to %(place)s."),
    "ended": N_("Its input has ended."),
    "went_away": N_("It went away while it was in use."),
    "stuck": N_("It does not answer, or takes nothing more."),
    "unsteady": N_("It came and went three times within five minutes."),
    "unforeseen": N_("It did something that the store's program does not know."),
    "no_mark": N_("It did not say that the last paper was printed."),
    "not_seen": N_("It was not reached yet since the store's program started."),
}
COUNTS: Final[Mapping[str, str]] = {
    "jobs": N_("papers"),
    "uncertain": N_("uncertain papers"),
    "scans": N_("scans"),
    "dropped": N_("scans dropped"),
    "reconnects": N_("reconnects"),
}
SINCE_START: Final = N_("counted since the store's program started")


def device_tone(device: Device) -> Tone:
    """How bad a device's state is; one that nobody foresaw is never shown as good."""
    return _STATES[device.state][0] if device.state in _STATES else "info"


def state_word(state: str) -> str:
    """What a state is called."""
    return gettext(_STATES[state][1]) if state in _STATES else state.replace("_", " ")


def error_word(code: str) -> str:
    """What a device's last error is called; one that nobody foresaw keeps its code."""
    if code in _ERRORS:
        return gettext(_ERRORS[code])
    return state_word(code.removeprefix("printer.")) if code.startswith("printer.") else code


def what_to_do(device: Device) -> str:
    """What somebody should do about it; nothing where nothing is to be done."""
    advice = _STATES[device.state][2] if device.state in _STATES else ""
    return gettext(advice) if advice else ""


def why(device: Device) -> str:
    """Why it is so: nothing where the state says all; the store program's own words for an unknown word."""
    if device.cause in _CAUSES:
        return gettext(_CAUSES[device.cause], place=device.place)
    return "" if device.state in _SAY_ALL and not device.cause else device.text


def kind_word(kind: str) -> str:
    """What a kind of device is called."""
    return gettext(KINDS.get(kind, kind))


def device_words(kind: str, state: str) -> str:
    """`printer: out of paper`."""
    return gettext("%(device)s: %(state)s", device=kind_word(kind), state=state_word(state))


def count_words(device: Device) -> list[tuple[str, int]]:
    """Its counts, each with its name."""
    return [(gettext(COUNTS[name]), count) for name, count in device.counts]
