"""A virtual pole display: ``python -m devices.simulators.display [--digits] [--port P] [--control-port C]``.

It takes bytes on TCP and its control port answers ``show`` with what stands on it.
"""
