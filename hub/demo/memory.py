"""What a demo's folder remembers from one start to the next: its ports, its stores, what is done already.

One small JSON file, replaced whole at each change. The state of the products themselves is theirs; this
only keeps the set-up from being done twice.
"""

import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from hub.demo.errors import FolderInUse, SetupFailed

FILE_NAME = "demo.json"
LOCK_NAME = "demo.lock"


@dataclass(slots=True)
class Memory:
    """The remembered facts.

    Attributes:
        base: The first port; 0 before any was chosen.
        stores: How many stores; 0 before the first start.
        imported: Fingerprint of the chain and products the hub has imported.
        enrolled: Stores whose agent has enrolled.
        opened: Stores whose opening stock is booked.
        children: (pid, argv) of the processes of the present or last run.
    """

    path: Path
    base: int = 0
    stores: int = 0
    imported: str = ""
    enrolled: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    children: list[tuple[int, list[str]]] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> "Memory":
        """Read a folder's memory; a new folder remembers nothing.

        Raises:
            SetupFailed: The file is damaged.
        """
        path = folder / FILE_NAME
        try:
            kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
            kept["children"] = [(int(pid), list(argv)) for pid, argv in kept.get("children", [])]
            return cls(path, **kept)
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise SetupFailed(
                f"{path} cannot be read ({error}); begin anew with another --data folder"
            ) from error

    def keep(self) -> None:
        """Write the file, whole or not at all."""
        facts = asdict(self)
        del facts["path"]
        draft = self.path.with_suffix(".part")
        draft.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
        os.replace(draft, self.path)  # noqa: PTH105 - the rename that is atomic everywhere


def lock(folder: Path) -> IO[bytes]:
    """Take the folder for this process; it is free again when the file closes.

    Raises:
        FolderInUse: Another demo has it.
    """
    file = (folder / LOCK_NAME).open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise FolderInUse(
            f"a demo already runs in {folder}; stop it, or take another --data folder"
        ) from error
    return file
