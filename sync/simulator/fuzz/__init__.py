"""Hostile messages for the real ends of the line: dealt from a seed, fired, watched and counted.

Which program they are fired at is no matter here: `hub.fuzz` and `pos_agent.fuzz` bring one each.
"""
