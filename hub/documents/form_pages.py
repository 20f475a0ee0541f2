"""HQ's form of a new document. Without a script: goods are found by name on the server and added below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.documents import desk
from hub.documents.choose_goods import categories
from hub.documents.pages import PATH, document_path, shared
from hub.documents.parse_lines import MOST_BYTES
from hub.documents.read_upload import FORM_BYTES, DocumentForm, Lines, Upload, lines_of, read_upload
from hub.documents.rules import Asking, Draft, faults_in
from hub.documents.words import ASKING, CHOICES, fault_text
from hub.kernel import Kernel
from hub.staff.hq_page import hq_page
from hub.stock.find_goods import find_goods
from hub.web.state import kernel_of
from sync.rules.items import MOST_LINES
from sync.runtime.ids import new_id
from sync.web.errors import N_, InvalidInput, Problem
from sync.web.permissions import HQ
from sync.web.routes import route
from sync.web.translations import current, gettext

MOST_FOUND: Final = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """The form as it is shown: what was said, what is wrong by row, and the goods that fit a search."""

    form: DocumentForm
    text: str = ""
    faults: Sequence[tuple[int, str]] = ()
    found: Sequence[Any] = ()
    there: str = ""
    """The document that stands in the way."""


async def show_form(request: Request) -> Response:
    """An empty form of the task in the address, a delivery's where it names none."""
    asked = request.query_params.get("task", "")
    task: Asking = asked if asked in ASKING else "receiving"  # type: ignore[assignment]
    store = request.query_params.get("store", "")[:32]
    return await _page(request, Shown(DocumentForm(task=task, key=new_id(), store=store)))


async def give(request: Request) -> Response:
    """Give the document, or show what is wrong with it."""
    upload = await read_upload(request)
    kernel, form = kernel_of(request), upload.form
    if form.act == "find":
        goods = await find_goods(kernel.reader, form.store, form.find) if form.find else []
        return await _page(request, Shown(form, upload.text, found=goods[:MOST_FOUND]))
    store = kernel.directory.get(form.store)
    if store is None:
        return await _page(request, Shown(form, upload.text, [(0, gettext(CHOOSE_STORE))]))
    read = await lines_of(kernel.reader, upload)
    draft = _draft(form, read)
    wrong = [
        (0, fault_text(fault.code, value=fault.value, most=MOST_LINES))
        for fault in faults_in(draft)
        if fault.place is None and fault.code != "no_lines"
    ]
    if wrong or read.faults:
        return await _page(request, Shown(form, upload.text, [*wrong, *read.faults]))
    return await _give(request, upload, draft)


async def _give(request: Request, upload: Upload, draft: Draft) -> Response:
    """Give what is right by itself; what the books refuse is told on the form too."""
    try:
        given = await desk.give(request, draft, upload.form.key or new_id())
    except InvalidInput as error:
        faults = [(0, gettext(fault.message, **fault.values)) for fault in error.faults]
        return await _page(request, Shown(upload.form, upload.text, faults))
    except Problem as problem:
        told = " ".join(gettext(text, **problem.values) for text in (problem.title, problem.detail))
        there = str(problem.extra.get("document", ""))
        return await _page(request, Shown(upload.form, upload.text, [(0, told)], there=there))
    if len(given) == 1:
        return RedirectResponse(document_path(given[0]), 303)
    return RedirectResponse(f"{PATH}?store={draft.store}&given={len(given)}", 303)


def _draft(form: DocumentForm, read: Lines) -> Draft:
    """What the form asks for."""
    is_transfer, is_delivery = form.task == "transfer", form.task == "receiving"
    return Draft(
        task=form.task,
        store=form.store,
        lines=read.lines,
        to_store=form.to_store if is_transfer else "",
        number=form.number,
        partner=form.partner if is_delivery else "",
        note=form.note,
    )


async def _page(request: Request, shown: Shown) -> Response:
    """The form."""
    kernel = kernel_of(request)
    context = {
        **shared(request),
        "shown": shown,
        "form": shown.form,
        "asking": ASKING,
        "choices": CHOICES,
        "categories": await _categories(kernel) if shown.form.task == "count" else [],
        "most": MOST_LINES,
        "most_kb": MOST_BYTES // 1024,
    }
    status = 422 if shown.faults else 200
    return hq_page(request, "documents/form.html", context, status=status)


async def _categories(kernel: Kernel) -> list[tuple[str, str]]:
    """Categories to choose from, each with its path's depth shown."""
    is_chinese = current().tag.startswith("zh")
    rows = await categories(kernel.reader)
    return [(key, "\u3000" * (level - 1) + (zh if is_chinese else en)) for key, level, zh, en in rows]


CHOOSE_STORE = N_("Choose the store that books it.")

ROUTES: list[BaseRoute] = [
    route(f"{PATH}/new", show_form, permission=HQ, name="hq_new_document"),
    route(f"{PATH}/new", give, ["POST"], permission=HQ, name="hq_give", max_body_bytes=FORM_BYTES),
]
