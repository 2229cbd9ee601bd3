"""Filmroom's pipeline: from a recording to a coaching draft in which every sentence rests on words that were spoken."""

__version__ = "0.1.0"
