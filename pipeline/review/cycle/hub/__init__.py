"""Where the coaching of a person and of a team is seen at a glance."""
