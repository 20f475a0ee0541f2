"""What stops the walk.

WalkError
├── StepFailed      a step saw something else than it must see
└── BadPlace        the description of the running programs cannot be used
"""


class WalkError(Exception):
    """Root of the walk's errors."""

    code = "walk"


class StepFailed(WalkError):
    """A step saw something else than it must see; the text says what."""

    code = "step_failed"


class BadPlace(WalkError):
    """The description of the running programs cannot be used."""

    code = "bad_place"


def expect(is_so: object, otherwise: str) -> None:
    """Go on if something is so.

    Raises:
        StepFailed: With the words of `otherwise`.
    """
    if not is_so:
        raise StepFailed(otherwise)
