"""A virtual scanner: ``python -m devices.simulators.scanner --control-port C [--link PATH]``.

It shows up as a serial device (a pty), or on the network: waiting for the till (``--listen``) or calling it
(``--connect``). It sends each line of its control port as a scan, ended by CR. Lines that begin with a colon
are orders: ``:split``, ``:unplug``, … (see ``orders``).
"""
