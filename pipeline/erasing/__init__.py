"""Taking calls, or all that is kept of a person, out of a workspace: what there is of them, and that it goes."""
