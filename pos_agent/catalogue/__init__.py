"""What the hub told: products, settings, staff and keys, applied whole or not at all."""
