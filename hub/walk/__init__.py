"""The pre-production walk: the product's main job, step by step, against running programs.

It uses what customers, clerks, devices and operators use: HTTP, the devices' control ports, the papers,
the command line. It knows nothing of how the programs work inside.
"""
