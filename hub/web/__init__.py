"""The frame of the hub's pages."""
