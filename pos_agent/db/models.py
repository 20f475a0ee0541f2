"""Every table of the agent, for migrations. The areas stand above this floor, so they are found by name."""

from importlib import import_module
from typing import Final

from pos_agent.db.base import metadata

AREAS: Final = ("catalogue", "codes", "hardware", "lan", "ledger", "pickup", "reports", "staff", "till")
"""The areas that have tables; most of the counter's are the ledger's and the till's."""

for area in AREAS:
    import_module(f"pos_agent.{area}.tables")

__all__ = ["AREAS", "metadata"]
