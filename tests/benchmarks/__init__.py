"""The figures: what the product does a second, how late, at what cost. Not tests: nothing passes or fails."""
