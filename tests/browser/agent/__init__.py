"""Browser tests of the agent's pages."""
