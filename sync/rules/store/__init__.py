"""What a store's agent decides: its ledger is the only writer of what physically happened."""
