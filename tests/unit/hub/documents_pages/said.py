"""What callers send, and stores' facts that the hub hears without a ledger, for tests of calls and pages."""

from typing import Any

import httpx2

from hub.documents.follow_document import follow_document
from hub.kernel import Kernel
from sync.rules.facts import DocumentCount, DocumentStep, DocumentTo
from sync.storage.writer import Transaction

AT = "2026-05-01T06:20:00.000Z"
PATH = "/api/v1/documents"
DELIVERY = {
    "task": "receiving",
    "store": "s1",
    "number": "D-1",
    "partner": "Tea Co",
    "lines": [{"sku": "tea", "qty": 10}, {"sku": "soap", "qty": 4}],
}
TRANSFER = {"task": "transfer", "store": "s1", "to_store": "s2", "lines": [{"sku": "tea", "qty": 3}]}


async def post(client: httpx2.AsyncClient, body: Any, key: str = "k1") -> httpx2.Response:
    """Give a document."""
    return await client.post(PATH, json=body, headers={"idempotency-key": key})


async def given(client: httpx2.AsyncClient, body: Any = None, key: str = "k1") -> str:
    """Give a document; returns its id."""
    answer = await post(client, body or DELIVERY, key)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def tells(
    kernel: Kernel, store: str, document: str, to: DocumentTo, *counts: tuple[str, int, int], why: str = ""
) -> None:
    """A store's step reaches the hub; `counts` are (sku, asked, found)."""
    lines = tuple(DocumentCount(sku=sku, asked=asked, found=found) for sku, asked, found in counts)
    step = DocumentStep(document=document, rev=1, to=to, at=AT, lines=lines, actor="lin", why=why)

    def follow(transaction: Transaction) -> None:
        follow_document(transaction, kernel, store, step)

    await kernel.writer.run(follow)


async def rows(kernel: Kernel) -> list[Any]:
    """Everything that documents write: to see that nothing changed."""
    found: list[Any] = []
    for table in ("document", "document_line", "document_history", "transfer", "transfer_closed", "request"):
        found += await kernel.reader.all(f"SELECT '{table}', t.* FROM {table} t")
    found += await kernel.reader.all("SELECT store, ver FROM store_stream")
    return found + await kernel.reader.all("SELECT key FROM idempotency_key")
