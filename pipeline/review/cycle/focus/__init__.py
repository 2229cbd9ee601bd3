"""The focus of a rep: its page, its forms and its API."""
