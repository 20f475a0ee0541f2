"""What can go wrong with a backup.

StorageError
└── BadBackup       the caller's fault: the file is no backup of a hub, or it is damaged
"""

from sync.storage.errors import StorageError


class BadBackup(StorageError):
    """A file that is no backup of a hub, or a damaged one; nothing was changed."""

    code = "bad_backup"
