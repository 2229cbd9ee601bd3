"""Prospecting activity of a rep and of a team."""
