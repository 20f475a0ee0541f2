"""HQ's page of devices: each store's printers, scanners, drawer and displays, those in trouble first."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hub.monitor import device_words, words
from hub.monitor.board import meter_of
from hub.monitor.health import Device
from hub.monitor.queries import signs_of_all
from hub.monitor.rules import Tile, tile_of
from hub.staff.hq_page import hq_page
from hub.staff.permissions import BOARD
from hub.web.state import kernel_of
from sync.web.errors import InvalidInput
from sync.web.forms import read_query
from sync.web.routes import route
from sync.web.translations import current

_WEIGHTS: Final = {"bad": 0, "warn": 1, "info": 2, "ok": 3}


class DeviceQuery(BaseModel):
    """Whose devices; empty = every store's."""

    store: Annotated[str, StringConstraints(max_length=32)] = ""


@dataclass(frozen=True, slots=True)
class StoreDevices:
    """A store with its devices, the worst first."""

    tile: Tile
    devices: tuple[Device, ...]


def worst_device_first(tile: Tile) -> StoreDevices:
    """A store's devices in the order in which somebody should look at them."""
    ordered = sorted(tile.devices, key=lambda one: _WEIGHTS[device_words.device_tone(one)])
    return StoreDevices(tile, tuple(ordered))


async def show_devices(request: Request) -> Response:
    """The devices."""
    kernel = kernel_of(request)
    try:
        query, status = read_query(request, DeviceQuery), 200
    except InvalidInput:
        query, status = DeviceQuery(), 422
    now = kernel.clock.now()
    tiles = [tile_of(one, now) for one in await signs_of_all(kernel, meter_of(request).lag_book)]
    shown = [worst_device_first(tile) for tile in tiles if query.store in ("", tile.store)]
    shown.sort(key=lambda one: min((_WEIGHTS[device_words.device_tone(d)] for d in one.devices), default=4))
    context: dict[str, Any] = {
        "query": query,
        "shown": shown,
        "names": {store.id: store.name(current().tag) for store in kernel.directory.all()},
        "words": words,
        "device_words": device_words,
        "now": now,
    }
    return hq_page(request, "monitor/devices.html", context, status=status)


ROUTES: list[BaseRoute] = [route("/hq/devices", show_devices, permission=BOARD)]
