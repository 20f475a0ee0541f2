"""Products' pictures: files of the chain's folder at /pictures/{name}, or addresses of allowed hosts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from hub.catalogue.rules import ProductDraft
from hub.settings import ShopSection
from hub.web.state import kernel_of
from sync.web.errors import N_, Problem
from sync.web.permissions import PUBLIC
from sync.web.routes import route

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
TYPES: Final = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
MOST_HOSTS: Final = 5
"""So many hosts are named to a person."""
HEADERS: Final = {
    "cache-control": "public, max-age=86400",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
}
"""A drawing opened by itself may not run scripts or load anything."""


def folder_of(shop: ShopSection) -> Path:
    """Where the pictures are: as configured, else the demo chain's (in the wheel, or in the source tree)."""
    if shop.pictures is not None:
        return shop.pictures
    package = Path(str(files("hub")))
    packaged = package / "demo" / "config" / "pictures"
    return packaged if packaged.is_dir() else package.parent / "config" / "demo" / "pictures"


def picture_address(shop: ShopSection, image: str) -> str:
    """The address of a picture for a page; empty where there is none to show."""
    if NAME.fullmatch(image):
        return f"/pictures/{quote(image)}" if Path(image).suffix.lower() in TYPES else ""
    if not image.startswith("https://") or not re.fullmatch(r"[\x21-\x7e]{1,2000}", image):
        return ""
    try:
        host = urlsplit(image).netloc.lower()
    except ValueError:
        return ""
    return image if host in shop.picture_hosts else ""


@dataclass(frozen=True, slots=True)
class FarPictures:
    """Products whose pictures the shop may not show, and the hosts where they are."""

    products: int
    hosts: tuple[str, ...]


def far_pictures(shop: ShopSection, drafts: Iterable[ProductDraft]) -> FarPictures | None:
    """What of some products' pictures stands at hosts that are not allowed; None for nothing."""
    hosts: set[str] = set()
    products = 0
    for draft in drafts:
        far = {
            urlsplit(image.src).netloc.lower()
            for image in draft.images
            if image.src.startswith(("http://", "https://")) and not picture_address(shop, image.src)
        }
        products += bool(far)
        hosts |= far
    return FarPictures(products, tuple(sorted(hosts)[:MOST_HOSTS])) if products else None


async def picture(request: Request) -> Response:
    """One file of the folder; names with a path in them are no names."""
    name = str(request.path_params["name"])
    media_type = TYPES.get(Path(name).suffix.lower())
    if media_type is None or not NAME.fullmatch(name):
        raise _missing()
    folder = folder_of(kernel_of(request).settings.shop).resolve()
    path = (folder / name).resolve()
    if path.parent != folder or not path.is_file():
        raise _missing()
    return FileResponse(path, media_type=media_type, headers=HEADERS)


def _missing() -> Problem:
    return Problem(404, "picture.missing", N_("There is no such picture"))


ROUTES = [route("/pictures/{name}", picture, permission=PUBLIC)]
