"""Signing and verifying: the only place that touches private keys."""
