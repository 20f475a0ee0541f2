"""The errors of the runtime.

RuntimeFault                      code
└── SettingsError                 settings.invalid      a person must correct the settings
"""


class RuntimeFault(Exception):  # the root of a tree of faults
    """Root of what this package raises.

    Attributes:
        code: Stable name of the fault for logs and machines.
        retryable: True when the same call may succeed later without a person.
    """

    code = "runtime.fault"
    retryable = False


class SettingsError(RuntimeFault):
    """The settings cannot be used. Lists every problem at once.

    Attributes:
        problems: One plain sentence a problem, ready to print; never holds a secret.
    """

    code = "settings.invalid"

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("The settings cannot be used:\n" + "\n".join(f"  - {line}" for line in problems))
