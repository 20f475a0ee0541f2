"""Breaking a line of encoded characters at the paper's edge. A character of two bytes is two columns."""

from devices.printing.blocks import Align

Line = list[bytes]

_BLANK = b" "
# Chinese closing marks never begin a line; they hang on to the character before them.
_CLOSING = frozenset(mark.encode("gbk") for mark in "，。、；：！？）》」』】〕％…”’")
_OPENING = frozenset(mark.encode("gbk") for mark in "（《「『【〔￥“‘")


def width_of(line: Line) -> int:
    """A line's width in half-width characters."""
    return sum(map(len, line))


def pad(line: Line, width: int, align: Align) -> Line:
    """The line with blanks around it, exactly ``width`` columns."""
    spare = width - width_of(line)
    assert spare >= 0, "a line is wrapped before it is padded"
    before = {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[align]
    return [_BLANK] * before + line + [_BLANK] * (spare - before)


def wrap(line: Line, width: int) -> list[Line]:
    """The line broken into lines of at most ``width`` (at least 2) columns; at least one, maybe empty.

    Breaks at blanks, which vanish there, and between Chinese characters; a longer word breaks where it must.
    """
    assert width >= 2, "a line holds at least one full-width character"
    if width_of(line) <= width:
        return [line]
    lines: list[Line] = [[]]
    for word in _words(line):
        _place(word, lines, width)
    return [_without_trailing_blanks(each) for each in lines]


def _place(word: Line, lines: list[Line], width: int) -> None:
    """Put a word on the last line or on new ones."""
    line = lines[-1]
    fits = width_of(line) + width_of(word) <= width
    if word == [_BLANK]:
        if fits and (line or len(lines) == 1):
            line += word
    elif fits:
        line += word
    elif width_of(word) <= width:
        lines.append(list(word))
    else:
        _place_in_pieces(word, lines, width)


def _place_in_pieces(word: Line, lines: list[Line], width: int) -> None:
    for character in word:
        if width_of(lines[-1]) + len(character) > width:
            lines.append([])
        lines[-1].append(character)


def _words(line: Line) -> list[Line]:
    """Pieces that stay together: a run of half-width characters, one Chinese character with its marks."""
    words: list[Line] = []
    for character in line:
        if words and _belongs_to(words[-1], character):
            words[-1].append(character)
        else:
            words.append([character])
    return words


def _belongs_to(word: Line, character: bytes) -> bool:
    last = word[-1]
    if _BLANK in (last, character):
        return False
    if last in _OPENING or character in _CLOSING:
        return True
    return len(last) == 1 and len(character) == 1


def _without_trailing_blanks(line: Line) -> Line:
    end = len(line)
    while end and line[end - 1] == _BLANK:
        end -= 1
    return line[:end]
