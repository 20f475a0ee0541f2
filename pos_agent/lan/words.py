"""What the state of the door means for people: what happened, and what to do."""

from collections.abc import Callable, Mapping
from typing import Final

from sync.web.errors import N_

WORDS: Final[Mapping[str, str]] = {
    "shut": N_("Phones are not served. To let them in set open = true under [lan] in agent.toml."),
    "port_taken": N_(
        "Another program listens at port %(port)s. End that program, or choose another port under [lan] in"
        " agent.toml, and start the agent again."
    ),
    "port_forbidden": N_(
        "This program may not listen at port %(port)s. Choose a port above 1023 under [lan] in agent.toml."
    ),
    "not_own_address": N_(
        "%(address)s is no address of this machine. Correct host under [lan] in agent.toml, or give the"
        " machine this address in the network's settings."
    ),
    "not_opened": N_("The door could not be opened: %(why)s. Look at this machine's disk and network."),
    "authority_shared": N_(
        "Others can read %(path)s. If nobody did, set its mode to 600; else delete it, start the agent again,"
        " and let every phone trust the new authority."
    ),
    "authority_unreadable": N_(
        "%(path)s cannot be read: %(why)s. Give it to the user that the agent runs as."
    ),
    "authority_damaged": N_(
        "The file of the store's authority, %(path)s, is damaged. Put it back from a copy; else delete it,"
        " start the agent again, and let every phone trust the new authority."
    ),
    "authority_missing": N_("The store has no authority yet; the next start of the agent makes one."),
    "authority_good": N_("Its authority is good until %(until)s. Fingerprint: %(fingerprint)s"),
    "authority_ends": N_(
        "Its authority ends on %(until)s. The agent makes a new one then, and every phone has to trust that:"
        " plan an hour for it."
    ),
    "certificate_missing": N_("There is no certificate; the next start of the agent makes one."),
    "certificate_good": N_("It is for %(names)s, good until %(until)s, and renewed by itself."),
    "certificate_old": N_(
        "It is good until %(until)s alone. A running agent renews it within a minute; start the agent."
    ),
    "certificate_lacks": N_(
        "It lacks %(names)s, which phones may use. A running agent renews it within a minute; start the"
        " agent."
    ),
    "clock_behind": N_(
        "This machine's clock says %(now)s, and the certificate counts from %(since)s: browsers refuse it."
        " Set the clock (sudo timedatectl set-ntp true) and start the agent again."
    ),
    "clock_before_books": N_(
        "This machine's clock says %(now)s, and something was booked at %(since)s already. Set the clock"
        " (sudo timedatectl set-ntp true)."
    ),
    "clock_good": N_("%(now)s; nothing was booked later."),
    "foreign_names": N_(
        "%(names)s under [lan] is no address of this machine now: phones that open it reach nothing, or"
        " another machine. Correct names, or give the machine this address."
    ),
    "no_network": N_(
        "This machine has no address in a private network: no phone can reach it. Look at cable and wireless."
    ),
    "own_addresses": N_("Phones reach this machine at %(names)s."),
    "this_machine_alone": N_("It listens at %(address)s: this machine's own browsers alone reach it."),
    "port_free": N_("Port %(port)s is free."),
    "port_any": N_("Any free port; phones need a new address after each start. Set port under [lan]."),
    "port_served": N_("The running agent answers at port %(port)s."),
    "port_silent": N_(
        "The agent runs and does not answer at port %(port)s. The page Phones at the till says why; start the"
        " agent again after a change of agent.toml."
    ),
    "no_browsers": N_("No browser is paired yet: a manager does so in the menu of the till, Phones."),
    "browsers": N_("%(paired)s paired; last seen %(seen)s."),
    "browsers_idle": N_(
        "%(paired)s paired, of which %(idle)s were not seen for 90 days. Remove those that are lost, in the"
        " menu of the till, Phones."
    ),
    "browsers_full": N_(
        "%(paired)s are paired, and no more can be. Remove some in the menu of the till, Phones."
    ),
}


def tell_door(code: str, facts: Mapping[str, str], gettext: Callable[..., str]) -> str:
    """The words for a code, in the language of `gettext`; empty for no trouble."""
    return gettext(WORDS[code], **facts) if code else ""
