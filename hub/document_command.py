"""The hub's command that gives a store a document from a file of `sku,qty` rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, cast

import typer

from hub.commands import ConfigOption, application, fail, run, say
from hub.documents.desk import REFUSALS, values_of
from hub.documents.give_document import GiveDocument
from hub.documents.parse_lines import MOST_BYTES, decoded
from hub.documents.queries import Head, heads_of
from hub.documents.read_upload import looked_up
from hub.documents.requests import fingerprint_of
from hub.documents.rules import Asking, Draft, Fault, faults_in
from hub.documents.words import ASKING, FAULTS
from hub.kernel import Kernel
from sync.rules.errors import Refused
from sync.runtime.ids import new_id
from sync.storage.reader import Reader

__all__ = ["application"]

BY: Final = "command line"
documents: Final = typer.Typer(help="Documents that stores are asked to book.", no_args_is_help=True)
application.add_typer(documents, name="document")


@documents.command()
def give(  # noqa: PLR0913  # a command's options
    file: Path,
    *,
    store: Annotated[str, typer.Option(help="The store that books it; of a transfer, the one that sends")],
    task: Annotated[str, typer.Option(help=f"One of {', '.join(ASKING)}")],
    number: Annotated[str, typer.Option(help="The paper's number; needed by receiving, else made")] = "",
    to_store: Annotated[str, typer.Option("--to", help="The store that receives a transfer")] = "",
    partner: Annotated[str, typer.Option(help="The supplier of a delivery")] = "",
    note: Annotated[str, typer.Option(help="A note; of adjust, the reason")] = "",
    key: Annotated[str, typer.Option(help="The same key again gives nothing twice")] = "",
    config: ConfigOption = None,
) -> None:
    """Give a store the rows of FILE to book; a serving hub tells it within a minute."""
    if task not in ASKING:
        raise fail(f"there is no task {task!r}; one of {', '.join(ASKING)}")
    draft = Draft(
        task=cast("Asking", task),
        store=store,
        lines=(),
        to_store=to_store,
        number=number,
        partner=partner,
        note=note,
    )
    text = _text_of(file)
    given = run(config, lambda kernel: _give(kernel, draft, text, key or new_id()))
    for head in given:
        say(f"{head.id}  {head.number}  {head.lines} lines for {head.store}")


async def _give(kernel: Kernel, head: Draft, text: str, key: str) -> list[Head]:
    """Give what the file says."""
    draft = await _with_lines(kernel.reader, head, text)
    command = GiveDocument(kernel=kernel, draft=draft, by=BY, key=key, fingerprint=fingerprint_of(draft))
    try:
        given = await kernel.writer.run(command)
    except Refused as refused:
        if refused.code == "given_already":
            title, detail = REFUSALS[refused.code][2:]
            raise fail(f"{title % refused.facts}. {detail}") from refused
        raise
    return await heads_of(kernel.reader, given)


def _text_of(file: Path) -> str:
    """What the file says; one that cannot be read is told."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise fail(f"{file} could not be read: {error.strerror}") from error
    text = decoded(content) if len(content) <= MOST_BYTES else None
    if text is None:
        raise fail(_said("file_unreadable" if len(content) <= MOST_BYTES else "file_too_large", ""))
    return text


async def _with_lines(reader: Reader, draft: Draft, text: str) -> Draft:
    """The draft with the file's rows; every fault is told, and nothing is given."""
    lines, wrong = await looked_up(reader, text, draft.task)
    whole = Draft(
        task=draft.task,
        store=draft.store,
        lines=lines,
        to_store=draft.to_store,
        number=draft.number,
        partner=draft.partner,
        note=draft.note,
    )
    of_rows = [f"row {one.row}: {_said(one.code, one.value)}" for one in wrong if one.row]
    faults = _of_head(faults_in(whole), is_read=bool(of_rows)) + of_rows
    if faults:
        raise fail("\n".join(["nothing was given", *faults]))
    return whole


def _of_head(faults: Sequence[Fault], *, is_read: bool) -> list[str]:
    """What is wrong beside the rows; a file of wrong rows is not called empty as well."""
    wrong = [one for one in faults if one.place is None and not (is_read and one.code == "no_lines")]
    return [_said(one.code, one.value) for one in wrong]


def _said(code: str, value: str) -> str:
    """A fault in English."""
    text = FAULTS[code] % values_of(code, value)
    return f"{text} Name it with --to." if code in {"store_missing", "same_store"} else text
