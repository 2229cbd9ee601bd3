"""The lists of the room: what waits for a coach, and the calls that somebody may see."""
