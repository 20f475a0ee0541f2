"""What the doctor says: the names of what it looked at, and what it found."""

from collections.abc import Mapping
from typing import Final

from pos_agent.hardware.look_words import Gettext
from sync.web.errors import N_
from sync.web.translations import load_texts

TEXTS: Final = ("pos_agent.hardware", "pos_agent.lan", "pos_agent.doctor")
NAMES: Final[Mapping[str, str]] = {
    "data folder": N_("data folder"),
    "ledger": N_("ledger"),
    "clock": N_("clock"),
    "enrolment": N_("enrolment"),
    "broker": N_("broker"),
    "devices": N_("devices"),
    "printers": N_("printers"),
    "printer": N_("printer"),
    "scanner": N_("scanner"),
    "phones": N_("phones"),
    "phones: authority": N_("phones: authority"),
    "phones: certificate": N_("phones: certificate"),
    "phones: names": N_("phones: names"),
    "phones: address": N_("phones: address"),
    "phones: port": N_("phones: port"),
    "phones: browsers": N_("phones: browsers"),
}
"""What was looked at; a device's kind stands before its id."""
WORDS: Final[Mapping[str, str]] = {
    "device_file": N_("%(problem)s; agent.toml counts"),
    "folder_to_come": N_("%(folder)s is not made yet; joining a store makes it"),
    "folder": N_("%(folder)s, %(free)s MiB free"),
    "folder_full": N_("%(folder)s, %(free)s MiB free: make room, or nothing can be booked soon"),
    "ledger_to_come": N_("not made yet; the first run makes it"),
    "ledger_older": N_("schema %(revision)s; the next run brings it to %(head)s"),
    "ledger_put_back": N_(
        "put back from a backup at %(at)s: ask the head office for a code and run `omo-agent enrol`"
    ),
    "ledger_good": N_("the books are right"),
    "ledger_unread": N_("schema %(revision)s; the books were not gone through"),
    "enrolled": N_("store %(store)s, incarnation %(sinc)s"),
    "broker_silent": N_("%(url)s: no answer; the store works on without it"),
    "broker_refuses": N_("%(url)s: %(problem)s; the store works on without it"),
    "broker": N_("%(url)s accepts connections"),
    "devices_in_use": N_("in use by the running agent, whose pages show how they are"),
    "devices_not_looked_at": N_("not looked at: %(problem)s"),
    "no_printer": N_("none is set up: receipts are kept but not printed"),
}


def gettext_of(tag: str) -> Gettext:
    """What translates into a language, `zh-CN` or `en`."""
    return load_texts(TEXTS)[tag].gettext


def name_of(what: str, gettext: Gettext) -> str:
    """What was looked at, in the reader's language; a device keeps its id, a file its name."""
    if what in NAMES:
        return gettext(NAMES[what])
    kind, _, rest = what.partition(" ")
    return f"{gettext(NAMES[kind])} {rest}" if kind in NAMES else what
