"""Which simulated devices a training page shows, read from a JSON file that whoever started them writes."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Port = Annotated[int, Field(ge=1, le=65_535)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]

_SUGGESTED = 6


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """A name in both languages."""

    zh: str
    en: str

    def in_language(self, tag: str) -> str:
        """The name for a reader."""
        return self.zh if tag.startswith("zh") else self.en


class SimulatedPrinter(_Part):
    """A virtual printer on this machine: its control port, its papers' folder, its drawer."""

    id: Name
    control: Port
    papers: Path
    drawer: bool = False


class SimulatedScanner(_Part):
    """A virtual scanner on this machine."""

    id: Name
    control: Port


class Article(_Part):
    """A code that may be picked to be scanned."""

    code: Annotated[str, Field(min_length=1, max_length=200)]
    name: Words


class Place(_Part):
    """One store's devices."""

    id: Name
    name: Words
    till_url: str = ""
    printers: tuple[SimulatedPrinter, ...] = ()
    scanner: SimulatedScanner | None = None


class Places(_Part):
    """All that one page shows."""

    places: Annotated[tuple[Place, ...], Field(min_length=1)]
    articles: tuple[Article, ...] = ()

    @property
    def suggested(self) -> tuple[Article, ...]:
        """A few codes from all over the list, to be scanned by one press."""
        step = max(1, len(self.articles) // _SUGGESTED)
        return self.articles[::step][:_SUGGESTED]

    def find(self, place: str) -> Place | None:
        """The place with this id."""
        return next((one for one in self.places if one.id == place), None)


def read_places(path: Path) -> Places:
    """Read the file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such JSON.
    """
    return Places.model_validate_json(path.read_bytes())
