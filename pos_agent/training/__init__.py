"""The training page: a store's simulated devices on one screen, papers as pictures, each fault a button.

A program of its own (``python -m pos_agent.training``), for the demo and for shops that train people. It
talks to the control ports of `devices.simulators` and knows nothing of the agent that uses the devices.
"""
