"""A virtual receipt printer: ``python -m devices.simulators.printer --port 9100 --papers DIR``.

bytes -> ``tokens`` -> ``interpreter`` (modes, elements) -> ``archive`` (NNNN.bin, NNNN.txt) and, in a child
process, ``drawing`` (NNNN.png). ``machine`` adds what a real one has beside paper: a buffer, status, faults.
"""
