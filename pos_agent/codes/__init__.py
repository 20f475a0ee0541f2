"""Codes that the catalogue does not know: kept for the manager, and what the manager said they are."""
