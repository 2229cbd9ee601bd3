"""Frozen values that every stage reads and writes; they know nothing of files, models or people's screens."""
