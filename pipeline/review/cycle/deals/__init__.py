"""The calls of one deal, and the gaps of its closing call beside its discovery calls."""
