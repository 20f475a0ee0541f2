"""Errors of the stores area.

StoresError
├── ChainFileError     chain_file       caller's fault: the chain file says something that cannot be taken
└── BrokerFolderError  broker_folder    needs a person: the broker's files cannot be written
"""


class StoresError(Exception):
    """Root of the errors of this area."""

    code = "stores"
    retryable = False


class ChainFileError(StoresError):
    """The chain file cannot be taken; nothing was changed.

    Attributes:
        problems: every problem found, one sentence each.
    """

    code = "chain_file"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class BrokerFolderError(StoresError):
    """The broker's user files could not be written: stores enrolled now cannot connect yet."""

    code = "broker_folder"
