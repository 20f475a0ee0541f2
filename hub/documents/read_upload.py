"""Reading the form of a new document: its fields, and the lines that were pasted, uploaded or picked."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from hub.documents.choose_goods import BarcodeGoods, Choice, chosen_skus, goods_by_barcode, unknown_skus
from hub.documents.desk import values_of
from hub.documents.parse_lines import MOST_BYTES, RowFault, cell_of, decoded, read_lines
from hub.documents.requests import Text
from hub.documents.rules import Asked, Asking, Key, is_right_qty, qty_code
from hub.documents.words import fault_text
from sync.storage.reader import Reader
from sync.web.errors import N_, InvalidInput, Problem
from sync.web.forms import faults_of, require_utf8

FORM_BYTES: Final = MOST_BYTES + 1024 * 1024
UPLOAD_LIMIT_S: Final = 60.0
MOST_FIELDS: Final = 400


class DocumentForm(BaseModel):
    """What the form says beside its lines."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    task: Asking
    key: Text = ""
    act: str = "give"
    store: Text = ""
    to_store: Text = ""
    number: Text = ""
    partner: Text = ""
    note: Text = ""
    choice: Choice = "lines"
    words: Text = ""
    category: Text = ""
    find: Text = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A form as it came: fields, pasted text with picked goods added, and the file."""

    form: DocumentForm
    text: str
    file: bytes
    file_name: str


async def read_upload(request: Request) -> Upload:
    """Read the form with its file.

    Raises:
        Problem: 400 it is no form, 413 too large, 415 not UTF-8.
        InvalidInput: a field breaks its rules.
    """
    require_utf8(request)
    try:
        async with (
            asyncio.timeout(UPLOAD_LIMIT_S),
            request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES) as form,
        ):
            pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
            file = form.get("file")
            is_file = isinstance(file, UploadFile)
            content = await file.read(MOST_BYTES + 1) if isinstance(file, UploadFile) else b""
            name = (file.filename or "")[-80:] if isinstance(file, UploadFile) and is_file else ""
    except HTTPException as error:
        if error.status_code == 413:
            raise
        raise Problem(400, "form.malformed", TITLE_FORM, DETAIL_FORM) from error
    except (ValueError, ClientDisconnect, TimeoutError) as error:
        raise Problem(400, "form.malformed", TITLE_FORM, DETAIL_FORM) from error
    if len(content) > MOST_BYTES:
        raise HTTPException(413)
    return Upload(_form(dict(pairs)), _with_picked(pairs), content, name)


def _form(fields: dict[str, Any]) -> DocumentForm:
    """The fields as a value."""
    try:
        return DocumentForm.model_validate(fields)
    except ValidationError as error:
        raise InvalidInput(faults_of(error), fields, DocumentForm) from error


def _with_picked(pairs: Sequence[tuple[str, str]]) -> str:
    """The pasted lines, and below them the goods that were found by name and given a quantity."""
    text = "\n".join(value for name, value in pairs if name == "lines").strip("\r\n")
    skus = [value for name, value in pairs if name == "pick_sku"]
    units = [value.strip() for name, value in pairs if name == "pick_qty"]
    picked = [f"{cell_of(sku)},{qty}" for sku, qty in zip(skus, units, strict=False) if qty]
    return "\n".join([*([text] if text.strip() else []), *picked])


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that a form asks for, or all that is wrong with them as (row, text)."""

    lines: tuple[Asked, ...]
    faults: tuple[tuple[int, str], ...]


async def lines_of(reader: Reader, upload: Upload) -> Lines:
    """The lines of a form: chosen for a count, else pasted or uploaded; every SKU looked up."""
    form = upload.form
    if form.task == "count" and form.choice != "lines":
        text = form.category if form.choice == "category" else form.words
        skus = await chosen_skus(reader, form.store, form.choice, text)
        read = read_lines("\n".join(map(cell_of, skus)), "count")
        return _lines(read.lines, read.faults or (() if skus else (RowFault(0, "nothing_found"),)))
    if upload.file and upload.text.strip():
        return _lines((), (RowFault(0, "both_ways"),))
    text_of_file = decoded(upload.file)
    if text_of_file is None:
        return _lines((), (RowFault(0, "file_unreadable"),))
    return await checked_lines(reader, text_of_file if upload.file else upload.text, form.task)


async def checked_lines(reader: Reader, text: str, task: str) -> Lines:
    """Pasted lines, every SKU looked up."""
    lines, faults = await looked_up(reader, text, task)
    return _lines(lines, faults)


async def looked_up(reader: Reader, text: str, task: str) -> tuple[tuple[Asked, ...], list[RowFault]]:
    """The lines of a text with SKU and units for each barcode, and all that is wrong, in order of rows."""
    read = await asyncio.to_thread(read_lines, text, task)  # a file of 1 MiB takes a second
    unknown = await unknown_skus(reader, [line.sku for line in read.lines])
    by_barcode = await goods_by_barcode(reader, unknown)
    lines = tuple(_in_units(line, by_barcode.get(line.sku)) for line in read.lines)
    faults = list(read.faults)
    seen: set[Key] = set()
    for line, told, row in zip(lines, read.lines, read.rows, strict=True):
        if told.sku in unknown and told.sku not in by_barcode:
            faults.append(RowFault(row, "sku_unknown", told.sku))
        elif (
            by_barcode
            and (line.sku, line.bucket) in seen
            and RowFault(row, "sku_twice", told.sku) not in faults
        ):
            faults.append(RowFault(row, "sku_twice", line.sku))
        elif line.qty != told.qty and not is_right_qty(task, line.qty):
            faults.append(RowFault(row, qty_code(task), str(line.qty)))
        seen.add((line.sku, line.bucket))
    if not lines and not faults:
        faults.append(RowFault(0, "no_lines"))
    return lines, sorted(faults, key=lambda fault: fault.row)


def _in_units(line: Asked, goods: BarcodeGoods | None) -> Asked:
    """A line that names a barcode, in the SKU's units: two cases of 24 are 48."""
    return line if goods is None else replace(line, sku=goods.sku, qty=line.qty * goods.pieces)


def _lines(lines: tuple[Asked, ...], faults: Sequence[RowFault]) -> Lines:
    """The lines, or their faults in words: with one of them nothing is given."""
    told = tuple((one.row, fault_text(one.code, **values_of(one.code, one.value))) for one in faults)
    return Lines(() if told else lines, told)


TITLE_FORM = N_("This form could not be read")
DETAIL_FORM = N_("Open the page again and fill it in once more. Nothing was changed.")
