"""Printers and scanners of this store, and who listens to a scan."""
