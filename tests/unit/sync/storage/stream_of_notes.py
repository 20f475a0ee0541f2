"""A program that writes notes and tells each one's number on standard output once it is on the disk."""

import asyncio
import sys
from pathlib import Path

from sync.storage.writer import Transaction, Writer


async def main(path: Path) -> None:
    """Write until killed, sixteen notes at a time."""
    writer = Writer(path)
    await writer.start()

    async def write(number: int) -> None:
        def command(transaction: Transaction) -> None:
            transaction.execute("INSERT INTO note (id) VALUES (?)", (number,))

        await writer.run(command)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()

    for start in range(0, 1_000_000, 16):
        await asyncio.gather(*[write(number) for number in range(start, start + 16)])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
