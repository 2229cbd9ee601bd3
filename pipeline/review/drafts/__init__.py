"""The draft beside the call: read like a letter, edited, given another improvement, approved, sent back."""
