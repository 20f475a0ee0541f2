"""The exception queue for programs: list, look, assign, resolve."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.kernel import Kernel
from hub.monitor.change_trouble import AssignTrouble, ResolveTrouble
from hub.monitor.trouble_queries import Asked, Change, Trouble, changes_of, one_trouble, trouble_page
from hub.monitor.trouble_words import ACTIONS, kind_words
from hub.staff.permissions import BOARD, HQ_API
from hub.web.state import kernel_of
from sync.rules.errors import Refused
from sync.values.clock import to_instant
from sync.web.errors import N_, Problem
from sync.web.forms import COLUMN_MAX, Note, read_json, read_query
from sync.web.routes import Contract, identity_of, route


class TroubleQuery(BaseModel):
    """Which troubles; an empty `state` means all that are not resolved. `after` asks for the next page."""

    model_config = ConfigDict(extra="ignore")

    store: Annotated[str, StringConstraints(max_length=32)] = ""
    kind: Annotated[str, StringConstraints(max_length=40)] = ""
    state: Literal["", "open", "assigned", "resolved"] = ""
    after: Annotated[int, Field(ge=0, le=COLUMN_MAX, strict=False)] = 0

    def asked(self) -> Asked:
        """As the query takes it."""
        return Asked(self.store, self.kind, self.state, self.after)


class TroubleAnswer(BaseModel):
    """An exception. `name`, `meaning`, `todo` are in the caller's language, `facts` as they were raised."""

    id: int
    kind: str
    tone: str
    name: str
    meaning: str
    todo: str
    store: str
    facts: dict[str, str]
    state: str
    owner: str
    raised_at: str
    times: int
    last_at: str
    action: str
    note: str
    resolved_at: str | None
    resolved_by: str


class TroubleList(BaseModel):
    """A page of exceptions: unresolved ones the oldest first, resolved ones the newest first."""

    troubles: list[TroubleAnswer]
    next_after: int | None


class ChangeAnswer(BaseModel):
    """What somebody did to an exception."""

    at: str | None
    by: str
    state_before: str
    owner_before: str
    state_after: str
    owner_after: str
    action: str
    note: str


class TroubleHistory(BaseModel):
    """An exception with all that was done to it, the first thing first."""

    trouble: TroubleAnswer
    changes: list[ChangeAnswer]


class Assignment(BaseModel):
    """Whose the trouble is from now on: a login of HQ, empty for nobody's."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""


class Resolution(BaseModel):
    """What was done about a trouble, and in whose words."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[Note, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    action: Literal[*ACTIONS] = "other"  # type: ignore[valid-type]  # the actions are listed once


def trouble_answer(trouble: Trouble) -> TroubleAnswer:
    """A trouble as programs read it."""
    words = kind_words(trouble.kind)
    return TroubleAnswer(
        id=trouble.id,
        kind=trouble.kind,
        tone=words.tone,
        name=words.name,
        meaning=words.meaning,
        todo=words.todo,
        store=trouble.store,
        facts=dict(trouble.facts),
        state=trouble.state,
        owner=trouble.owner,
        raised_at=to_instant(trouble.raised_at),
        times=trouble.times,
        last_at=to_instant(trouble.last_at or trouble.raised_at),
        action=trouble.action,
        note=trouble.note,
        resolved_at=to_instant(trouble.resolved_at) if trouble.resolved_at else None,
        resolved_by=trouble.resolved_by,
    )


def _change(change: Change) -> ChangeAnswer:
    """A change as programs read it."""
    names = ("by", "state_before", "owner_before", "state_after", "owner_after", "action", "note")
    at = to_instant(change.at) if change.at else None
    return ChangeAnswer(at=at, **{name: getattr(change, name) for name in names})


async def list_troubles(request: Request) -> Response:
    """A page of the queue."""
    asked = read_query(request, TroubleQuery)
    page = await trouble_page(kernel_of(request).reader, asked.asked())
    answer = TroubleList(troubles=[trouble_answer(one) for one in page.troubles], next_after=page.after)
    return JSONResponse(answer.model_dump(), headers={"cache-control": "no-store"})


async def trouble_of(request: Request) -> Trouble:
    """The trouble of the request's path.

    Raises:
        Problem: 404 `trouble.unknown`.
    """
    found = await one_trouble(kernel_of(request).reader, int(request.path_params["trouble"]))
    if found is None:
        raise Problem(404, "trouble.unknown", TITLE_UNKNOWN)
    return found


async def show_trouble(request: Request) -> Response:
    """One with its history."""
    found = await trouble_of(request)
    changes = await changes_of(kernel_of(request).reader, found.id)
    answer = TroubleHistory(trouble=trouble_answer(found), changes=[_change(one) for one in changes])
    return JSONResponse(answer.model_dump(), headers={"cache-control": "no-store"})


async def assign(request: Request) -> Response:
    """Give it to somebody."""
    given = await read_json(request, Assignment)
    await assign_trouble(request, given.owner)
    return Response(status_code=204)


async def resolve(request: Request) -> Response:
    """Say what was done."""
    given = await read_json(request, Resolution)
    await resolve_trouble(request, given)
    return Response(status_code=204)


async def assign_trouble(request: Request, owner: str) -> None:
    """Give the trouble of the request's path to a person of HQ, or to nobody.

    Raises:
        Problem: 404 `trouble.unknown`, 409 `trouble.resolved`, `trouble.owner_unknown` or
            `trouble.changed_too_often`; nothing changed.
    """
    kernel, number = kernel_of(request), int(request.path_params["trouble"])
    command = AssignTrouble(number, owner, identity_of(request).subject, kernel.instant())
    await _run(kernel, command)


async def resolve_trouble(request: Request, given: Resolution) -> None:
    """Close the trouble of the request's path.

    Raises:
        Problem: 404 `trouble.unknown`, 409 `trouble.resolved`; nothing changed.
    """
    kernel, number = kernel_of(request), int(request.path_params["trouble"])
    who = identity_of(request).subject
    await _run(kernel, ResolveTrouble(number, who, given.note, kernel.instant(), given.action))


async def _run(kernel: Kernel, command: AssignTrouble | ResolveTrouble) -> None:
    """Run a change and tell open boards, or say why not."""
    try:
        await kernel.writer.run(command)
    except Refused as error:
        code, title, detail = _REFUSALS[error.code]
        status = 404 if error.code == "unknown_trouble" else 409
        raise Problem(status, code, title, detail, values=error.facts) from error
    kernel.events.publish("board", "store", {"trouble": command.trouble})


TITLE_UNKNOWN = N_("There is no such trouble")
_REFUSALS = {
    "unknown_trouble": ("trouble.unknown", TITLE_UNKNOWN, ""),
    "resolved": (
        "trouble.resolved",
        N_("This trouble is resolved already"),
        N_("%(by)s resolved it at %(at)s. Nothing was changed."),
    ),
    "unknown_owner": (
        "trouble.owner_unknown",
        N_("Nobody of that name works at HQ"),
        N_("Choose somebody from the list. Nothing was changed."),
    ),
    "too_many_changes": (
        "trouble.changed_too_often",
        N_("This trouble was handed on too often"),
        N_("After %(most)s changes it can only be resolved. Nothing was changed."),
    ),
}

ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/troubles",
        list_troubles,
        permission=BOARD,
        contract=Contract(summary="Exceptions, in pages", query=TroubleQuery, answers={200: TroubleList}),
    ),
    route(
        "/api/v1/troubles/{trouble:number}",
        show_trouble,
        permission=BOARD,
        contract=Contract(
            summary="An exception with its history",
            answers={200: TroubleHistory},
            refusals={404: "There is no such trouble"},
        ),
    ),
    route(
        "/api/v1/troubles/{trouble:number}/assignment",
        assign,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Give an exception to somebody",
            body=Assignment,
            answers={204: None},
            refusals={404: "There is no such trouble", 409: "It is resolved already, or no such person"},
        ),
    ),
    route(
        "/api/v1/troubles/{trouble:number}/resolution",
        resolve,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Resolve a trouble",
            body=Resolution,
            answers={204: None},
            refusals={404: "There is no such trouble", 409: "It is resolved already"},
        ),
    ),
]
