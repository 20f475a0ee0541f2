"""What the walk works with: HTTP as the parties speak it, control ports, papers, commands, waiting."""

import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from hub.walk.errors import StepFailed
from hub.walk.place import PrinterPlace

CALL_LIMIT_S = 10.0
WAIT_LIMIT_S = 10.0
POLL_S = 0.02
COMMAND_LIMIT_S = 60.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """An answer over HTTP."""

    status: int
    text: str

    @property
    def body(self) -> Any:
        """The answer as JSON."""
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise StepFailed(
                f"an answer with status {self.status} is no JSON: {self.text[:200]!r}"
            ) from error


@dataclass(slots=True)
class Party:
    """Somebody who talks to one program; `token` once signed in."""

    url: str
    token: str = ""
    _http: httpx.Client = field(
        default_factory=lambda: httpx.Client(trust_env=False, timeout=CALL_LIMIT_S, follow_redirects=True)
    )

    def call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Told:
        """One call; any status is an answer.

        Raises:
            StepFailed: There is none.
        """
        sent = {"accept": "application/json", **(headers or {})}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        self._http.cookies.clear()  # programs keep none; with one, a write would have to name its origin
        try:
            answer = self._http.request(method, self._address(path), json=body, headers=sent)
        except httpx.HTTPError as error:
            raise StepFailed(f"{method} {path} has no answer: {error!r}") from error
        return Told(answer.status_code, answer.text)

    def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        """One call that must be answered with `status`; returns the answer as JSON.

        Raises:
            StepFailed: It is not.
        """
        told = self.call(method, path, body)
        if told.status != status:
            raise StepFailed(f"{method} {path} answered {told.status}, not {status}: {told.text[:300]}")
        return told.body

    def page(self, path: str) -> str:
        """A page's text.

        Raises:
            StepFailed: It is not there.
        """
        told = self.call("GET", path, headers={"accept": "text/html", "accept-language": "en"})
        if told.status != 200:
            raise StepFailed(f"page {path} answered {told.status}: {told.text[:300]}")
        return told.text

    def post_form(self, path: str, fields: dict[str, str]) -> Told:
        """Send a form as a browser of the same site does; redirects are followed."""
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "origin": self.url}
        try:
            answer = self._http.post(self._address(path), data=fields, headers=headers)
        except httpx.HTTPError as error:
            raise StepFailed(f"form {path} has no answer: {error!r}") from error
        return Told(answer.status_code, answer.text)

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.url}{path}"


def order_control(control: str, line: str) -> str:
    """Give a control port one line; returns what it answers.

    Raises:
        StepFailed: Nobody is there, or the answer is `error why`.
    """
    host, _, port = control.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=CALL_LIMIT_S) as connection:
            connection.sendall(f"{line}\n".encode())
            answer = connection.makefile("r", encoding="utf-8").readline().strip()
    except (OSError, ValueError) as error:
        raise StepFailed(f"the control port {control} does not answer: {error}") from error
    if answer.startswith("error"):
        raise StepFailed(f"the control port {control} refused {line!r}: {answer}")
    return answer


def until(what: str, look: Callable[[], T | None], limit_s: float = WAIT_LIMIT_S) -> tuple[T, float]:
    """Look until there is something; returns it and the seconds it took.

    Raises:
        StepFailed: Nothing came within `limit_s`.
    """
    begun = time.monotonic()
    pause = threading.Event()
    while True:
        found = look()
        took_s = time.monotonic() - begun
        if found:
            return found, took_s
        if took_s > limit_s:
            raise StepFailed(f"{what}: not within {limit_s:.0f} s")
        pause.wait(POLL_S)


def papers_of(printer: PrinterPlace) -> list[Path]:
    """The texts of a printer's papers, the oldest first."""
    return sorted(printer.papers.glob("[0-9]*.txt"))


def paper_with(printer: PrinterPlace, text: str, limit_s: float = WAIT_LIMIT_S) -> tuple[Path, str]:
    """The newest paper that has `text` on it; waits for it.

    Raises:
        StepFailed: It does not come.
    """

    def look() -> tuple[Path, str] | None:
        for path in reversed(papers_of(printer)):
            content = path.read_text("utf-8")
            if text in content:
                return path, content
        return None

    found, _ = until(f"a paper with {text} at printer {printer.id}", look, limit_s)
    return found


def run_command(argv: Sequence[str]) -> tuple[int, str]:
    """Run a program's command; returns its exit code and what it printed."""
    try:
        done = subprocess.run(  # noqa: S603 - the argv of the running program with another word
            list(argv), capture_output=True, text=True, timeout=COMMAND_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StepFailed(f"{' '.join(argv)} did not run: {error}") from error
    return done.returncode, (done.stdout + done.stderr).strip()


def with_word(start: Sequence[str], old: str, new: str) -> list[str]:
    """A program's start argv with another command: `serve` becomes `verify`.

    Raises:
        StepFailed: The argv does not have the old word.
    """
    if old not in start:
        raise StepFailed(f"the start argv has no word {old!r}: {' '.join(start)}")
    words = list(start)
    words[len(words) - 1 - words[::-1].index(old)] = new
    return words


def money(minor: int) -> str:
    """An amount as receipts write it (two decimals)."""
    return f"{minor // 100:,}.{minor % 100:02d}"
