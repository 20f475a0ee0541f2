"""A small program that uses every part of the pages' foundation; the tests visit it."""
