"""A virtual receipt printer: ``python -m devices.simulators.printer --papers DIR [--port P | --pty LINK]``.

bytes -> ``tokens`` -> ``interpreter`` (modes, elements) -> ``archive`` (NNNN.bin, NNNN.txt) and, in a child
process, ``drawing`` (NNNN.png). ``machine`` adds what a real one has beside paper: a buffer, status,
faults; ``device`` puts it behind a line, ``network_line`` or ``serial_line``.
"""
