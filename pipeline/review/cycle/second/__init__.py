"""The second level: whether coaching happens and how, and a sample of reviewed drafts."""
