"""The demo's broker where no mosquitto is on the machine: amqtt with the hub's users and rules.

``python -m hub.broker.embedded --port P --users FILE`` runs it in a process of its own. It is not for
production: it may lose messages when a client reconnects, slows down with every store, and does not notice
a client that fell silent. Nothing durable may ever rest on it.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

import structlog
from amqtt.broker import Broker
from amqtt.errors import BrokerError

from hub.broker.embedded_plugins import UserBook, book_of, may_stay
from hub.broker.files import replace_file
from hub.broker.process import PID_FILE

POLL_S = 1.0
NOTICE = "This is the demo broker: fit for a demo and for tests, not for production. Install mosquitto there."

log = structlog.get_logger(__name__)


class RuledBroker(Broker):  # type: ignore[misc]  # amqtt is untyped
    """amqtt, which by itself hands every newcomer the retained messages of everybody's subscriptions."""

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Any
    ) -> None:
        own = self.subscriptions.get(subscription[0], [])
        if any(subscriber.client_id == session.client_id for subscriber, _qos in own):
            await super()._publish_retained_messages_for_subscription(subscription, session)


def broker_config(bind: str, port: int, users: Path) -> dict[str, Any]:
    """Give amqtt's configuration: one listener, our two plugins, nobody anonymous."""
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{bind}:{port}"}},
        "plugins": {
            "hub.broker.embedded_plugins.SignIn": {"users": str(users)},
            "hub.broker.embedded_plugins.TopicRules": {},
        },
    }


async def cut_revoked(broker: Broker, book: UserBook) -> int:
    """End the sessions of users who were removed or got a new secret; give their number."""
    gone = [
        handler
        for session, handler in list(broker.sessions.values())
        if session.transitions.state == "connected" and not may_stay(session, book)
    ]
    for handler in gone:
        await handler.handle_connection_closed()
        await handler.stop()
    if gone:
        log.info("broker.revoked_cut", sessions=len(gone))
    return len(gone)


async def serve(bind: str, port: int, users: Path) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads the user file at once."""
    loop = asyncio.get_running_loop()
    stopping, woken = asyncio.Event(), asyncio.Event()

    def stop() -> None:
        stopping.set()
        woken.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, woken.set)
    book = book_of(str(users))
    book.refresh()
    broker = RuledBroker(broker_config(bind, port, users))
    await broker.start()
    logging.getLogger("amqtt").setLevel(logging.ERROR)
    replace_file(users.parent / PID_FILE, f"{os.getpid()}\n")
    _tell(broker, bind)
    while not stopping.is_set():
        await _wait(woken)
        if book.refresh():
            await cut_revoked(broker, book)
    await broker.shutdown()


def main() -> int:
    """Read the arguments and serve; exit code 1 with a clear line when the port cannot be had."""
    parser = argparse.ArgumentParser(prog="hub.broker.embedded", description=NOTICE)
    parser.add_argument("--port", type=int, required=True, help="TCP port; 0 takes a free one")
    parser.add_argument("--users", type=Path, required=True, help="user file written by the hub")
    parser.add_argument("--bind", default="127.0.0.1", help="address to listen on")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # a failed start is told below, in one line
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        asyncio.run(serve(options.bind, options.port, options.users.absolute()))
    except (BrokerError, OSError) as error:
        sys.stderr.write(f"the demo broker cannot start: {error}\n")
        return 1
    return 0


def _tell(broker: RuledBroker, bind: str) -> None:
    listener = broker._servers["default"].instance  # noqa: SLF001 - the only way to learn a port taken with 0
    port = listener.sockets[0].getsockname()[1]
    line = {"listening": f"mqtt://{bind}:{port}", "port": port, "pid": os.getpid(), "kind": "embedded"}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    sys.stderr.write(NOTICE + "\n")


async def _wait(woken: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(POLL_S):
            await woken.wait()
    except TimeoutError:
        return
    woken.clear()


if __name__ == "__main__":
    raise SystemExit(main())
