"""The rep goes first: picks, questions, the seal and answers to observations, as pages and API."""
