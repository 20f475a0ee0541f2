"""A person's line to a program: asks again until there is an answer, as people and good clients do."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from hub.chaos.diary import Diary
from hub.chaos.errors import NoAnswer, Surprise

CALL_LIMIT_S = 8.0
INSIST_LIMIT_S = 90.0
PAUSE_S = 0.1
SERVER_FAULT = 500
BUSY = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and how many times the question was sent without one before."""

    status: int
    text: str
    body: Any
    lost: int

    @property
    def code(self) -> str:
        """The problem's code; empty where it is none."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class Caller:
    """Talks to one program.

    Args:
        url: Its address.
        diary: Where lost answers and faults of the program are counted.
        token: Whoever is signed in.
    """

    def __init__(self, url: str, diary: Diary, token: str = "") -> None:
        self.url = url.rstrip("/")
        self.token = token
        self._diary = diary
        self._http = httpx.AsyncClient(trust_env=False, timeout=CALL_LIMIT_S)

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Hang up."""
        await self._http.aclose()

    async def once(self, method: str, path: str, body: object = None) -> Answer | None:
        """Ask one time; None when the answer got lost."""
        try:
            return await self._ask(method, path, {"json": body} if body is not None else {}, {}, 0)
        except httpx.HTTPError:
            self._diary.counts["answers lost"] += 1
            return None

    async def insist(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask until there is an answer that is not "try again later".

        Raises:
            NoAnswer: There was none within INSIST_LIMIT_S.
        """
        content = {"json": body} if body is not None else {}
        return await self._insist(method, path, content, headers or {})

    async def send_form(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form as a browser on a page of this program does, until there is an answer."""
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "origin": self.url}
        return await self._insist("POST", path, {"data": dict(fields)}, headers)

    async def _insist(
        self, method: str, path: str, content: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Answer:
        lost = 0
        try:
            async with asyncio.timeout(INSIST_LIMIT_S):
                while True:
                    try:
                        answer = await self._ask(method, path, content, headers, lost)
                    except httpx.HTTPError:
                        lost += 1
                        self._diary.counts["answers lost"] += 1
                    else:
                        if answer.status < SERVER_FAULT:
                            return answer
                        self._blame(method, path, answer)
                    await asyncio.sleep(PAUSE_S)
        except TimeoutError as error:
            raise NoAnswer(f"{method} {self.url}{path}: none within {INSIST_LIMIT_S:.0f} s") from error

    def _blame(self, method: str, path: str, answer: Answer) -> None:
        """Count "later", and write down any other fault of a program."""
        if answer.status == BUSY:
            self._diary.counts["told to try later"] += 1
            return
        self._diary.notice("answered 5xx", f"{method} {self.url}{path}: {answer.status} {answer.text[:300]}")

    async def _ask(
        self, method: str, path: str, content: Mapping[str, Any], headers: Mapping[str, str], lost: int
    ) -> Answer:
        sent = {"accept": "application/json", **headers}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        self._http.cookies.clear()  # with a cookie a write would have to name its origin
        url = path if path.startswith("http") else f"{self.url}{path}"
        answer = await self._http.request(method, url, headers=sent, **content)
        is_json = "json" in answer.headers.get("content-type", "")
        return Answer(answer.status_code, answer.text, answer.json() if is_json else None, lost)


def expected(answer: Answer, *statuses: int) -> Answer:
    """The answer, if it is one that may come.

    Raises:
        Surprise: It is not.
    """
    if answer.status not in statuses:
        raise Surprise(f"answered {answer.status} where {statuses} may come: {answer.text[:400]}")
    return answer
