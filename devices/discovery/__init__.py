"""Finds devices that could be set up: on this machine, by what they announce, or where they are named.

It never scans a network: it listens to announcements, and only hosts that a person names are asked.
"""

from devices.discovery.discover import discover
from devices.discovery.found import Found

__all__ = ["Found", "discover"]
