"""Keeping house: what was set aside, whether the machine is fit for a night, and what nothing needs any more."""
