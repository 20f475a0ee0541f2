"""What stops a chaos run before it has a result.

ChaosError
├── NoStage       the demo did not come up, or a process cannot be brought back
├── NoAnswer      a program did not answer a person within the limit
└── Surprise      a program gave a person an answer that nobody should get
"""


class ChaosError(Exception):
    """Root of the chaos run's errors."""

    code = "chaos"


class NoStage(ChaosError):
    """The demo did not come up, or a process cannot be brought back."""

    code = "no_stage"


class NoAnswer(ChaosError):
    """A program did not answer a person within the limit."""

    code = "no_answer"


class Surprise(ChaosError):
    """A program gave a person an answer that nobody should get; the text has it."""

    code = "surprise"
