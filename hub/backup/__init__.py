"""Backups of the hub, and the way back from one."""
