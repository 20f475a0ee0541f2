"""Orders: placing, following, cancelling; basket and order pages."""
