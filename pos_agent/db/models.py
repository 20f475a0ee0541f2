"""Every table of the agent, for migrations: importing this fills the metadata."""

from pos_agent.catalogue import tables as catalogue
from pos_agent.db.base import metadata
from pos_agent.ledger import tables as ledger
from pos_agent.staff import tables as staff
from pos_agent.till import tables as till

__all__ = ["catalogue", "ledger", "metadata", "staff", "till"]
