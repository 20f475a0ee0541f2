"""The training page as a program; see ``--help``."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from pos_agent.training.page import TrainingPage
from pos_agent.training.places import Places, read_places
from pos_agent.training.watch import Watch
from sync.runtime.server import Listener, ServerOptions, http_service
from sync.runtime.supervision import Service, supervise
from sync.web.events import EventHub


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pos_agent.training",
        description="A page with a store's simulated devices. Prints a JSON line once it listens.",
    )
    parser.add_argument("--port", type=int, default=9180, help="where it serves, 0 takes any (default 9180)")
    parser.add_argument("--devices", type=Path, required=True, help="JSON file that names the devices")
    return parser.parse_args()


async def serve(places: Places, listener: Listener) -> int:
    """Serve until told to stop; the exit code."""
    events = EventHub()
    watch = Watch(places, events)
    page = http_service(TrainingPage(places, watch, events).app(), listener, before_stop=events.close)
    sys.stdout.write(json.dumps({"url": listener.url}) + "\n")
    sys.stdout.flush()
    return await supervise([Service("devices", watch.run), page])


def main() -> int:
    """Run until SIGTERM or SIGINT; 2 with plain words where it cannot start."""
    arguments = _arguments()
    try:
        places = read_places(arguments.devices)
        listener = Listener(ServerOptions(port=arguments.port))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the training page cannot start: {error}\n")
        return 2
    return asyncio.run(serve(places, listener))


if __name__ == "__main__":
    raise SystemExit(main())
