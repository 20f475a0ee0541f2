"""`python -m pos_agent.fuzz COUNT SEED`: the agent's half of `./omo simulate --fuzz`; its report as JSON."""

import json
import sys

from pos_agent.fuzz.run import run
from sync.simulator.fuzz.command import play


def main() -> int:
    """Fire and tell."""
    count, seed = (int(text) for text in sys.argv[1:])
    json.dump(play(run, seed, count, is_quiet=True).as_json(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
