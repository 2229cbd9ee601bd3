"""The recorded one-to-ones of a manager."""
