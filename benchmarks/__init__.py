"""Measurements on real recordings and real machines; each module prints its table and can write it as Markdown."""
