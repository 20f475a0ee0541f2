"""Tell the open pages that documents came, changed or ended; call it after the commit."""

from collections.abc import Iterable

from pos_agent.desk import Desk


def tell_documents(desk: Desk, changed: Iterable[str]) -> None:
    """Each page reads again how many are open; the one that shows a changed document reads it too."""
    for document in changed:
        desk.screens.publish("status", "documents", {"document": document})
