"""Files made to harm, or broken on their way: generated, never committed; and what becomes of a night with them."""
