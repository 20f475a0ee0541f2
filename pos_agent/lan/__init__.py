"""The agent's pages for the shop's own network: HTTPS by its own authority, browsers paired by a code."""
