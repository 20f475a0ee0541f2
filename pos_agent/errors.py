"""What can go wrong with the agent itself; refusals of the rules are in `sync.rules.errors`.

AgentError
├── NotEnrolled          needs a person: this machine has not joined a store
├── AlreadyEnrolled      the caller's fault: this data folder belongs to a store with a history
├── EnrolmentRefused     the hub does not accept the code
├── HubUnreachable       try again later
├── LedgerLost           needs a person: the ledger of this incarnation is gone
├── SchemaTrouble        needs a person: the database cannot be brought up to date
├── CertificateTrouble   needs a person: the store's own authority cannot be used
├── BadFile              the caller's fault: a file to read in is wrong
└── SimulatorFailed      needs a person: a simulated device did not start
"""


class AgentError(Exception):
    """Root of the agent's errors."""

    code = "agent"
    is_retryable = False


class NotEnrolled(AgentError):
    """This machine has not joined a store yet: run `omo-agent enrol URL CODE`."""

    code = "not_enrolled"


class AlreadyEnrolled(AgentError):
    """The data folder holds a ledger with a history; a new store needs an empty one."""

    code = "already_enrolled"


class EnrolmentRefused(AgentError):
    """The hub does not accept the code: wrong, used, or too old. Ask for a new one."""

    code = "enrolment_code_refused"


class HubUnreachable(AgentError):
    """The hub did not answer, or not in a way that can be understood."""

    code = "hub_unreachable"
    is_retryable = True


class LedgerLost(AgentError):
    """This incarnation wrote a ledger that is no longer there."""

    code = "ledger_lost"


class SchemaTrouble(AgentError):
    """The database cannot be brought to this program's schema."""

    code = "schema"


class CertificateTrouble(AgentError):
    """The store's certificate authority is damaged, or others can read its key.

    Args:
        words: what is wrong, in English.
        cause: the same as a stable word: `shared`, `unreadable` or `damaged`.
        path: the file.
        why: what the system said.
    """

    code = "certificate"

    def __init__(self, words: str, cause: str, path: str = "", why: str = "") -> None:
        super().__init__(words)
        self.cause = cause
        self.path = path
        self.why = why


class BadFile(AgentError):
    """A file to read in is wrong; the text names the row."""

    code = "bad_file"


class SimulatorFailed(AgentError):
    """A simulated device did not start; its own words say why."""

    code = "simulator_failed"
