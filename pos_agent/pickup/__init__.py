"""The pickup counter: online orders are picked, made ready and handed over."""
