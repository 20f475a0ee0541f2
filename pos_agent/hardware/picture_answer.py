"""A paper's picture as an answer over HTTP: drawn beside the event loop, kept by no cache."""

import asyncio

from starlette.responses import Response

from pos_agent.hardware.paper_view import PaperView


async def picture_answer(view: PaperView) -> Response:
    """The picture as a PNG file."""
    content = await asyncio.to_thread(view.picture)
    return Response(content, media_type="image/png", headers={"cache-control": "no-store"})
