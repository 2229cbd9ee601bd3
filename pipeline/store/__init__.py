"""Immutable objects in files, and the index that is rebuilt from them."""
