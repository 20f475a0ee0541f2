"""Hostile messages for the real agent: its store link over a real ledger (`./omo simulate --fuzz`)."""
