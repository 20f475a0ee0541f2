"""Importing product files by hand: upload, preview with faults by row, confirm."""
