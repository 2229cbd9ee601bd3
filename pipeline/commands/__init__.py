"""The groups of the filmroom command: each parses, calls one function and prints."""
