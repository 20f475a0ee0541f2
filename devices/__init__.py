"""Ports that tell the truth: printers, scanners and their virtual twins.

This package knows bytes, paper and codes. It knows nothing of orders, stores or the hub, and imports
neither of the programs. Start reading at ``printing`` (document -> layout -> bytes -> spool) and
``scanning`` (bytes -> framer -> Scan); ``simulators`` are devices in software, run as processes.
"""
