"""Owns how lists of what comes next name a call, without a word of what was said, and where they lead."""

from pipeline.cycle.known import Known


def about_call(known: Known, call: str) -> str:
    """ "Northside Motors, 4 March": empty for a call that is not among those that were looked at."""
    found = known.call(call)
    if found is None:
        return ""
    return f"{found.customer or 'Customer not named'}, {found.at.day} {found.at:%B}"


def follow_up_link(person: str, what: str) -> str:
    """Where a follow-up of a focus (f...) or of a one-to-one (s...) is looked at."""
    return f"/people/{person}/focus" if what.startswith("f") else f"/people/{person}/one-to-ones/{what}"
