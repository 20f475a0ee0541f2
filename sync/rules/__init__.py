"""Pure decisions of the protocol: standard library only, no I/O, no clock, no randomness."""
