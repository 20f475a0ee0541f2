"""The till: scans become lines, money becomes a receipt, in one commit."""
