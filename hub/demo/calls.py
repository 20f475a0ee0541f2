"""What the demo asks of hub and agents over HTTP; nothing that a script could not ask as well."""

from typing import Any

import httpx

from hub.demo.errors import SetupFailed

CALL_LIMIT_S = 10.0


class Caller:
    """Calls one program.

    Args:
        http: The connections.
        url: The program's address.
        what: What it is called in messages.
    """

    def __init__(self, http: httpx.AsyncClient, url: str, what: str) -> None:
        self._http = http
        self._url = url
        self._what = what
        self._token = ""

    async def is_ready(self) -> bool:
        """Whether it says that it can do its work."""
        return await self._status("/readyz") == 200

    async def answers(self) -> bool:
        """Whether it answers at all."""
        return await self._status("/healthz") == 200

    async def sign_in(self, credentials: dict[str, str]) -> bool:
        """Sign in; False when the person is not known there (yet)."""
        try:
            answer = await self._http.post(f"{self._url}/api/v1/session", json=credentials)
        except httpx.HTTPError:
            return False
        if not answer.is_success:
            return False
        self._token = answer.json()["token"]
        return True

    async def get(self, path: str) -> Any:
        """Read.

        Raises:
            SetupFailed: It is refused.
        """
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: object) -> Any:
        """Do.

        Raises:
            SetupFailed: It is refused.
        """
        return await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: object) -> Any:
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            answer = await self._http.request(method, f"{self._url}{path}", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise SetupFailed(f"{self._what} does not answer {method} {path}: {error!r}") from error
        if not answer.is_success:
            raise SetupFailed(
                f"{self._what} refused {method} {path}: {answer.status_code} {answer.text[:500]}"
            )
        return answer.json()

    async def _status(self, path: str) -> int:
        try:
            answer = await self._http.get(f"{self._url}{path}", timeout=2.0)
        except httpx.HTTPError:
            return 0
        return answer.status_code


def connections() -> httpx.AsyncClient:
    """Connections that know nothing of proxies."""
    return httpx.AsyncClient(trust_env=False, timeout=CALL_LIMIT_S)
