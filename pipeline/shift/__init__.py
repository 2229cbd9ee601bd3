"""A night's work carried out by many workers: stations that do one part of it, and engines that run stations."""
