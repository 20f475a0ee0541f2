"""Where the command line finds its settings, and how it ends when they are wrong."""

import sys
from pathlib import Path
from typing import Final

from hub.settings import HubSettings
from sync.runtime.errors import SettingsError

DEFAULT_CONFIG: Final = Path("hub.toml")


def load_settings(config: Path | None) -> HubSettings:
    """The settings, or the end of the program with every problem in plain words."""
    path = config if config is not None else (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    try:
        return HubSettings.load(path)
    except SettingsError as error:
        sys.stderr.write(f"omo-hub: {error}\n")
        raise SystemExit(2) from error
