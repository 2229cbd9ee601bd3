"""The one-to-one: its plan, the talk itself, what it agreed, its sheet and its calendar file."""
