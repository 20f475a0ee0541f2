"""The migrations of the agent's database, in order."""
