"""What imports did, kept for the page that tells it: a reload asks for this page, never for the import again.

In memory: a report is read within minutes. One that is gone takes nothing of the import with it.
"""

from dataclasses import dataclass, field
from typing import Final

from hub.catalogue.import_products import ImportReport
from hub.catalogue.rules import RowError

MOST_REPORTS: Final = 50
MOST_SAID: Final = 200
"""Of how many rows a page tells what was said."""


@dataclass(frozen=True, slots=True)
class DoneReport:
    """What an import did; `faults` are the first of `faults_in_all`."""

    products: int
    skus: int
    new: int
    changed: int
    unchanged: int
    left_out: int
    version_before: int
    version: int
    faults: tuple[RowError, ...]
    faults_in_all: int

    @classmethod
    def of(cls, report: ImportReport) -> "DoneReport":
        """The report without the products themselves."""
        plan = report.plan
        return cls(
            products=len(plan.drafts),
            skus=report.skus,
            new=plan.new,
            changed=plan.changed,
            unchanged=plan.unchanged,
            left_out=plan.left_out,
            version_before=report.version_before,
            version=report.version,
            faults=plan.errors[:MOST_SAID],
            faults_in_all=len(plan.errors),
        )

    @property
    def has_changed(self) -> bool:
        """Whether the catalogue is another one since."""
        return self.version > self.version_before


@dataclass(slots=True)
class DoneReports:
    """The latest reports by their upload's id."""

    _kept: dict[str, DoneReport] = field(default_factory=dict)

    def keep(self, upload: str, report: DoneReport) -> None:
        """Keep a report; of one upload sent twice at once, the first one counts: it did the work."""
        self._kept.setdefault(upload, report)
        while len(self._kept) > MOST_REPORTS:
            del self._kept[next(iter(self._kept))]

    def get(self, upload: str) -> DoneReport | None:
        """The report of an upload; None for one that was not taken in, or too long ago."""
        return self._kept.get(upload)
