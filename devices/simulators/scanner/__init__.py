"""A virtual scanner: ``python -m devices.simulators.scanner --control-port C [--link PATH]``.

It shows up as a serial device (a pty) and sends each line of its control port as a scan, ended by CR. Lines
that begin with a colon are orders: ``:split``, ``:unplug``, … (see ``orders``).
"""
