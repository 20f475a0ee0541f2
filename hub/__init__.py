"""The central order hub: orders, stock rights, pickups and the shop pages of a chain."""
