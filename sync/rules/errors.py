"""What the rules refuse. A refusal changes nothing and tells why in a stable code.

RuleError
├── Refused            a command broke a limit: the caller can choose otherwise
│   ├── Short          fewer units than asked for
│   ├── Finished       the hold is closed already: when and where is known
│   └── TokenRefused   a pickup token that this store must not serve
└── Unbookable         a message that will never be applicable: dead letter, not retry
"""


class RuleError(Exception):
    """Root of the rules' errors."""

    code = "rule"

    def __init__(self, code: str = "", **facts: object) -> None:
        self.code = code or type(self).code
        self.facts = facts
        detail = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        super().__init__(f"{self.code} ({detail})" if detail else self.code)


class Refused(RuleError):
    """A command that the limits forbid."""

    code = "refused"


class Short(Refused):
    """Fewer units than asked for; `facts` holds sku, wanted, left."""

    code = "short"


class Finished(Refused):
    """The hold is closed; `facts` holds order, stage, at, where."""

    code = "finished"


class TokenRefused(Refused):
    """A pickup token that must not be served here; the code says why."""

    code = "token"


class Unbookable(RuleError):
    """A message or event that can never be applied."""

    code = "unbookable"
