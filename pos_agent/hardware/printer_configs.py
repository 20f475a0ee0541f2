"""The settings' printers as the spool wants them, each with the shop's profiles and picture."""

from devices.printing.logo import Logo, load_logo
from devices.printing.settings import PrinterConfig
from pos_agent.settings import AgentSettings


def printer_configs(settings: AgentSettings) -> list[PrinterConfig]:
    """Every printer of the settings.

    Raises:
        LogoError: the picture cannot be used.
    """
    logo = logo_of(settings)
    return [
        PrinterConfig(one.id, one.uri, one.profile, settings.printer_profiles, logo)
        for one in settings.printer
    ]


def logo_of(settings: AgentSettings) -> Logo | None:
    """The shop's picture; None where there is none.

    Raises:
        LogoError: it cannot be used.
    """
    return load_logo(settings.logo) if settings.logo is not None else None
