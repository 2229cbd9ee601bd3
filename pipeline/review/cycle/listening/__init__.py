"""Listening commitments: what was pledged, and what was really played."""
