"""Stock: the mirror of every store, the rights to promise, and the stores' raw events."""
