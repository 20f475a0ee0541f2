"""Signing in to HQ's pages and calls: who is it, may they, and how often may they try.

A password is checked in a thread, few at once. Wrong tries are counted for a login from an address, for the
login alone and for the address alone; the answer to a wrong login and to a wrong password is the same.
"""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from starlette.requests import Request

from hub.kernel import Kernel
from hub.staff.passwords import is_right
from hub.staff.permissions import ROLES
from hub.staff.session_table import SessionTable
from hub.staff.throttle import Throttle
from hub.web.state import kernel_of
from sync.runtime.logging import get_logger
from sync.web.errors import N_, Problem
from sync.web.permissions import NOBODY, Identity
from sync.web.sessions import TOKEN_BYTES, TOKEN_MAX_CHARS, Session, Sessions, cookie_name, session_key
from sync.web.translations import current, gettext

log = get_logger(__name__)

WINDOW_S: Final = 900.0
TRIES_TOGETHER: Final = 5
TRIES_LOGIN: Final = 30
TRIES_ADDRESS: Final = 20
CHECKS_AT_ONCE: Final = 2
CHECK_LIMIT_S: Final = 20.0
BUSY_RETRY_S: Final = "10"
TOKEN_LIFE: Final = timedelta(hours=12)
_BEARER: Final = "bearer "


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of HQ who proved who they are."""

    login: str
    names: dict[str, str]
    role: str

    def facts(self) -> dict[str, str]:
        """What their session keeps."""
        return {"role": self.role, "names": json.dumps(self.names, ensure_ascii=False)}


@dataclass(slots=True)
class SignInDesk:
    """Signs people of HQ in.

    Args:
        kernel: the hub.
    """

    kernel: Kernel
    sessions: Sessions = field(init=False)
    _together: Throttle = field(init=False)
    _login: Throttle = field(init=False)
    _address: Throttle = field(init=False)
    _checks: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        settings, clock = self.kernel.settings, self.kernel.clock
        https = settings.public_url.startswith("https://")
        name = cookie_name("omo-hub", https=https, port=settings.port)
        self.sessions = Sessions(store=SessionTable(self.kernel), clock=clock, cookie=name, https=https)
        self._together = Throttle(clock, tries=TRIES_TOGETHER, window_s=WINDOW_S)
        self._login = Throttle(clock, tries=TRIES_LOGIN, window_s=WINDOW_S)
        self._address = Throttle(clock, tries=TRIES_ADDRESS, window_s=WINDOW_S)
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)

    async def prove(self, login: str, password: str, address: str) -> Person:
        """The person behind a login and password.

        Raises:
            Problem: 401 `sign_in_refused`, 429 `sign_in_locked` with the time left, 503 `sign_in_busy`
                when the check had no turn in time; nobody is signed in.
        """
        login = login.strip().lower()
        counters = ((self._together, f"{login} {address}"), (self._login, login), (self._address, address))
        wait = max(counter.wait_s(key) for counter, key in counters)
        if wait:
            raise _locked(wait)
        for counter, key in counters:
            counter.note(key)  # before the check, so that many tries at once count as many
        row = await self.kernel.reader.one(
            "SELECT login, names, role, password_hash FROM staff WHERE login = ? AND active = 1", (login,)
        )
        kept = row[3] if row is not None and row[2] in ROLES else None
        try:
            async with asyncio.timeout(CHECK_LIMIT_S), self._checks:
                right = await asyncio.to_thread(is_right, password, kept)
        except TimeoutError as error:
            for counter, key in counters:
                counter.take_back(key)
            raise Problem(
                503, "sign_in_busy", TITLE_BUSY, DETAIL_BUSY, headers={"Retry-After": BUSY_RETRY_S}
            ) from error
        if row is None or not right:
            log.warning("sign_in.refused", address=address)
            raise Problem(401, "sign_in_refused", TITLE_REFUSED, DETAIL_REFUSED)
        self._together.forget(f"{login} {address}")
        self._address.forget(address)
        self._login.take_back(login)  # only this try: others may be guessing at the same login
        log.info("sign_in.done", staff=row[0])
        return Person(row[0], json.loads(row[1]), row[2])

    async def open_token(self, person: Person) -> tuple[str, Session]:
        """A session for a program: the token it sends as `Authorization: Bearer`."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self.kernel.clock.now()
        session = Session(person.login, now, now + TOKEN_LIFE, now, {**person.facts(), "by": "token"})
        await self.sessions.store.save(session_key(token), session)
        return token, session

    async def identify(self, request: Request) -> Identity:
        """Who is calling: by token where one is sent, else by cookie."""
        header = request.headers.get("authorization", "")
        if header:
            return await self._by_token(header)
        session = await self.sessions.read(request)
        if session is None or "by" in session.data:
            return NOBODY
        return _identity(session, by_cookie=True)

    async def drop_token(self, request: Request) -> None:
        """End the session of the token that the request carries."""
        header = request.headers.get("authorization", "")
        await self.sessions.store.drop(session_key(header[len(_BEARER) :]))

    async def _by_token(self, header: str) -> Identity:
        """Who a token belongs to."""
        token = header[len(_BEARER) :].strip()
        if not header.lower().startswith(_BEARER) or not 0 < len(token) <= TOKEN_MAX_CHARS:
            return NOBODY
        session = await self.sessions.store.load(session_key(token))
        if session is None or "by" not in session.data or session.expires_at <= self.kernel.clock.now():
            return NOBODY
        return _identity(session, by_cookie=False)


def _identity(session: Session, *, by_cookie: bool) -> Identity:
    """A session's person in the reader's language."""
    names = json.loads(session.data.get("names", "{}"))
    return Identity(
        session.subject,
        name=names.get(current().tag) or next(iter(names.values()), session.subject),
        permissions=ROLES.get(session.data.get("role", ""), frozenset()),
        by_cookie=by_cookie,
        data=dict(session.data),
    )


def desk_of(request: Request) -> SignInDesk:
    """The desk of the running hub."""
    desk: SignInDesk | None = getattr(request.app.state, "sign_in_desk", None)
    if desk is None:
        desk = request.app.state.sign_in_desk = SignInDesk(kernel_of(request))
    return desk


async def identify(request: Request) -> Identity:
    """Who is calling; for `WebParts.identify`."""
    return await desk_of(request).identify(request)


def address_of(request: Request) -> str:
    """Where a request comes from, for counting tries."""
    return request.client.host if request.client else ""


def _locked(wait_s: int) -> Problem:
    """Too many tries."""
    return Problem(
        429,
        "sign_in_locked",
        TITLE_LOCKED,
        DETAIL_LOCKED,
        values={"left": time_left(wait_s)},
        extra={"retry_after_s": wait_s},
        headers={"Retry-After": str(wait_s)},
    )


def time_left(seconds: int) -> str:
    """`40 s` or `12 min`, rounded up."""
    if seconds < 60:
        return gettext("%(count)s s", count=seconds)
    return gettext("%(count)s min", count=-(-seconds // 60))


TITLE_REFUSED = N_("User or password is wrong")
DETAIL_REFUSED = N_("Check both and try again. After several wrong tries, signing in is locked for a while.")
TITLE_BUSY = N_("Too many people are signing in at this moment")
DETAIL_BUSY = N_("Try again in a few seconds. Nobody was signed in.")
TITLE_LOCKED = N_("Signing in is locked for now")
DETAIL_LOCKED = N_("There were too many wrong tries. Wait %(left)s, then try again.")
