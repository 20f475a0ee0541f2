"""The hub's mirror of a store over HTTP, for the one moment when an agent takes over."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

import httpx

from pos_agent.enrolment import Enrolment
from pos_agent.errors import EnrolmentRefused, HubUnreachable
from pos_agent.ledger.take_over import Extent
from sync.messages.codec import parse_fact
from sync.rules.baseline import Balances, Carried, SkuBalance
from sync.rules.errors import Unbookable
from sync.rules.facts import DocumentStep

LIMIT_S: Final = 30.0
TRIES: Final = 3


class HttpHubMirror:
    """Implements `pos_agent.ledger.take_over.HubMirror`.

    Args:
        enrolment: with the hub's address and the token.
    """

    def __init__(self, enrolment: Enrolment) -> None:
        assert enrolment.takes_over is not None
        self._base = f"{enrolment.hub_url}/api/v1/stores/{enrolment.store}/mirror"
        self._sinc = enrolment.sinc
        self._headers = {"authorization": f"Bearer {enrolment.takes_over.token}"}

    def extent(self) -> Extent:
        """How much there is."""
        told = self._ask("")
        try:
            return Extent(
                **{name: told[name] for name in ("from_sinc", "from_seq", "doubt", "skus", "holds")}
            )
        except KeyError as error:
            raise HubUnreachable(f"the hub's answer lacks {error}") from error

    def stocks(self) -> Iterator[Sequence[SkuBalance]]:
        """The SKUs, page by page."""
        after = ""
        while facts := self._facts("/balances", after):
            lines = [line for fact in facts if isinstance(fact, Balances) for line in fact.lines]
            yield lines
            after = lines[-1].sku

    def holds(self) -> Iterator[Sequence[Carried]]:
        """The holds, page by page."""
        after = ""
        while facts := self._facts("/holds", after):
            holds = [fact for fact in facts if isinstance(fact, Carried)]
            yield holds
            after = holds[-1].order

    def documents(self) -> Iterator[Sequence[DocumentStep]]:
        """The steps that ended documents, page by page."""
        after = ""
        while facts := self._facts("/documents", after):
            steps = [fact for fact in facts if isinstance(fact, DocumentStep)]
            yield steps
            after = steps[-1].document

    def chain_of(self, sinc: int, seq: int) -> str | None:
        """The hub's chain after an event."""
        return cast("str | None", self._ask("/chain", of=sinc, seq=seq).get("chain"))

    def _facts(self, path: str, after: str) -> list[Any]:
        """One page of facts."""
        try:
            return [parse_fact(raw) for raw in self._ask(path, after=after).get("facts", [])]
        except Unbookable as error:
            raise HubUnreachable(f"the hub's answer is not understood: {error}") from error

    def _ask(self, path: str, **wanted: str | int) -> dict[str, Any]:
        """One answer; a call that got none is repeated."""
        for attempt in range(1, TRIES + 1):
            try:
                response = httpx.get(
                    self._base + path,
                    params={"sinc": self._sinc, **wanted},
                    headers=self._headers,
                    timeout=LIMIT_S,
                )
                return self._read(response)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                if attempt == TRIES:
                    raise HubUnreachable(f"the hub at {self._base} cannot be reached: {error}") from error
        raise AssertionError

    @staticmethod
    def _read(response: httpx.Response) -> dict[str, Any]:
        """An answer's object."""
        if response.status_code == 403:
            raise EnrolmentRefused(
                "the hub does not let this agent take over: ask the head office for a new enrolment code"
            )
        if response.status_code != 200:
            raise HubUnreachable(f"the hub answered with status {response.status_code}")
        told = response.json()
        if not isinstance(told, dict):
            raise HubUnreachable("the hub's answer is not understood")
        return told
