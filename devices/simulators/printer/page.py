"""Page mode (ESC L): print is placed in areas of a page, in four directions, before any of it is on paper.

By the command reference: ESC W sets an area, ESC T where its text begins and runs. A place is counted from
the area's starting corner: ``x`` along the text, ``y`` across it down to the base line, whose first place is
one line of 24 dots below the area's edge. What would stand outside its area is not printed.
"""

from devices.simulators.printer.elements import LINE, Area, Element, Page, Placed

MOST_WORK = 400_000
"""Looks at what stands on one page (CAN looks at all of it) after which no more of it is gathered."""
LONGEST = 1662
"""Dots of the longest page, down the paper."""


def area_of(numbers: tuple[int, ...], paper_dots: int) -> Area | None:
    """The area of ESC W, cut to the page; None if it lies outside or has no size."""
    left, top, width, height = numbers
    if not width or not height or left >= paper_dots or top >= LONGEST:
        return None
    return Area(left, top, min(width, paper_dots - left), min(height, LONGEST - top))


class PageDesk:
    """A page that is being gathered: its area and direction now, the base line, and what stands on it.

    Args:
        paper_dots: the page's width.
    """

    def __init__(self, paper_dots: int) -> None:
        self._paper_dots = paper_dots
        self._placed: list[Placed] = []
        self._foot = 0
        self._work = 0
        self.area = self._whole
        self.direction = 0
        self.y = 0

    @property
    def _whole(self) -> Area:
        return Area(0, 0, self._paper_dots, LONGEST)

    @property
    def length(self) -> int:
        """Dots of a line of text."""
        return self.area.height if self.direction % 2 else self.area.width

    @property
    def depth(self) -> int:
        """Dots across the lines."""
        return self.area.width if self.direction % 2 else self.area.height

    @property
    def count(self) -> int:
        """How much stands on it."""
        return len(self._placed)

    @property
    def is_tiring(self) -> bool:
        """Whether it was gone through so often that nobody would mean it."""
        return self._work > MOST_WORK

    def begin(self, area: Area | None, direction: int) -> None:
        """On to the starting corner of an area; None = the whole page."""
        self.area, self.direction, self.y = area or self._whole, direction, 0
        if area is not None:
            self._foot = max(self._foot, area.top + area.height)

    def put(self, element: Element, x: int) -> None:
        """Place something with its left end at ``x`` on the base line."""
        self._placed.append(Placed(element, self.area, self.direction, x, self.y + LINE))

    def clear(self) -> None:
        """Take away what touches the area (CAN)."""
        self._work += len(self._placed)
        self._placed = [one for one in self._placed if not one.touches(self.area)]

    def forget(self) -> None:
        """An empty page, areas too; the direction stays."""
        self._placed, self._foot, self._work = [], 0, 0
        self.begin(None, self.direction)

    def printed(self) -> Page | None:
        """The page as it is now; None if nothing stands on it.

        It reaches down to the lowest area that was set, or else to the lowest print.
        """
        if not self._placed:
            return None
        lowest = max(one.bottom for one in self._placed)
        height = max(self._foot, lowest if any(one.area == self._whole for one in self._placed) else 0)
        return Page(min(height, LONGEST), tuple(self._placed))
