"""Ways to reach a device: each opens, writes, reads and closes with a limit on every wait."""
