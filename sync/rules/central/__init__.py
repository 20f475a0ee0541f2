"""What the hub decides: orders' promises, and what it makes of the stores' facts."""
