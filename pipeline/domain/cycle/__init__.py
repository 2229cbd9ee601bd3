"""The events of the coaching cycle, and the values its rules are about."""
