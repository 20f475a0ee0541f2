"""The store's ledger: what physically happened, as a chained log, and the balances it adds up to."""
