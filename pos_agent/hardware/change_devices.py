"""Devices are added, changed and removed while the store works: kept in `devices.toml`, then used at once.

Two managers never overwrite each other: who changes names the version that was read. The file comes first;
what could not be kept is not used.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pos_agent.hardware.choose_devices import Chosen, file_of, tables_of, with_devices
from pos_agent.hardware.device_file import DeviceTables, keep_aside, version_of, write_tables
from pos_agent.hardware.device_rules import Change
from pos_agent.hardware.device_trial import Trials
from pos_agent.settings import AgentSettings
from sync.rules.errors import Refused
from sync.runtime.logging import get_logger

Use = Callable[[AgentSettings], None]
log = get_logger(__name__)
BROKEN: Final = "setup.file_broken"


@dataclass(slots=True)
class DeviceSetup:
    """The devices that count, and the one way to change them.

    Attributes:
        chosen: what counts now.
        use: hands new settings to whoever works with devices; called from the event loop.
        trials: tries devices before they are set up.
    """

    chosen: Chosen
    use: Use
    trials: Trials
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def settings(self) -> AgentSettings:
        """The settings with the devices that count."""
        return self.chosen.settings

    async def change(self, version: str, change: Change, actor: str) -> None:
        """Change the devices; asking again for what is so already changes nothing.

        Args:
            version: of the devices as the caller saw them.
            change: the wanted devices, from those that are.
            actor: who asks, for the log.

        Raises:
            Refused: `setup_changed`, somebody else changed them meanwhile; `setup_not_kept`, the file
                could not be written; whatever `change` refuses. Nothing changed.
        """
        async with self._turn:
            now = tables_of(self.settings)
            try:
                wanted = change(now)
            except Exception:
                if version != version_of(now):
                    raise Refused("setup_changed") from None
                raise
            if wanted == now:
                return
            if version != version_of(now):
                raise Refused("setup_changed")
            settings = with_devices(self.settings, wanted)
            await self._keep(wanted)
            self.chosen = Chosen(settings, "devices.toml")
            self.use(settings)
            log.info("devices.changed", actor=actor, version=self.chosen.version)

    async def _keep(self, wanted: DeviceTables) -> None:
        path, is_broken = file_of(self.settings), bool(self.chosen.problems)

        def write() -> None:
            if is_broken and path.exists():
                log.warning(BROKEN, kept_as=keep_aside(path).name)
            write_tables(path, wanted)

        try:
            await asyncio.to_thread(write)
        except OSError as error:
            raise Refused("setup_not_kept", problem=str(error)) from error
