"""A market: stores and customers on both channels, to compare allotment policies over the real rules."""
