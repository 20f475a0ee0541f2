"""Errors of the catalogue area.

CatalogueError
└── CatalogueMoved    catalogue_moved    try again later: another import was written meanwhile
"""


class CatalogueError(Exception):
    """Root of the errors of this area."""

    code = "catalogue"
    retryable = False


class CatalogueMoved(CatalogueError):
    """The catalogue changed between planning an import and writing it; nothing was written."""

    code = "catalogue_moved"
    retryable = True
