"""Devices in software, run as processes: a receipt printer on TCP and a scanner on a pty.

They stand in for hardware in demos, tests and training. They know nothing of the drivers beside them: bytes
are read by the makers' standards, so a driver's mistake shows on their paper.
"""
