"""Running the hub: link, sweeper and web server under one supervisor.

Imports neither Alembic nor the command line's libraries: start-up and memory are figures we keep.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable

from hub.app import hub_app
from hub.kernel import Kernel
from hub.link.worker import LinkWorker
from hub.orders.sweep import keep_swept
from hub.orders.take_order import OrderDesk
from hub.settings import HubSettings
from hub.start import alone, make_folder, running_kernel
from hub.stock.self_check import SelfCheck
from hub.stock.want_desk import WantDesk
from hub.stores.sync_broker import broker_secret, sync_broker
from hub.told import TOLD
from hub.trace import sweep as trace
from sync.link.client_id import client_id
from sync.link.paho_link import PahoLink
from sync.link.port import LinkConfig, Will
from sync.messages.topics import HUB_PRESENCE, hub_subscriptions
from sync.runtime.logging import configure_logging, get_logger
from sync.runtime.server import Listener, ServerOptions, http_service
from sync.runtime.supervision import Lifetime, Service, supervise

log = get_logger(__name__)


def service(name: str, act: Callable[[], Awaitable[None]]) -> Service:
    """An endless task as a service: ready at once, cancelled at the end."""

    async def run(lifetime: Lifetime) -> None:
        task = asyncio.ensure_future(act())
        lifetime.ready()
        stopping = asyncio.ensure_future(lifetime.until_stopping())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if task.done():
            task.result()
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return Service(name, run)


def link_config(kernel: Kernel) -> LinkConfig:
    """How the hub connects to its broker."""
    gone = {"state": "offline", "hinc": kernel.hinc, "at": kernel.instant()}
    secret = broker_secret(kernel.settings)
    return LinkConfig(
        url=kernel.settings.broker.url,
        user=kernel.settings.broker.user,
        secret=secret,
        client_id=client_id(f"hub-{os.getpid()}", secret),
        subscriptions=hub_subscriptions(),
        will=Will(HUB_PRESENCE, json.dumps(gone).encode(), retain=True),
    )


async def serve(settings: HubSettings, listener: Listener) -> int:
    """Run until a signal; returns the exit code."""
    make_folder(settings)
    with alone(settings):
        return await _serve_alone(settings, listener)


async def _serve_alone(settings: HubSettings, listener: Listener) -> int:
    """Serve; no other process does."""
    async with running_kernel(settings) as kernel:
        await sync_broker(kernel)
        wants = WantDesk(kernel)
        link = PahoLink(link_config(kernel))
        worker = LinkWorker(kernel, link, wants)
        app = hub_app(kernel, OrderDesk(kernel, wants), worker)
        log.info("hub.serving", url=listener.url, hinc=kernel.hinc, data=str(settings.data_dir))
        return await supervise(
            [
                service("link", worker.run),
                service("sweep", lambda: keep_swept(kernel)),
                service("trace", lambda: trace.keep_swept(kernel)),
                service("verify", SelfCheck(kernel).run),
                http_service(app, listener, before_stop=kernel.events.close),
            ]
        )


def server_options(settings: HubSettings) -> ServerOptions:
    """Where the hub listens, and whose word it takes for who is calling."""
    return ServerOptions(
        host=settings.host,
        port=settings.port,
        engine=settings.server,
        trusted_proxy=settings.trusted_proxy or None,
    )


def main(settings: HubSettings) -> int:
    """The program.

    Returns:
        0 after a signal, 1 after a failure, 2 when it cannot start and a person must change something.
    """
    configure_logging(settings.log_format)
    options = server_options(settings)
    try:
        listener = Listener(options)
    except OSError as error:
        return _cannot_start(f"{options.host}:{options.port} cannot be listened on: {error.strerror}")
    try:
        return asyncio.run(serve(settings, listener))
    except TOLD as error:
        return _cannot_start(str(error))
    finally:
        listener.socket.close()


def _cannot_start(why: str) -> int:
    """Say why, and what exit code that is."""
    sys.stderr.write(f"omo-hub: {why}\n")
    return 2
