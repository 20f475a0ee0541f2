"""Payments: taking money online through a provider."""
