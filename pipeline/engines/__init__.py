"""How stages are carried out."""
