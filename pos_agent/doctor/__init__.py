"""The doctor: looks at all that the agent needs, says in plain words what is wrong, packs it for others."""
