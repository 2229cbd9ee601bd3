"""What everybody sees of themselves: who they are here, their password, their API tokens."""
