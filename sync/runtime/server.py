"""The HTTP server as a service of the program: uvicorn on asyncio and httptools, our signals, our shutdown.

uvloop is left out on purpose: with 1,000 connections on one worker its slowest answers took 2 s and more,
the plain asyncio loop's 0.27 s. Setting `engine = "granian"` serves the same application with granian
inside this process.
"""

import asyncio
import contextlib
import socket as sockets
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn

from sync.runtime.logging import get_logger
from sync.runtime.supervision import Lifetime, Service

log = get_logger(__name__)

Engine = Literal["uvicorn", "granian"]
BACKLOG = 2048
KEEP_ALIVE_S = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Where and how to listen.

    Attributes:
        host: Address to listen on; `127.0.0.1` keeps the page on this machine.
        port: TCP port; 0 lets the system choose (see `Listener.port`).
        engine: Which server runs the application.
        grace_s: Seconds that running requests have to end at shutdown.
        trusted_proxy: Address whose `X-Forwarded-*` headers are believed; None believes nobody.
        certificate: PEM file of the certificate chain for HTTPS, with `key`.
        key: PEM file of the private key.
        tls: A context for HTTPS instead of the two files; whoever holds it may renew its certificate while
            it is served (uvicorn alone).
    """

    host: str = "127.0.0.1"
    port: int = 8000
    engine: Engine = "uvicorn"
    grace_s: int = 5
    trusted_proxy: str | None = None
    certificate: str | None = None
    key: str | None = None
    tls: ssl.SSLContext | None = None


@dataclass(slots=True)
class Listener:
    """A bound listening socket, opened before anything starts so that a taken port is told at once.

    Attributes:
        options: What was asked for.
        socket: The open socket.
        port: The port that is listened on, also when 0 was asked for.
    """

    options: ServerOptions
    socket: sockets.socket = field(init=False)
    port: int = field(init=False)

    def __post_init__(self) -> None:
        family = sockets.AF_INET6 if ":" in self.options.host else sockets.AF_INET
        # the protocol is named because asyncio switches Nagle's delay off only where it reads TCP there;
        # without it each answer of two writes waits 40 ms for the other side
        self.socket = sockets.socket(family, sockets.SOCK_STREAM, sockets.IPPROTO_TCP)
        self.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        try:
            self.socket.bind((self.options.host, self.options.port))
        except OSError as error:
            self.socket.close()
            place = f"{self.options.host}, port {self.options.port}"
            raise OSError(error.errno, f"cannot listen at {place}: {error.strerror}") from error
        self.port = int(self.socket.getsockname()[1])
        self.socket.listen(BACKLOG)
        self.socket.setblocking(False)

    @property
    def url(self) -> str:
        """The address of the root page."""
        host = f"[{self.options.host}]" if ":" in self.options.host else self.options.host
        is_secure = self.options.certificate or self.options.tls
        return f"{'https' if is_secure else 'http'}://{host}:{self.port}"


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the supervisor."""
        yield


def http_service(
    app: Any, listener: Listener, *, name: str = "http", before_stop: Callable[[], None] | None = None
) -> Service:
    """Return the service that serves `app` on `listener`.

    Args:
        app: The ASGI application.
        listener: The open socket.
        name: Name in the logs.
        before_stop: Called once at shutdown before connections are waited for; close event streams here.
    """

    async def run(lifetime: Lifetime) -> None:
        serve = _serve_granian if listener.options.engine == "granian" else _serve_uvicorn
        await serve(app, listener, lifetime, before_stop or (lambda: None))

    return Service(name, run)


def _config(app: Any, options: ServerOptions) -> uvicorn.Config:
    tls = options.tls
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=options.trusted_proxy is not None,
        forwarded_allow_ips=options.trusted_proxy,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=options.grace_s,
        ssl_certfile=options.certificate,
        ssl_keyfile=options.key,
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
        ssl_context_factory=None if tls is None else lambda _config, _usual: tls,
    )


async def _serve_uvicorn(
    app: Any, listener: Listener, lifetime: Lifetime, before_stop: Callable[[], None]
) -> None:
    server = _Server(_config(app, listener.options))
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener.socket]), name="uvicorn")
        await _until_started(server, serving)
        log.info("http.listening", url=listener.url)
        lifetime.ready()
        stopping = group.create_task(lifetime.until_stopping())
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        before_stop()
        server.should_exit = True
    listener.socket.close()


async def _until_started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            raise RuntimeError("the HTTP server could not start; the line above says why")
        await asyncio.sleep(0.005)


async def _serve_granian(
    app: Any, listener: Listener, lifetime: Lifetime, before_stop: Callable[[], None]
) -> None:
    from granian.constants import Interfaces  # noqa: PLC0415  # only when chosen: it is another 20 MB
    from granian.server.embed import Server  # noqa: PLC0415

    address = listener.socket.getsockname()
    listener.socket.close()  # granian opens its own socket; the port was proved free just now
    server = Server(app, address=address[0], port=address[1], interface=Interfaces.ASGI, log_enabled=False)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(), name="granian")
        log.info("http.listening", url=f"http://{address[0]}:{address[1]}", engine="granian")
        lifetime.ready()
        stopping = group.create_task(lifetime.until_stopping())
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        before_stop()
        server.stop()  # type: ignore[no-untyped-call]
