"""Which devices count: those of `devices.toml` where it is and can be used, else those of `agent.toml`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pos_agent.hardware.check_settings import device_problems
from pos_agent.hardware.device_file import (
    FILE_NAME,
    BadDeviceFile,
    DeviceTables,
    read_tables,
    version_of,
)
from pos_agent.settings import AgentSettings, device_fault

Source = Literal["agent.toml", "devices.toml"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings with the devices that count, where those come from, and what is wrong with the file.

    A file with `problems` does not count; the store works on with the devices that `agent.toml` names.
    """

    settings: AgentSettings
    source: Source
    problems: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Changes whenever a device's settings do."""
        return version_of(tables_of(self.settings))


def file_of(settings: AgentSettings) -> Path:
    """Where the page's choice is kept."""
    return settings.data_dir / FILE_NAME


def tables_of(settings: AgentSettings) -> DeviceTables:
    """The devices of some settings."""
    return DeviceTables(printer=settings.printer, scanner=settings.scanner, display=settings.display)


def with_devices(settings: AgentSettings, tables: DeviceTables) -> AgentSettings:
    """The same settings with other devices.

    Raises:
        BadDeviceFile: these do not fit together.
    """
    fault = device_fault(tables.printer, tables.scanner, tables.display, settings.tills)
    if fault is not None:
        raise BadDeviceFile(fault)
    return settings.model_copy(
        update={"printer": tables.printer, "scanner": tables.scanner, "display": tables.display}
    )


def choose_devices(settings: AgentSettings) -> Chosen:
    """The devices that count. Nothing is opened, nothing is changed."""
    try:
        tables = read_tables(file_of(settings))
        if tables is None:
            return Chosen(settings, "agent.toml")
        wanted = with_devices(settings, tables)
    except BadDeviceFile as error:
        return Chosen(settings, "agent.toml", (f"{file_of(settings)}: {error}",))
    problems = tuple(f"{file_of(settings)}: {problem}" for problem in device_problems(wanted))
    return Chosen(settings, "agent.toml", problems) if problems else Chosen(wanted, "devices.toml")
