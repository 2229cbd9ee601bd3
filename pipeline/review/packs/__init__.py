"""The review pack: a feedback and the moments it rests on as one file to hand over, which works without a network."""
