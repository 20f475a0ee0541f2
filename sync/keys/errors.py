"""What goes wrong with keys.

KeyFault
├── KeyFileMissing    there is no such key file
├── KeyFileUnsafe     others can read the key file
└── KeyFileBroken     the file holds no key
(sync.rules.errors.TokenRefused: a token signed by nobody we know, or by nobody at all)
"""


class KeyFault(Exception):
    """Root of the keys' errors; needs a person."""

    code = "key"


class KeyFileMissing(KeyFault):
    """There is no key file at the path."""

    code = "key_missing"


class KeyFileUnsafe(KeyFault):
    """The key file's mode lets others read it."""

    code = "key_unsafe"


class KeyFileBroken(KeyFault):
    """The key file holds something else."""

    code = "key_broken"
