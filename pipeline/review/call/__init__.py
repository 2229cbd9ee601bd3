"""The page of a call: what was said, what was made of it, what people say to it."""
