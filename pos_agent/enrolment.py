"""How this machine joins a store: one code, one call, and what is kept of the answer.

`enrolment.json` says who the store is and where its broker lives, `broker.secret` (mode 0600) holds
the credential, and the store's incarnation is remembered beside the database, so that a restored
image of the database cannot claim an older one.
"""

import base64
import json
import os
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pos_agent import __version__
from pos_agent.errors import EnrolmentRefused, HubUnreachable, LedgerLost, NotEnrolled
from sync.keys.key_file import read_secret
from sync.storage.durable import move_durably
from sync.storage.incarnations import Incarnations
from sync.values.bounds import MOST_COUNTER, Chars, Currency, Id, Line, StoreId

FILE_NAME: Final = "enrolment.json"
SECRET_NAME: Final = "broker.secret"  # noqa: S105  # a file's name
LIMIT_S: Final = 15.0
MOST_ANSWER_BYTES: Final = 64 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Broker(_Part):
    """Where the store dials to, and as whom."""

    url: Annotated[str, Chars(8, 200)]
    user: StoreId


class HubKey(_Part):
    """A public key that signs pickup tokens: 32 bytes in base64."""

    id: Annotated[str, Chars(8, 8, "^[0-9a-f]+$")]
    public: Annotated[str, Chars(40, 48)]

    @property
    def raw(self) -> bytes:
        """The key's bytes."""
        return base64.b64decode(self.public)


class TakeOver(_Part):
    """The token that opens what the hub knows of a store that had an agent before."""

    token: Annotated[str, Chars(8, 200, r"^[\x21-\x7e]+$")]


class Enrolment(_Part):
    """What the hub answered, without the secret.

    `hub_url` is where the code was spent; `takes_over` stays until the ledger has begun with what the hub
    knows.
    """

    store: StoreId
    part: int = Field(ge=0, le=63)
    sinc: int = Field(ge=1, le=MOST_COUNTER)
    hinc: int = Field(ge=1, le=MOST_COUNTER)
    broker: Broker
    hub_keys: tuple[HubKey, ...] = ()
    names: dict[str, Line] = Field(default_factory=dict)
    locale: Id = "zh-CN"
    currency: Currency = "CNY"
    tz: Line = "Asia/Shanghai"
    hub_url: Line = ""
    takes_over: TakeOver | None = None


class Answer(Enrolment):
    """The hub's whole answer."""

    secret: Annotated[str, Chars(8, 200, r"^[\x21-\x7e]+$")]


def parse_answer(body: bytes) -> Answer:
    """The hub's answer.

    Raises:
        HubUnreachable: it is no enrolment.
    """
    try:
        return Answer.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise HubUnreachable(f"the hub's answer is not understood: {place}: {first['msg']}") from error


def ask_hub(url: str, code: str, store: str = "") -> Answer:
    """Spend an enrolment code at the hub.

    Args:
        url: the hub's.
        code: as HQ gave it.
        store: the store of which this machine has a ledger already; the hub spends no other's code here.

    Raises:
        EnrolmentRefused: the hub does not accept the code.
        HubUnreachable: no answer, or none that can be understood.
    """
    import httpx  # noqa: PLC0415  # only the enrolment speaks HTTP to the hub; `run` does not pay for it

    try:
        response = httpx.post(
            f"{url.rstrip('/')}/api/v1/enrolments",
            json={"code": code, "app_version": __version__} | ({"store": store} if store else {}),
            timeout=LIMIT_S,
            follow_redirects=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise HubUnreachable(f"the hub at {url} cannot be reached: {error}") from error
    if response.status_code == 409:
        raise EnrolmentRefused(
            f"this code is another store's, and this machine has the ledger of {store}: the code was not used"
        )
    if response.status_code in {403, 422}:
        raise EnrolmentRefused("the hub does not accept this code: it is wrong, used or too old")
    if response.status_code != 201:
        raise HubUnreachable(f"the hub at {url} answered with status {response.status_code}")
    answer = parse_answer(response.content[:MOST_ANSWER_BYTES])
    return answer.model_copy(update={"hub_url": url.rstrip("/")})


def keep(data_dir: Path, answer: Answer) -> Enrolment:
    """Store an answer durably: incarnation, secret and the rest, each by an atomic rename."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    Incarnations(data_dir).raise_to(answer.store, answer.sinc)
    _replace(data_dir / SECRET_NAME, answer.secret + "\n")
    return _keep_enrolment(data_dir, Enrolment.model_validate(answer.model_dump(exclude={"secret"})))


def _keep_enrolment(data_dir: Path, kept: Enrolment) -> Enrolment:
    """Store who this agent is."""
    _replace(data_dir / FILE_NAME, json.dumps(kept.model_dump(mode="json"), ensure_ascii=False, indent=1))
    return kept


def took_over(data_dir: Path, enrolment: Enrolment) -> Enrolment:
    """The ledger has begun: the token is worth nothing any more."""
    return _keep_enrolment(data_dir, enrolment.model_copy(update={"takes_over": None}))


def load(data_dir: Path) -> Enrolment:
    """What was kept.

    Raises:
        NotEnrolled: there is none, or it is damaged.
    """
    try:
        return Enrolment.model_validate_json((data_dir / FILE_NAME).read_bytes())
    except FileNotFoundError as error:
        raise NotEnrolled(f"{data_dir} has joined no store yet: run `omo-agent enrol URL CODE`") from error
    except OSError as error:
        raise NotEnrolled(f"{data_dir / FILE_NAME} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise NotEnrolled(f"{data_dir / FILE_NAME} is damaged: restore it from the backup") from error


def had_ledger(data_dir: Path, enrolment: Enrolment) -> bool:
    """Whether this incarnation is remembered to have had a ledger on this machine.

    Raises:
        LedgerLost: the incarnations, kept before each enrolment, are gone: a number might be given twice.
        ValueError: they are damaged.
    """
    known = Incarnations(data_dir)
    if not known.highest(enrolment.store):
        raise LedgerLost(
            f"{data_dir} has joined {enrolment.store} but knows no incarnation of it: "
            "put the file `incarnations` back as it was"
        )
    return known.highest(_ledger(enrolment)) >= enrolment.sinc


def remember_ledger(data_dir: Path, enrolment: Enrolment) -> None:
    """This incarnation has a ledger from now on; kept outside of it."""
    Incarnations(data_dir).raise_to(_ledger(enrolment), enrolment.sinc)


def _ledger(enrolment: Enrolment) -> str:
    """The name under which it is remembered; no store's id holds a colon."""
    return f"ledger:{enrolment.store}"


def secret_of(data_dir: Path) -> str:
    """The broker's credential.

    Raises:
        sync.keys.errors.KeyFault: missing, or readable by others.
    """
    return read_secret(data_dir / SECRET_NAME)


def _replace(path: Path, text: str) -> None:
    """Write a file of mode 0600 so that a crash leaves the old or the new one."""
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    move_durably(draft, path)
