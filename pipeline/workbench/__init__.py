"""What rubric and prompt authors work with: checking, comparing and trying out, before anything counts."""
