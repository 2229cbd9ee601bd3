"""The practice pages: cards of real moments, attempts, rehearsals that were recorded."""
