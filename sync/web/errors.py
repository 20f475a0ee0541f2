"""The errors of the pages.

WebFault                        code                  status
├── Problem                     given where raised    given where raised: an answer to the caller
│   └── InvalidInput            input.invalid         422, with one message a field
└── AssetMissing                web.asset_missing     a page names a file that does not exist: ours to mend
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Any

from pydantic import BaseModel


class WebFault(Exception):  # the root of a tree of faults
    """Root of what this package raises."""

    code = "web.fault"
    retryable = False


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One wrong field of a form or a body.

    Attributes:
        field: Dotted path as the caller wrote it, `lines.0.qty`; empty for the whole body.
        code: Stable name of the rule that was broken.
        message: English sentence (a message id) that is translated for the reader.
        values: Limits and the like that the message names.
    """

    field: str
    code: str
    message: str
    values: Mapping[str, Any] = made_by(default_factory=dict)


class Problem(WebFault):
    """An answer that refuses: raise it anywhere below a route.

    Attributes:
        status: HTTP status, 400 to 599.
        code: Stable dotted name, `stock.short`.
        title: What happened, in English, marked with `N_` so that it is translated.
        detail: What to do about it, likewise.
        values: Fills the `%(name)s` places of title and detail.
        extra: Further members of the problem document, JSON values.
        headers: Response headers, `Retry-After` say.
    """

    def __init__(  # noqa: PLR0913  # the members of a problem document (RFC 9457 section 3.1)
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        *,
        values: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {title}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.values = dict(values or {})
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        self.retryable = status in {429, 502, 503, 504}


class InvalidInput(Problem):
    """Some fields are wrong.

    Attributes:
        faults: One entry a field.
        given: What the caller sent, by field name, so that a form can be shown again.
        model: The model that refused it.
    """

    def __init__(
        self,
        faults: tuple[FieldFault, ...],
        given: Mapping[str, str] | None = None,
        model: type[BaseModel] | None = None,
    ) -> None:
        super().__init__(422, "input.invalid", TITLE_INVALID, DETAIL_INVALID)
        self.faults = faults
        self.given = dict(given or {})
        self.model = model


class AssetMissing(WebFault):
    """A template or a program names a static file that is not there."""

    code = "web.asset_missing"


def N_(message: str) -> str:  # noqa: N802  # the name gettext tools look for
    """Mark an English message for translation where it is written; it is translated where it is shown."""
    return message


TITLE_INVALID = N_("Some entries are not right")
DETAIL_INVALID = N_("Correct the marked entries and send again. Nothing was changed.")
