"""Reads what callers send into models: forms, JSON bodies, queries, the Idempotency-Key.

Whatever arrives, the outcome is a model or a `Problem` that names each wrong field; never a 500. Numbers
larger than any column and text that no database takes (NUL, lone surrogates) are refused here. A form is
UTF-8 or nothing: other encodings could bring what no page can show. A body that does not come is not waited
for.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from sync.web.errors import N_, FieldFault, InvalidInput, Problem

ModelT = TypeVar("ModelT", bound=BaseModel)
FIELDS_MAX = 1000
FAULTS_MAX = 50
COLUMN_MAX = 2**63 - 1
BODY_LIMIT_S = 30.0
"""How long a whole body may take to arrive: it is small, and a slow phone sends it in seconds."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_KEY = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,128}")


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("text.control", "Use ordinary characters only")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text or "\t" in text:
        raise PydanticCustomError("text.lines", "Write this on one line")
    return _printable(text)


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)
]
"""One line of text, 1 to 200 characters, trimmed, no control characters."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_printable)]
"""Several lines of text, up to 2,000 characters."""

Count = Annotated[int, Field(ge=1, le=1_000_000)]
"""A number of units."""

Minor = Annotated[int, Field(ge=0, le=COLUMN_MAX)]
"""An amount of money in minor units that fits a column."""


async def read_json(
    request: Request, model: type[ModelT], context: Mapping[str, Any] | None = None
) -> ModelT:
    """Read a JSON body; `context` is what the model's validators may need to know.

    Raises:
        InvalidInput: The body is no JSON or breaks the model's rules.
        Problem: 415 when it says that it is something else, 408 when it does not arrive in time.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, "media.refused", TITLE_MEDIA, DETAIL_MEDIA)
    body = await _whole_body(request)
    try:
        return model.model_validate_json(body, context=context)
    except ValidationError as error:
        raise InvalidInput(faults_of(error), model=model) from error


async def read_form(request: Request, model: type[ModelT]) -> ModelT:
    """Read a form (urlencoded or multipart without files); a field given several times becomes a list.

    Raises:
        InvalidInput: With what was given, so that the page can show the form again.
        Problem: 400 when the body is no form, 415 when it is not UTF-8, 408 when it does not arrive in time.
    """
    require_utf8(request)
    try:
        async with asyncio.timeout(BODY_LIMIT_S), request.form(max_files=0, max_fields=FIELDS_MAX) as form:
            pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    except HTTPException as error:
        if error.status_code == 413:
            raise
        raise Problem(400, "form.malformed", TITLE_FORM, DETAIL_FORM) from error
    except TimeoutError as error:
        raise _too_slow() from error
    except (ValueError, ClientDisconnect) as error:
        raise Problem(400, "form.malformed", TITLE_FORM, DETAIL_FORM) from error
    return _validate(_gather(pairs), model)


def require_utf8(request: Request) -> None:
    """Refuse a form that says it is written in anything but UTF-8.

    Raises:
        Problem: 415; nothing of the body was read.
    """
    _, parameters = parse_options_header(request.headers.get("content-type"))
    charset = parameters.get(b"charset", b"utf-8").decode("latin-1")
    if charset.lower() not in {"utf-8", "utf8"}:
        raise Problem(415, "form.encoding", TITLE_ENCODING, DETAIL_ENCODING)


def read_query(request: Request, model: type[ModelT]) -> ModelT:
    """Read the query parameters.

    Raises:
        InvalidInput: They break the model's rules.
    """
    return _validate(_gather(request.query_params.multi_items()), model)


async def _whole_body(request: Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_LIMIT_S):
            return await request.body()
    except TimeoutError as error:
        raise _too_slow() from error
    except ClientDisconnect as error:
        raise Problem(400, "body.cut", TITLE_FORM, DETAIL_FORM) from error


def _too_slow() -> Problem:
    return Problem(408, "body.slow", TITLE_SLOW, DETAIL_SLOW, headers={"Connection": "close"})


def _gather(pairs: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    gathered: dict[str, str | list[str]] = {}
    for name, value in pairs:
        held = gathered.get(name)
        if held is None:
            gathered[name] = value
        elif isinstance(held, list):
            held.append(value)
        else:
            gathered[name] = [held, value]
    return gathered


def _validate(given: Mapping[str, str | list[str]], model: type[ModelT]) -> ModelT:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        kept = {name: value for name, value in given.items() if isinstance(value, str)}
        raise InvalidInput(faults_of(error), kept, model) from error


def faults_of(error: ValidationError) -> tuple[FieldFault, ...]:
    """Return one fault a wrong field, at most `FAULTS_MAX`."""
    details = error.errors(include_url=False, include_input=False)
    return tuple(_fault(detail) for detail in details[:FAULTS_MAX])


def _fault(detail: ErrorDetails) -> FieldFault:
    kind = detail["type"]
    values: dict[str, Any] = {
        name: value for name, value in detail.get("ctx", {}).items() if isinstance(value, int | str)
    }
    message, places = _MESSAGES.get(kind, (N_("This entry is not right"), ()))
    path = ".".join(str(part) for part in detail["loc"])
    return FieldFault(path, kind, message, {place: values.get(place, "") for place in places})


def idempotency_key(request: Request) -> str:
    """Return the Idempotency-Key, without the quotes of a structured string.

    Raises:
        Problem: 400 when it is missing, or not 1 to 128 printable ASCII characters without quotes or
        backslash.
    """
    raw = request.headers.get("idempotency-key")
    if raw is None:
        raise Problem(400, "idempotency.missing", TITLE_KEY_MISSING, DETAIL_KEY_MISSING)
    text = raw.strip()
    key = text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency.malformed", TITLE_KEY, DETAIL_KEY)
    return key


def local_path(target: str | None, default: str = "/") -> str:
    """Return `target` when it is a path of this site, else `default`: `?next=` leads nowhere else."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    if _CONTROL.search(target) or "\n" in target or "\r" in target or "\t" in target:
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


TITLE_MEDIA = N_("This format is not understood")
DETAIL_MEDIA = N_("Send JSON or a form. Nothing was changed.")
TITLE_FORM = N_("This form could not be read")
DETAIL_FORM = N_("Open the page again and fill it in once more. Nothing was changed.")
TITLE_ENCODING = N_("This form is not written in UTF-8")
DETAIL_ENCODING = N_("Send it as UTF-8. Nothing was changed.")
TITLE_SLOW = N_("What you sent did not arrive in time")
DETAIL_SLOW = N_("Check the connection and send it again. Nothing was changed.")
TITLE_KEY_MISSING = N_("The Idempotency-Key header is missing")
DETAIL_KEY_MISSING = N_("Send a key that is new for each order and the same when you repeat it.")
TITLE_KEY = N_("The Idempotency-Key header is not right")
DETAIL_KEY = N_("Use 1 to 128 printable ASCII characters without quotes.")

_MESSAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "missing": (N_("This is needed"), ()),
    "phone": (N_("Enter a phone number that can be called"), ()),
    "string_too_short": (N_("Enter at least %(min_length)s characters"), ("min_length",)),
    "string_too_long": (N_("Enter at most %(max_length)s characters"), ("max_length",)),
    "string_type": (N_("Enter text"), ()),
    "string_pattern_mismatch": (N_("This does not have the right form"), ()),
    "string_unicode": (N_("Use ordinary characters only"), ()),
    "text.control": (N_("Use ordinary characters only"), ()),
    "text.lines": (N_("Write this on one line"), ()),
    "int_parsing": (N_("Enter a whole number"), ()),
    "int_type": (N_("Enter a whole number"), ()),
    "finite_number": (N_("Enter a whole number"), ()),
    "int_from_float": (N_("Enter a whole number"), ()),
    "int_parsing_size": (N_("This number is too large"), ()),
    "greater_than_equal": (N_("Enter %(ge)s or more"), ("ge",)),
    "greater_than": (N_("Enter more than %(gt)s"), ("gt",)),
    "less_than_equal": (N_("Enter %(le)s or less"), ("le",)),
    "less_than": (N_("Enter less than %(lt)s"), ("lt",)),
    "bool_parsing": (N_("Choose yes or no"), ()),
    "literal_error": (N_("Choose one of: %(expected)s"), ("expected",)),
    "enum": (N_("Choose one of: %(expected)s"), ("expected",)),
    "extra_forbidden": (N_("This field is not known"), ()),
    "json_invalid": (N_("This is not valid JSON"), ()),
    "too_short": (N_("Give at least %(min_length)s"), ("min_length",)),
    "too_long": (N_("Give at most %(max_length)s"), ("max_length",)),
    "date_from_datetime_parsing": (N_("Enter a date like 2026-05-01"), ()),
    "uuid_parsing": (N_("This is not a valid identifier"), ()),
}
