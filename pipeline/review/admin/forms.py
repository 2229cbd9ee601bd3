"""Owns what the forms about users send, and what they become."""

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.people import Particulars, User
from pipeline.errors import UsageError
from pipeline.review.enrolment import particulars
from pipeline.review.sign_in.passwords import hash_password


class UserForm(Value):
    """The form of a user: `known_as` has one name a line; `after` is the record that the form was made from."""

    csrf: str = ""
    id: str = ""
    name: str = ""
    roles: list[str] = Field(default_factory=list)
    known_as: str = ""
    reports_to: str = ""
    email: str = ""
    password: str = ""
    again: str = ""
    after: int = 0

    def particulars(self) -> Particulars:
        """What the form says of the user. Raises: UsageError naming the field that is off."""
        return particulars(
            name=" ".join(self.name.split()),
            roles=frozenset(self.roles),
            known_as=tuple(dict.fromkeys(line.strip() for line in self.known_as.splitlines() if line.strip())),
            reports_to=self.reports_to.strip() or None,
            email=self.email.strip() or None,
        )


class PasswordForm(Value):
    """A new password, twice."""

    csrf: str = ""
    password: str = ""
    again: str = ""
    after: int = 0


def form_of(user: User, number: int) -> UserForm:
    """The form as it stands for a user."""
    return UserForm(
        id=user.id,
        name=user.name,
        roles=sorted(user.roles),
        known_as="\n".join(user.known_as),
        reports_to=user.reports_to or "",
        email=user.email or "",
        after=number,
    )


def hash_of(form: UserForm | PasswordForm, names: tuple[str, ...]) -> str | None:
    """What is kept of the password; None where none was typed. Raises: UsageError for one that is refused."""
    if form.password != form.again:
        raise UsageError("the two passwords differ", hint="type the same one twice")
    return hash_password(form.password, names=names) if form.password else None
