"""Blind labelling: people say what a call shows before they see what the software says of it; where they disagree."""
