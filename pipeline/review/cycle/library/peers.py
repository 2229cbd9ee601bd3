"""Owns who may hear whose best moments: people of one team's tree, and only while the featured rep is one of them.

One tree: going up from both, by who reports to whom, ends at the same user. So it reaches as far as somebody manages
both, and never into another company or an unconnected team of the same room.
"""

from collections.abc import Callable

from pipeline.domain.people import User, Viewer
from pipeline.review.people import People


def hears(people: People, viewer: Viewer, featured: User) -> bool:
    """Whether this viewer may hear what this person lets the team hear.

    Nobody hears somebody who was removed: they could no longer take it back.
    """
    if featured.removed or not featured.has_calls:
        return False
    if viewer.everything:
        return True
    known = people.get(viewer.user.id)
    if known is None or known.removed or not known.has_calls:
        return False
    return top_of(known, people.get) == top_of(featured, people.get)


def top_of(user: User, get: Callable[[str], User | None]) -> str:
    """The id of whoever stands above this user and reports to nobody; in a circle, the first id of the circle."""
    seen: dict[str, None] = {user.id: None}
    while user.reports_to is not None and (above := get(user.reports_to)) is not None:
        if above.id in seen:
            ids = list(seen)
            return min(ids[ids.index(above.id) :])
        seen[above.id] = None
        user = above
    return user.id
