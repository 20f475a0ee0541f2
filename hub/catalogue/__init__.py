"""The catalogue: products, variants, prices, categories, and how they come in from files."""
