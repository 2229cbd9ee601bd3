"""Where a rep is and wants to be: progress by capability, goals, the gap map."""
