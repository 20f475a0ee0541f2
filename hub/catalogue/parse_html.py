"""A description's HTML as an allow-list and as plain text.

Kept: p, br, ul, ol, li, b, strong, i, em, h3, h4, none with attributes. Content that is code or another
document goes; all other tags go and their text stays. What comes out is well formed and every tag in it
was written here, so it may stand in a page as it is.
"""

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Final

_INLINE: Final = frozenset({"b", "strong", "i", "em"})
_LISTS: Final = frozenset({"ul", "ol"})
_AS: Final = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
_BLOCKS: Final = frozenset({"p", "h3", "h4"})
_BREAK_WORDS: Final = """
address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer
header hr main nav pre section summary table tbody tfoot thead tr
"""
_BREAKS: Final = frozenset(_BREAK_WORDS.split())
_CELLS: Final = frozenset({"td", "th"})
_DROPPED_WORDS: Final = """
applet audio canvas frameset head iframe math noembed noframes noscript object script select style svg
template textarea title video xmp
"""
_DROPPED: Final = frozenset(_DROPPED_WORDS.split())
_NOTED: Final = _DROPPED | {"embed", "form", "input", "link", "button", "frame"}
_MOST_DEPTH: Final = 16
_DECLARATION: Final = re.compile("<[!?]")
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SafeText:
    """A description: allow-listed HTML, the same as plain text, and the tags removed for safety."""

    html: str
    text: str
    removed: tuple[str, ...] = ()


def safe_text(source: str) -> SafeText:
    """The safe form of HTML or plain text of any kind; linear in its length, never raises."""
    if "<" not in source and "&" not in source:
        return _from_plain(source)
    writer = _Writer()
    try:
        writer.feed(_closed(source))
        writer.close()
    except (AssertionError, ValueError):  # the parser's own words for declarations it cannot place
        return _from_plain(re.sub(r"[<>]", " ", source))
    writer.finish()
    return SafeText("".join(writer.html), "".join(writer.text).strip(), tuple(sorted(writer.removed)))


def _from_plain(source: str) -> SafeText:
    lines = [" ".join(line.split()) for line in source.splitlines()]
    kept = [line for line in lines if line]
    return SafeText("".join(f"<p>{escape(line, quote=False)}</p>" for line in kept), "\n".join(kept))


def _closed(source: str) -> str:
    """The source without comments and declarations, and without a tag that never closes.

    The standard parser searches on from every unclosed `<` to the end of the text; a hostile text would
    cost the square of its length.
    """
    out: list[str] = []
    place = 0
    while found := _DECLARATION.search(source, place):
        start = found.start()
        out.append(source[place:start])
        end_mark = "-->" if source.startswith("<!--", start) else ">"
        end = source.find(end_mark, start + 2)
        if end < 0:
            place = len(source)
            break
        place = end + len(end_mark)
    out.append(source[place:])
    kept = "".join(out)
    last = kept.rfind(">") + 1
    return kept[:last] + kept[last:].replace("<", "&lt;")


class _Writer(HTMLParser):
    """Writes what is allowed. A tag is written when its first text comes, so empty ones never are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.html: list[str] = []
        self.text: list[str] = []
        self.removed: set[str] = set()
        self._open: list[str] = []
        self._pending: list[str] = []
        self._written = 0
        self._skipped: list[str] = []
        self._break = False
        self._blank = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what is allowed; attributes are never looked at."""
        del attrs
        name = _AS.get(tag, tag)
        if name in _NOTED:
            self.removed.add(name)
        if name in _DROPPED:
            self._skipped.append(name)
        elif not self._skipped:
            self._start(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>`; a self-closed `<script/>` holds nothing and so skips nothing."""
        if tag in _NOTED:
            self.removed.add(tag)
        if tag not in _DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close what is open; an end without a start is nothing."""
        name = _AS.get(tag, tag)
        if self._skipped:
            if name in self._skipped:
                del self._skipped[self._skipped.index(name) :]
        elif name in self._open and (name in _INLINE or name in _LISTS or name in _BLOCKS or name == "li"):
            self._close_from(_last(self._open, name))
        elif name in _BREAKS:
            self._end_block()
        elif name in _CELLS:
            self._blank = True

    def handle_data(self, data: str) -> None:
        """Text, its blanks collapsed."""
        if self._skipped:
            return
        words = _BLANKS.sub(" ", data)
        if words.strip():
            self._write(words)
        elif words:
            self._blank = True

    def finish(self) -> None:
        """Close all that is open."""
        self._close_from(0)

    def _start(self, name: str) -> None:
        if name == "br":
            self._break = self._written > 0
        elif name in _INLINE:
            if len(self._open) < _MOST_DEPTH and name not in self._open:
                self._open.append(name)
        elif name in _BREAKS or name in _CELLS:
            self._pass(name)
        elif name in _BLOCKS:
            self._start_block(name)
        elif name in _LISTS:
            self._start_list(name)
        elif name == "li":
            self._start_item()

    def _pass(self, name: str) -> None:
        if name in _BREAKS:
            self._end_block()
        else:
            self._blank = True

    def _start_block(self, name: str) -> None:
        if "li" in self._open:
            self._break = self._written == len(self._open)
            return
        self._close_from(0)
        self._open.append(name)

    def _start_list(self, name: str) -> None:
        if len(self._open) >= _MOST_DEPTH:
            return
        self._end_block()
        if self._open and self._open[-1] in _LISTS:
            return
        self._open.append(name)

    def _start_item(self) -> None:
        lists = [place for place, name in enumerate(self._open) if name in _LISTS]
        if not lists:
            self._close_from(0)
            self._open.append("ul")
            lists = [0]
        self._close_from(lists[-1] + 1)
        self._open.append("li")

    def _end_block(self) -> None:
        """The end of a paragraph, where one is open; inside a list item a line break instead."""
        if "li" in self._open:
            self._break = self._written == len(self._open)
            return
        self._close_from(0)

    def _close_from(self, place: int) -> None:
        while len(self._open) > place:
            name = self._open.pop()
            if self._written > len(self._open):
                self._written = len(self._open)
                self.html.append(f"</{name}>")
                if name not in _INLINE:
                    self._break = self._blank = False

    def _write(self, words: str) -> None:
        if not self._open or self._open[0] in _INLINE:
            assert self._written == 0, "an inline tag is never written outside a block"
            self._open.insert(0, "p")
        if self._open[-1] in _LISTS:
            self._open.append("li")
        starts_block = self._open_tags()
        self._gap(starts_block=starts_block, begins_blank=words[0] == " ")
        body = words.strip()
        self.html.append(escape(body, quote=False))
        self.text.append(body)
        self._blank = words[-1] == " "

    def _open_tags(self) -> bool:
        """Write the tags still unwritten; whether one of them begins a line."""
        new = self._open[self._written :]
        starts = [name for name in new if name not in _INLINE]
        self._pending = new
        self._written = len(self._open)
        if starts and self.text:
            self.text.append("\n")
        if "li" in starts:
            self.text.append("• ")
        return bool(starts)

    def _gap(self, *, starts_block: bool, begins_blank: bool) -> None:
        """What stands between the last text and this one: tags, a line break or one blank."""
        tags = "".join(f"<{name}>" for name in self._pending)
        if starts_block:
            self.html.append(tags)
        elif self._break:
            self.html.append("<br>" + tags)
            self.text.append("\n")
        elif self._blank or begins_blank:
            self.html.append(" " + tags)
            self.text.append(" ")
        else:
            self.html.append(tags)
        self._break = self._blank = False


def _last(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)
