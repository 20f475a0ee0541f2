"""Process chaos: a whole demo under people and faults, and a reconciliation of what people were told.

It uses what customers, clerks and operators use (HTTP, the devices' control ports, the programs' commands
and their argv), sends SIGKILL to the programs and turns the knobs of the stores' lines, and then reads both
books to compare them with its own list of what was told. It decides nothing and mends nothing.
"""
