"""Take a delivery in from a file, while no agent runs on the ledger."""

from pathlib import Path

from pos_agent import enrolment
from pos_agent.db.schema import ensure_schema
from pos_agent.errors import BadFile
from pos_agent.ledger.position import refuse_lost_ledger, settle_ledger
from pos_agent.ledger.read_delivery import read_delivery
from pos_agent.ledger.receive_stock import Delivery, Receipt, receive_stock
from pos_agent.ledger.store_book import Ledger
from pos_agent.machine_lock import only_one
from pos_agent.settings import AgentSettings
from sync.runtime.clock import SystemClock
from sync.storage.writer import Writer
from sync.values.clock import to_instant

MOST_REF_CHARACTERS = 200


async def receive_file(settings: AgentSettings, file: Path, ref: str, *, is_opening: bool) -> Receipt:
    """Book a CSV file as one delivery.

    Raises:
        BadFile: the file is wrong; nothing was booked.
        AlreadyRunning: use the running agent's page or API.
        LedgerLost: this store's ledger is gone: no other is begun in its place.
        Refused: `unknown_sku`, `ref_reused`.
    """
    lines = read_delivery(file)
    if not 0 < len(ref) <= MOST_REF_CHARACTERS or not ref.isprintable():
        raise BadFile(f"the reference {ref[:40]!r} is empty, too long or has control characters")
    joined = enrolment.load(settings.data_dir)
    delivery = Delivery(
        ref=ref,
        reason="opening" if is_opening else "receive",
        lines=lines,
        at=to_instant(SystemClock().now()),
        actor="cli",
    )
    with only_one(settings.data_dir):
        refuse_lost_ledger(settings.database, joined)
        ensure_schema(settings.database)
        writer = Writer(settings.database)
        await writer.start()
        try:
            await settle_ledger(writer, settings.data_dir, joined)
            return await Ledger(writer).run(lambda book: receive_stock(book, delivery))
        finally:
            await writer.close()
