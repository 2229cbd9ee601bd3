"""The sound of a call for browsers: made, served, seen along a timeline, and what was really played of it."""
