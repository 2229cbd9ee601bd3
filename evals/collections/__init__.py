"""Loaders: labelled calls from the formats of others, and from a user's own files."""
