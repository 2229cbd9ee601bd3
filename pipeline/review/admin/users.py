"""Owns the pages on which admins keep the users."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.domain.people import User
from pipeline.errors import FilmroomError, StaleError, UsageError
from pipeline.review.admin.forms import PasswordForm, UserForm, form_of, hash_of
from pipeline.review.admin.unknown import UnknownName, names_in_index, unknown_names
from pipeline.review.admin.view import ROLES, UserView, user_view, users_view
from pipeline.review.enrolment import Enrolment
from pipeline.review.guards import ADMIN, Entry, nothing_here
from pipeline.review.pages import page

router = APIRouter(include_in_schema=False)
Came = Annotated[Entry, ADMIN]
UserFields = Annotated[UserForm, Form()]
Told = Annotated[str, Query(max_length=60)]


@router.get("/admin/users")
def show_users(request: Request, entry: Came, added: Told = "", removed: Told = "", known: Told = "") -> Response:
    """All users, by who reports to whom, and the names in calls that are nobody's."""
    people = entry.room.people
    view = users_view(people, names_nobody_has(entry))
    gone = people.get(removed)
    values: dict[str, Any] = {
        "view": view,
        "roles": ROLES,
        "added": people.get(added),
        "gone": gone if gone and gone.removed else None,
        "left": [u for u in people.all() if gone and gone.removed and u.reports_to == gone.id],
        "known": people.get(known),
    }
    return page(request, entry, "admin_users.html.j2", **values)


@router.get("/admin/users/new")
def show_new(request: Request, entry: Came, name: Annotated[str, Query(max_length=120)] = "") -> Response:
    """The form of a new user, with the name that stands in calls filled in."""
    return _form(request, entry, UserForm(name=name, roles=["rep"] if name else []))


@router.post("/admin/users")
def add_user(request: Request, entry: Came, form: UserFields) -> Response:
    """Add a user; the form again, with what is wrong, where a rule forbids it."""
    try:
        password = hash_of(form, (form.id, form.name, form.email))
        user = enrolment(entry).add(form.id.strip(), form.particulars(), password=password)
    except UsageError as error:
        return _form(request, entry, form, error=error)
    return RedirectResponse(f"/admin/users?added={user.id}", status_code=303)


@router.post("/admin/names")
def name_user(entry: Came, name: Annotated[str, Form()], user: Annotated[str, Form()]) -> Response:
    """From now on the name in calls means this user."""
    keeping = enrolment(entry)
    number, before = keeping.numbered(_there(entry, user).id)
    form = form_of(before, number)
    with_name = form.model_copy(update={"known_as": f"{form.known_as}\n{name}"})
    keeping.change(before.id, with_name.particulars(), after=number)
    return RedirectResponse(f"/admin/users?known={before.id}", status_code=303)


@router.get("/admin/users/{user}")
def show_user(request: Request, entry: Came, user: str, saved: Told = "") -> Response:
    """One user: what is said of them, their password, taking them out."""
    number, found = enrolment(entry).numbered(_there(entry, user).id)
    return _form(request, entry, form_of(found, number), user=found, saved=saved)


@router.post("/admin/users/{user}")
def change_user(request: Request, entry: Came, user: str, form: UserFields) -> Response:
    """Save what is said of a user; the form again where a rule forbids it, or somebody saved in between."""
    there = _there(entry, user)
    try:
        enrolment(entry).change(user, form.particulars(), after=form.after)
    except (UsageError, StaleError) as error:
        return _form(request, entry, form.model_copy(update={"id": user}), user=there, error=error)
    return RedirectResponse(f"/admin/users/{user}?saved=particulars", status_code=303)


@router.post("/admin/users/{user}/password")
def set_password(request: Request, entry: Came, user: str, form: Annotated[PasswordForm, Form()]) -> Response:
    """Give a user another password, which ends their sessions; an empty one: they sign in elsewhere."""
    there, keeping = _there(entry, user), enrolment(entry)
    try:
        keeping.set_password(user, hash_of(form, (there.id, there.name, there.email or "")), after=form.after)
    except (UsageError, StaleError) as error:
        number, found = keeping.numbered(user)
        return _form(request, entry, form_of(found, number), user=found, error=error)
    entry.room.entrance.close_all(user)
    return RedirectResponse(f"/admin/users/{user}?saved=password", status_code=303)


@router.post("/admin/users/{user}/remove")
def remove_user(request: Request, entry: Came, user: str, after: Annotated[int, Form()]) -> Response:
    """Let a user in no more, from this moment on."""
    keeping = enrolment(entry)
    there = _there(entry, user)
    try:
        keeping.remove(user, after=after)
    except (UsageError, StaleError) as error:
        number, _ = keeping.numbered(user)
        return _form(request, entry, form_of(there, number), user=there, error=error)
    return RedirectResponse(f"/admin/users?removed={user}", status_code=303)


@router.post("/admin/users/{user}/restore")
def restore_user(entry: Came, user: str, after: Annotated[int, Form()]) -> Response:
    """Let a removed user in again."""
    enrolment(entry).restore(_there(entry, user).id, after=after)
    return RedirectResponse(f"/admin/users/{user}?saved=restored", status_code=303)


def enrolment(entry: Entry) -> Enrolment:
    """Changes to users by whoever came in."""
    room = entry.room
    return Enrolment(room.people, room.audit, now=room.now, by=entry.viewer.user.id, address=entry.address)


def names_nobody_has(entry: Entry) -> tuple[UnknownName, ...]:
    """The names in calls that are no user's."""
    return unknown_names(names_in_index(entry.room.index), entry.room.people.all(removed=True))


def view_of(entry: Entry, user_id: str) -> UserView:
    """One user as admins see them. Raises: NotFoundError."""
    return user_view(entry.room.people, _there(entry, user_id))


def _there(entry: Entry, user_id: str) -> User:
    found = entry.room.people.get(user_id)
    if found is None:
        raise nothing_here()
    return found


def _form(
    request: Request,
    entry: Entry,
    form: UserForm,
    *,
    user: User | None = None,
    error: FilmroomError | None = None,
    saved: str = "",
) -> Response:
    people = entry.room.people
    number = people.workspace.users.last_number(user.id) if user else 0
    values: dict[str, Any] = {
        "form": form.model_copy(update={"password": "", "again": ""}),
        "user": user_view(people, user) if user else None,
        "number": number,
        "roles": ROLES,
        "managers": [u for u in people.all() if u.manages and u.id != form.id],
        "reports": [u for u in people.all() if user and u.reports_to == user.id],
        "error": error,
        "stale": isinstance(error, StaleError),
        "saved": saved,
    }
    return page(request, entry, "admin_user.html.j2", status=_status(error), **values)


def _status(error: FilmroomError | None) -> int:
    return 200 if error is None else 409 if isinstance(error, StaleError) else 400
