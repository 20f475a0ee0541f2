"""Hostile histories over the real rules: what is proved here is what the programs run.

One process plays a hub, two or three stores, their clerks and customers. The books are dictionaries,
the network loses, doubles, reorders, delays and cuts, both sides crash inside and between
transactions, and messages of earlier incarnations float about. After every commit the invariants of
the protocol are checked with knowledge that neither side has: what physically lies on the shelves,
what customers carried away and what they were promised. A seed tells the whole history, on any
machine. Nothing here is imported by the programs.
"""
