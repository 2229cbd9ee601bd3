"""Owns what is answered to an act on a draft: a page, for htmx the part that changed, or the way to go on."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from pipeline.domain.review import Feedback
from pipeline.errors import UsageError
from pipeline.review.drafts.conflict import DraftForm, conflict_of, form_of, merged_form
from pipeline.review.drafts.forms import Act, EditForm, KeepForm, kept
from pipeline.review.drafts.keeping import keep_view
from pipeline.review.drafts.view import DraftView, draft_view
from pipeline.review.guards import Entry, nothing_here
from pipeline.review.inbox.filters import InboxFilters
from pipeline.review.inbox.next import next_waiting
from pipeline.review.pages import page
from pipeline.reviewing.acts import UndecidedError
from pipeline.reviewing.standing import state_at


@dataclass(frozen=True)
class Answers:
    """The answers to one request; `filters` are those of the inbox that its page was opened from."""

    request: Request
    entry: Entry
    filters: str

    @property
    def asks_part(self) -> bool:
        """Whether htmx asks, which puts a part into the page that is there."""
        return "hx-request" in self.request.headers

    def draft(
        self, *, status: int = 200, said: str = "", problem: UsageError | None = None, override: str | None = None
    ) -> Response:
        """The draft as it is now: with what was done, or with what is wrong and what was typed."""
        values = {} if override is None else {"override": override}
        return self._page("call_draft", status, draft=draft_view(self.entry), said=said, problem=problem, **values)

    def form(self) -> Response:
        """The form over the words that stand; the draft where it is approved and cannot be edited."""
        view = self._coached()
        if view.state == "approved":
            return self.back()
        return self._page("call_draft_edit", 200, draft=view, form=form_of(view))

    def ask(self, error: UndecidedError, form: KeepForm) -> Response:
        """The question whose words are to stay."""
        return self._page("call_draft_keep", 200, asked=keep_view(self.entry, error, form))

    def clash(self, form: EditForm, typed: Feedback) -> Response:
        """Both texts, part by part, after somebody else saved."""
        base = state_at(self.entry.room.workspace, self.entry.call, form.seen)
        view = self._coached()
        return self._conflict(view, form=merged_form(base, view, kept(base.feedback, typed), form.reasons))

    def late(self, typed: str = "") -> Response:
        """What somebody else did first, and what was written with an act that changes no words."""
        return self._conflict(self._coached(), typed=typed)

    def back(self, said: str = "") -> Response:
        """To the call's page; for htmx the draft as it is now."""
        if self.asks_part:
            return self.draft(said=said)
        return RedirectResponse(f"{self._call(self.entry.call, self.filters)}#draft", status_code=303)

    def on(self) -> Response:
        """To the call that waits next in the inbox that the page was opened from; to the inbox where none does."""
        try:
            inbox = InboxFilters.of(self.filters)
        except UsageError:
            inbox = InboxFilters()  # the page was opened from elsewhere
        call, query = next_waiting(self.entry, inbox, self.entry.call), inbox.query()
        path = self._call(call, query) if call else f"/inbox{f'?{query}' if query else ''}"
        if self.asks_part:
            return Response(status_code=200, headers={"HX-Redirect": path})
        return RedirectResponse(path, status_code=303)

    def _call(self, call: str, query: str) -> str:
        safe = quote(query, safe="=&%+-._~")
        return f"/calls/{quote(call)}{f'?{safe}' if safe else ''}"

    def _conflict(self, view: DraftView, *, form: DraftForm | None = None, typed: str = "") -> Response:
        return self._page(
            "call_draft_conflict", 409, conflict=conflict_of(view, self.entry.viewer.user.id, form=form, typed=typed)
        )

    def _coached(self) -> DraftView:
        view = draft_view(self.entry)
        if view is None:
            raise nothing_here()
        return view

    def _page(self, name: str, status: int, **values: object) -> Response:
        whole = {"call_draft_conflict": "draft_conflict"}.get(name, f"{name}_page")
        template = f"{name if self.asks_part else whole}.html.j2"
        return page(self.request, self.entry, template, status=status, filters=self.filters, **values)


def answers(request: Request, entry: Entry, act: Act | None = None) -> Answers:
    """The answers to this request, whose form is `act`."""
    if act is not None:
        return Answers(request, entry, act.filters)
    address = request.headers.get("hx-current-url", "") if "hx-request" in request.headers else str(request.url)
    return Answers(request, entry, urlsplit(address).query[:2000])
