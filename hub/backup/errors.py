"""What can go wrong with the list of backups; a file that is none is `sync.storage.errors.BadBackup`.

StorageError
└── UnknownBackup    the caller's fault: no backup has this number
"""

from sync.storage.errors import StorageError


class UnknownBackup(StorageError):
    """No backup has this number; nothing was changed."""

    code = "unknown_backup"
