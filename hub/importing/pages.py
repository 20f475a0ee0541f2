"""HQ's import page: a product file is uploaded, previewed with every fault by row, and confirmed.

Nothing is written before it is confirmed, and then all of it or nothing.
"""

import asyncio
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.catalogue.errors import CatalogueMoved
from hub.catalogue.import_products import ImportReport, import_products
from hub.catalogue.pictures import far_pictures
from hub.catalogue.rules import RowError
from hub.importing.done_reports import MOST_SAID, DoneReport, DoneReports
from hub.importing.row_texts import row_text
from hub.importing.upload_shelf import FOLDER, UploadShelf
from hub.staff.hq_page import hq_page
from hub.web.state import kernel_of
from sync.runtime.logging import get_logger
from sync.web.errors import N_, Problem
from sync.web.forms import read_form, require_utf8
from sync.web.permissions import HQ
from sync.web.routes import identity_of, route
from sync.web.translations import gettext

log = get_logger(__name__)

MOST_BYTES: Final = 32 * 1024 * 1024
FORM_BYTES: Final = MOST_BYTES + 64 * 1024
FIRST: Final = 12
UPLOAD_LIMIT_S: Final = 120.0
DISK_LIMIT_S: Final = 30.0


class Confirmation(BaseModel):
    """Which upload to take in."""

    model_config = ConfigDict(extra="forbid")

    upload: str
    archive: Literal["", "yes"] = ""


async def show_import(request: Request) -> Response:
    """The page to choose a file on."""
    return hq_page(request, "importing/choose.html", {"fault": "", "most": MOST_BYTES // 1024 // 1024})


async def preview(request: Request) -> Response:
    """Read the file and show what taking it in would do."""
    name, content = await _upload(request)
    if not content:
        context = {"fault": gettext(FILE_EMPTY if name else CHOOSE_FIRST), "most": MOST_BYTES // 1024 // 1024}
        return hq_page(request, "importing/choose.html", context, status=422)
    kernel = kernel_of(request)
    report = await import_products(kernel, content, currency=_currency(request), dry_run=True)
    upload = ""
    if report.read.products:
        async with asyncio.timeout(DISK_LIMIT_S):
            upload = await asyncio.to_thread(_shelf(request).put, content, kernel.clock.now())
    context = {
        "name": name,
        "upload": upload,
        "currency": _currency(request),
        "far_pictures": far_pictures(kernel.settings.shop, report.plan.drafts),
        **_told(report),
    }
    return hq_page(request, "importing/preview.html", context)


async def confirm(request: Request) -> Response:
    """Take the file in."""
    given = await read_form(request, Confirmation)
    kernel, shelf = kernel_of(request), _shelf(request)
    done = RedirectResponse(f"/hq/import/done/{given.upload}", 303)
    if _reports(request).get(given.upload) is not None:
        return done
    async with asyncio.timeout(DISK_LIMIT_S):
        content = await asyncio.to_thread(shelf.get, given.upload, kernel.clock.now())
    if content is None:
        raise Problem(410, "upload.gone", TITLE_GONE, DETAIL_GONE)
    try:
        report = await import_products(
            kernel, content, currency=_currency(request), archive_absent=given.archive == "yes"
        )
    except CatalogueMoved as error:
        raise Problem(409, "catalogue.moved", TITLE_MOVED, DETAIL_MOVED) from error
    log.info(
        "catalogue.imported", staff=identity_of(request).subject, skus=report.skus, version=report.version
    )
    _reports(request).keep(given.upload, DoneReport.of(report))
    await asyncio.to_thread(shelf.drop, given.upload)
    await _announce(request, report)
    return done


async def show_done(request: Request) -> Response:
    """What an import did; to be opened again as often as wanted."""
    report = _reports(request).get(str(request.path_params["upload"]))
    if report is None:
        raise Problem(404, "report.gone", TITLE_REPORT, DETAIL_REPORT)
    return hq_page(request, "importing/done.html", {"report": report, "errors": _said(report.faults)})


async def back(request: Request) -> Response:
    """A page that only a form leads to was opened by its address."""
    del request
    return RedirectResponse("/hq/import", 303)


async def _upload(request: Request) -> tuple[str, bytes]:
    """The file's name and content; empty when none was chosen.

    Raises:
        Problem: 400 the body is no form with a file, 413 too large, 415 not UTF-8.
    """
    require_utf8(request)
    try:
        async with asyncio.timeout(UPLOAD_LIMIT_S), request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                return "", b""
            content = await file.read(MOST_BYTES + 1)
    except HTTPException as error:
        if error.status_code == 413:
            raise
        raise Problem(400, "form.malformed", TITLE_FORM, DETAIL_FORM) from error
    except (ValueError, ClientDisconnect, TimeoutError) as error:
        raise Problem(400, "form.malformed", TITLE_FORM, DETAIL_FORM) from error
    if len(content) > MOST_BYTES:
        raise HTTPException(413)
    return (file.filename or "")[-80:], content


async def _announce(request: Request, report: ImportReport) -> None:
    """Tell the stores, where a link runs; else they ask when they connect."""
    link: Any = getattr(request.app.state, "link", None)
    if link is not None and report.version > report.version_before:
        await link.announce_catalogue(report.version_before)


def _shelf(request: Request) -> UploadShelf:
    """Where uploads wait."""
    return UploadShelf(kernel_of(request).settings.data_dir / FOLDER)


def _reports(request: Request) -> DoneReports:
    """The reports of the running hub."""
    state: Any = request.app.state
    reports: DoneReports | None = getattr(state, "import_reports", None)
    if reports is None:
        reports = state.import_reports = DoneReports()
    return reports


def _currency(request: Request) -> str:
    """The chain's currency: its first store's."""
    stores = kernel_of(request).directory.all()
    return stores[0].currency if stores else "CNY"


def _told(report: ImportReport) -> dict[str, Any]:
    """A report for a page; what was said of rows in the reader's language."""
    return {
        "report": report,
        "plan": report.plan,
        "skus": sum(len(draft.variants) for draft in report.plan.drafts),
        "kind_code": report.read.kind,
        "first": report.plan.drafts[:FIRST],
        "errors": _said(report.plan.errors),
        "warnings": _said(report.plan.warnings),
        "kind": gettext(KINDS[report.read.kind]),
    }


def _said(said: tuple[RowError, ...]) -> list[tuple[int, str]]:
    """Row and text of the first faults."""
    return [(one.row, row_text(one)) for one in said[:MOST_SAID]]


KINDS: Final = {
    "own": N_("our own product file"),
    "shopify": N_("a Shopify product export"),
    "unknown": N_("an unknown file"),
}
CHOOSE_FIRST = N_("Choose a CSV file first.")
FILE_EMPTY = N_("The file is empty. Choose a CSV file with a heading row and at least one product.")
TITLE_GONE = N_("This upload is no longer there")
DETAIL_GONE = N_(
    "An upload is taken in once, within 30 minutes. Choose the file again to see what is left to do."
)
TITLE_REPORT = N_("This report is no longer kept")
DETAIL_REPORT = N_(
    "What was imported stays in the catalogue. Choose the file again to see what is left to do."
)
TITLE_MOVED = N_("Somebody else is importing now")
DETAIL_MOVED = N_("Wait a moment, then choose the file again. Nothing was changed.")
TITLE_FORM = N_("This form could not be read")
DETAIL_FORM = N_("Open the page again and fill it in once more. Nothing was changed.")

ROUTES: list[BaseRoute] = [
    route("/hq/import", show_import, permission=HQ),
    route("/hq/import/preview", preview, ["POST"], permission=HQ, max_body_bytes=FORM_BYTES),
    route("/hq/import/done", confirm, ["POST"], permission=HQ),
    route("/hq/import/done/{upload}", show_done, permission=HQ),
    route("/hq/import/preview", back, permission=HQ, name="back_from_preview"),
    route("/hq/import/done", back, permission=HQ, name="back_from_done"),
]
