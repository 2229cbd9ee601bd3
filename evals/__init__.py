"""How right it is: scorers over labelled calls."""
