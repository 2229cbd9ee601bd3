"""Vendors and the outside world, imported lazily so that starting the program stays quick."""
