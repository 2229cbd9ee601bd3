"""The library of best moments: what the team may hear, and the featured rep's consent."""
