"""The hub's command line. `serve` goes past the command line's libraries, to start fast and stay small."""

import sys
from pathlib import Path

from hub.settings_file import load_settings


def _config_of(arguments: list[str]) -> Path | None:
    """The path after --config, where `serve` has one; anything else is for the full command line."""
    if not arguments:
        return None
    if len(arguments) == 2 and arguments[0] == "--config":
        return Path(arguments[1])
    raise SystemExit(f"omo-hub serve: only --config FILE is understood, not {' '.join(arguments)}")


def main() -> None:
    """Run the program."""
    if sys.argv[1:2] == ["serve"] and "--help" not in sys.argv:
        settings = load_settings(_config_of(sys.argv[2:]))
        from hub.serve import main as serve  # noqa: PLC0415  # only serving pays for the server

        raise SystemExit(serve(settings))
    from hub import (  # noqa: PLC0415  # they add their commands
        digest_command,  # noqa: F401
        document_command,  # noqa: F401
        trace_command,  # noqa: F401
    )
    from hub.backup_commands import application  # noqa: PLC0415  # only commands pay for typer

    application(prog_name="omo-hub")


if __name__ == "__main__":
    main()
