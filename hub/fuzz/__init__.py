"""Hostile messages for the real hub: its link worker over a real database file (`./omo simulate --fuzz`)."""
