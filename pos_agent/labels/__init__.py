"""Shelf labels: what stands on them, and printing them for goods that a manager picked."""
