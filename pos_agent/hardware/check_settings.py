"""What the form of the settings cannot show: addresses, profiles and the folder. Nothing is opened."""

from collections.abc import Iterator

from devices.errors import ConfigurationError
from devices.ports.address import port_at
from devices.profiles import load_profile
from devices.scanning.address import scanner_port_at
from pos_agent.hardware.printer_configs import logo_of
from pos_agent.settings import AgentSettings
from sync.link.address import split_url
from sync.link.errors import LinkError
from sync.runtime.data_folder import folder_trouble
from sync.runtime.errors import SettingsError


def need_devices(settings: AgentSettings) -> None:
    """Refuse devices that no program can reach as they are written.

    Raises:
        SettingsError: with every one of them.
    """
    _refuse(device_problems(settings))


def need_folder(settings: AgentSettings) -> None:
    """Refuse a folder that could keep nothing: asked before a one-time code is spent.

    Raises:
        SettingsError: what is wrong with it.
    """
    trouble = folder_trouble(settings.data_dir)
    _refuse((trouble,) if trouble is not None else ())


def need_all(settings: AgentSettings) -> None:
    """Refuse everything that `run` would stumble over.

    Raises:
        SettingsError: with every problem.
    """
    _refuse((*device_problems(settings), *_surroundings(settings)))


def _refuse(problems: tuple[str, ...] | Iterator[str]) -> None:
    found = tuple(problems)
    if found:
        raise SettingsError(found)


def device_problems(settings: AgentSettings) -> Iterator[str]:
    """Every device that no program can reach as it is written."""
    try:
        logo_of(settings)
    except ConfigurationError as error:
        yield f"logo: {error}"
    for printer in settings.printer:
        try:
            port_at(printer.uri)
            load_profile(printer.profile, settings.printer_profiles)
        except ConfigurationError as error:
            yield f"printer {printer.id}: {error}"
    for display in settings.display:
        try:
            port_at(display.uri)
        except ConfigurationError as error:
            yield f"display {display.id}: {error}"
    for scanner in settings.scanner:
        try:
            scanner_port_at(scanner.uri)
        except ConfigurationError as error:
            yield f"scanner {scanner.id}: {error}"


def _surroundings(settings: AgentSettings) -> Iterator[str]:
    trouble = folder_trouble(settings.data_dir)
    if trouble is not None:
        yield trouble
    if settings.broker_url:
        try:
            split_url(settings.broker_url)
        except LinkError as error:
            yield f"broker_url: {error}"
