"""Small frozen types that everything else is written in."""
