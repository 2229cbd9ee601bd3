"""Who is who in a call: shown to whoever sees it, put right by those who coach it, and read again after."""
