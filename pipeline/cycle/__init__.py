"""The rules of the coaching cycle: plain functions over the events of a person and the calls they took."""
