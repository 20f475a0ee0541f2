"""The broker beside the hub: who may connect, who may say what, and how its files and process are kept.

A broker is transport and keeps nothing that matters. ``rules`` decides, ``files`` writes what brokers read,
``mosquitto`` and ``embedded`` know one kind of broker each, ``sync_users`` is what enrolment calls.
"""
