"""Finds devices that could be set up: what hangs on this machine, what answers on machines that are named.

It never scans a network: only hosts that a person names are asked.
"""

from devices.discovery.discover import discover
from devices.discovery.found import Found

__all__ = ["Found", "discover"]
