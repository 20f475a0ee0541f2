"""The reference for orders: an empty POST on the same HTTP server, in a process of its own."""

import asyncio
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.runtime.logging import configure_logging
from sync.runtime.server import Listener, ServerOptions, http_service
from sync.runtime.supervision import supervise


async def take(request: Request) -> Response:
    """Read the body and answer."""
    await request.body()
    return Response(b"{}", 201, media_type="application/json")


async def serve(engine: str) -> int:
    """Serve on any free port, told on standard output."""
    listener = Listener(ServerOptions(port=0, engine="granian" if engine == "granian" else "uvicorn"))
    sys.stdout.write(f"{listener.port}\n")
    sys.stdout.flush()
    return await supervise([http_service(Starlette(routes=[Route("/", take, methods=["POST"])]), listener)])


if __name__ == "__main__":
    configure_logging("console", "warning")
    raise SystemExit(asyncio.run(serve(sys.argv[1] if len(sys.argv) > 1 else "uvicorn")))
