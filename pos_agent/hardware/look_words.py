"""What a look at a device, or a test of it, means for people: what happened, and what to do."""

import locale
from collections.abc import Callable, Mapping
from typing import Any, Final

from devices.ports.trouble import Cause
from pos_agent.hardware.look_at import Look
from sync.web.errors import N_
from sync.web.translations import load_texts

Gettext = Callable[..., str]
WORDS: Final[Mapping[str, str]] = {
    "online": N_("It answers and is ready."),
    "ready": N_("It can be opened. Scan something to see that it reads."),
    "listens": N_("The agent listens there. Set the scanner to connect to %(place)s."),
    "no_answer": N_("It can be reached; this model never says how it is."),
    "unknown": N_(
        "It can be reached and says nothing: it may be mute, or of another model. Look at the paper."
    ),
    "paper_low": N_("It answers; the roll is nearly at its end. Have a new one at hand."),
    "paper_out": N_("It is out of paper. Put in a new roll, close the cover, and test again."),
    "cover_open": N_("Its cover is open. Close it until it clicks, and test again."),
    "cutter": N_("Its cutter is stuck. Switch it off, take out the paper that is stuck, switch it on."),
    "error": N_("It reports an error. Switch it off and on; if the error stays, call service."),
    "paused": N_("It is switched offline. Press its feed button, or switch it off and on."),
    "permission": N_(
        "This program may not open %(place)s. Add its user to the group %(group)s:"
        " sudo usermod -aG %(group)s USER, then start the agent again."
    ),
    "busy": N_("Another program holds %(place)s. End that program, or choose another address."),
    "refused": N_(
        "%(place)s refuses: the machine is there, and nothing listens at this port. Check the port (printers"
        " use 9100), or switch the device on."
    ),
    "silent_host": N_("%(place)s does not answer. Look at power, network cable and address."),
    "unknown_host": N_("The name in %(place)s is not known on this network. Write the address in numbers."),
    "absent": N_("%(place)s is not there. Plug the device in, or look for it again."),
    "broken": N_("%(place)s cannot be used. Plug the device out and in, and look for it again."),
    "no_package": N_(
        "The program lacks a part for %(place)s. Install it: pip install omo-retail-hub[usb,evdev], then"
        " start the agent again."
    ),
    "no_cups": N_("CUPS does not answer. Look whether its service runs: systemctl status cups."),
    "queue_refuses": N_("The queue of CUPS takes no jobs. Look at it: lpstat -p, cupsenable, cupsaccept."),
    "not_connected": N_("No scanner has connected to %(place)s. Switch it on, look at its wireless."),
    "ended": N_("The input has ended. Start the agent again with one."),
    "went_away": N_("It went away while it was in use. Look at its plug, cable and power."),
    "stuck": N_(
        "It does not answer, or takes nothing more. Switch it off and on; look at cable and address."
    ),
    "unsteady": N_(
        "It came and went three times within five minutes. Look at its plug, cable or network; if it goes on,"
        " change the cable."
    ),
    "unforeseen": N_("It did something that the program does not know. Switch it off and on."),
    "no_mark": N_(
        "It did not say that the last paper was printed. Look at the paper, and say so on the page Devices."
    ),
    "not_seen": N_("It was not reached yet since the start."),
    "cups_silent": N_("CUPS does not answer. Look whether its service runs: systemctl status cups."),
    "mdns_closed": N_("Printers that announce themselves cannot be listened to on this network."),
    "no_mdns": N_(
        "Printers that announce themselves were not looked for. To do so: pip install omo-retail-hub[mdns]."
    ),
    "no_hotplug": N_(
        "What is plugged in is noticed within a second. To notice it at once: pip install"
        " omo-retail-hub[hotplug]."
    ),
    "confirmed": N_("Printed, and the printer said so."),
    "sent": N_("Sent; this printer cannot say more: look at the paper."),
    "uncertain": N_(
        "Uncertain: the printer did not say that it printed. Look whether the page came out whole."
    ),
    "failed": N_("Not printed: this page cannot be made for this model."),
    "late": N_("Not printed in time. Look at the printer, and test again."),
    "shown": N_("It was sent the number %(number)s; a display answers nothing. Look at it."),
    "opened": N_("The pulse was sent. The drawer should be open now."),
    "not_opened": N_("The pulse could not be sent, or this model opens no drawer."),
}


def tell_cause(code: str, facts: Mapping[str, Any], english: str, gettext: Gettext) -> str:
    """The words for why a device does not work; empty for none.

    Args:
        code: why.
        facts: what the words name: `place`, `group`.
        english: the driver's own words: told where nobody foresaw the code, and added where it says little.
        gettext: translates.
    """
    if code not in WORDS:
        return english if code else ""
    words = gettext(WORDS[code], **{"place": "", "group": "dialout", **facts})
    return f"{words} ({english})" if code == Cause.BROKEN and english else words


def tell_look(code: str, facts: Mapping[str, Any], gettext: Gettext) -> str:
    """The words for a code, in the language of `gettext`."""
    return gettext(WORDS[code], **facts)


def speech_of(asked: str) -> str:
    """The language of a command line: the one that is asked for, else the machine's; `zh-CN` or `en`."""
    told = asked or locale.getlocale(locale.LC_CTYPE)[0] or ""
    return "zh-CN" if told.lower().startswith(("zh", "chinese")) else "en"


def gettext_in(tag: str) -> Gettext:
    """What translates into a language."""
    return load_texts(("pos_agent.hardware",))[tag].gettext


def tell_all(looks: Mapping[str, Look], tag: str) -> list[dict[str, Any]]:
    """Each device by its name: whether it is well, the stable code, and the words."""
    gettext = gettext_in(tag)
    return [
        {
            "ok": look.is_good,
            "what": name,
            "code": look.code,
            "text": tell_look(look.code, look.facts, gettext),
        }
        for name, look in looks.items()
    ]
