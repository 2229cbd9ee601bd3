"""The pages and places of the coaching cycle."""
