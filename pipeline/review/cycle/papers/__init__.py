"""Three papers to hand over: what was seen, what was agreed, what is next."""
