"""The line to the hub: the log goes up, requests come down, pages are kept."""
