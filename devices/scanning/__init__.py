"""From a scanner's bytes to scans: source -> ``framer`` -> ``aim`` -> ``bounce`` -> ``Scan``.

What a code means is the till's business. Codes may be payment secrets: nothing here logs or keeps one.
"""
