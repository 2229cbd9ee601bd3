"""How people come in: password, one-time link, another provider, a trusted proxy."""
