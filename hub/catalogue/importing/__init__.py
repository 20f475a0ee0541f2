"""Importing product files: the page with its preview, and the texts that tell a row's faults."""
