"""What can go wrong between a command and the disk.

StorageError
├── WriterFull        try again later: the queue is at its limit
├── WriterClosed      the program is stopping
└── DiskTrouble       needs a person: disk full, read-only, damaged file
"""


class StorageError(Exception):
    """Root of the storage's errors."""

    code = "storage"
    is_retryable = False


class WriterFull(StorageError):
    """The writer's queue is at its limit; nothing was done."""

    code = "busy"
    is_retryable = True


class WriterClosed(StorageError):
    """The writer has stopped; nothing was done."""

    code = "stopping"
    is_retryable = True


class DiskTrouble(StorageError):
    """The batch could not be committed; nothing of it was kept."""

    code = "disk"
