"""The line between a store and the hub: MQTT as transport only, never as memory.

Read ``port`` first: it is the contract. ``paho_link`` keeps it over a real broker, ``memory_link`` keeps it
inside one process with faults on demand. Nothing here acknowledges a fact: a broker's PUBACK says that
bytes arrived at the broker and no more, so every caller resends by the rules of the protocol.
"""
