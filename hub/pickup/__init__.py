"""Pickup: the signed token and the code a customer shows."""
