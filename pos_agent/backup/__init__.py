"""Backups of a store's agent, and the way back from one."""
