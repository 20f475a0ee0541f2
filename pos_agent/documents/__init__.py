"""Documents: what the headquarters ask a store to book, and what it counts by itself."""
