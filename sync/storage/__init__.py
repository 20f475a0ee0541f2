"""SQLite kept safe: one writing thread with group commit, readers, incarnations."""
