"""The settings' printers as the spool wants them, each with the shop's profiles and picture."""

from devices.errors import ProfileError
from devices.printing.logo import Logo, load_logo
from devices.printing.settings import PrinterConfig
from devices.profiles import load_profile, profile_names
from pos_agent.settings import AgentSettings, PrinterSection


def printer_configs(settings: AgentSettings) -> list[PrinterConfig]:
    """Every printer of the settings.

    Raises:
        LogoError: the picture cannot be used.
    """
    logo = logo_of(settings)
    return [printer_config(one, settings, logo) for one in settings.printer]


def printer_config(one: PrinterSection, settings: AgentSettings, logo: Logo | None) -> PrinterConfig:
    """One printer, set up or not."""
    return PrinterConfig(one.id, one.uri, one.profile, settings.printer_profiles, logo)


def logo_of(settings: AgentSettings) -> Logo | None:
    """The shop's picture; None where there is none.

    Raises:
        LogoError: it cannot be used.
    """
    return load_logo(settings.logo) if settings.logo is not None else None


def models_of(settings: AgentSettings) -> list[str]:
    """The keys of every profile that can be chosen, the shop's own too; those that are wrong are left out."""
    folder = settings.printer_profiles
    own = {path.stem for path in folder.glob("*.toml")} if folder is not None else set()
    return sorted(key for key in {*profile_names(), *own} if _can_be_used(key, settings))


def _can_be_used(key: str, settings: AgentSettings) -> bool:
    try:
        load_profile(key, settings.printer_profiles)
    except ProfileError:
        return False
    return True
