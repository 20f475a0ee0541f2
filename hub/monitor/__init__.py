"""Monitor: how every store keeps in step."""
