"""Static files with addresses that change with their content, kept in memory, compressed once.

The files of a bundle (`web` here; `hub`, `agent` of the programs) live under
`/static/<bundle>/<digest>/<path>`, where the digest is over the whole bundle: relative imports of modules
keep working, and a browser may keep a file for a year. A wrong digest still finds the file, without the
year. Bare module names (`preact`) and `omo/<bundle>/…` are resolved by an import map, which is inline
(browsers take no other) and allowed by its hash.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sync.web.errors import AssetMissing
from sync.web.permissions import PUBLIC
from sync.web.translations import package_folder

PREFIX = "/static"
GZIP_MIN_BYTES = 500
SHARED_MODULES = {
    "preact": "web/vendor/preact/preact.mjs",
    "preact/hooks": "web/vendor/preact/hooks.mjs",
    "htm": "web/vendor/htm/htm.mjs",
}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    packed: bytes | None
    media_type: str
    etag: str


class Assets:
    """The static files of a program; an ASGI application to mount at `PREFIX` (see `app.web_app`)."""

    permission = PUBLIC

    def __init__(self, bundles: Mapping[str, str] | None = None) -> None:
        """Read all files.

        Args:
            bundles: Name of the bundle to the package whose `static` folder it is; `web` is always there.
        """
        packages = {"web": "sync.web", **(bundles or {})}
        self._files: dict[str, _File] = {}
        self._digests: dict[str, str] = {}
        for bundle, package in packages.items():
            self._load(bundle, package_folder(package) / "static")
        self.import_map = self._import_map()
        digest = hashlib.sha256(self.import_map.encode()).digest()
        self.import_map_hash = "sha256-" + base64.b64encode(digest).decode()

    def _load(self, bundle: str, folder: Path) -> None:
        total = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.suffix not in _TYPES:
                continue
            content, name = path.read_bytes(), path.relative_to(folder).as_posix()
            total.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
            self._files[f"{bundle}/{name}"] = _pack(content, path.suffix)
        self._digests[bundle] = total.hexdigest()[:12]

    def _import_map(self) -> str:
        imports = {name: self.url(path) for name, path in SHARED_MODULES.items()}
        for bundle, digest in self._digests.items():
            imports[f"omo/{bundle}/"] = f"{PREFIX}/{bundle}/{digest}/"
        return json.dumps({"imports": imports}, separators=(",", ":"))

    def url(self, path: str) -> str:
        """Return the address of `web/base.css`.

        Raises:
            AssetMissing: There is no such file.
        """
        if path not in self._files:
            raise AssetMissing(f"there is no static file {path}")
        bundle, _, name = path.partition("/")
        return f"{PREFIX}/{bundle}/{self._digests[bundle]}/{name}"

    def size(self, path: str) -> int:
        """Return the bytes that a browser downloads for a file (compressed); for page budgets."""
        file = self._files[path]
        return len(file.packed or file.content)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for a file."""
        response = self._answer(str(scope["path"]), str(scope["method"]), Headers(scope=scope))
        await response(scope, receive, send)

    def _answer(self, path: str, method: str, headers: Headers) -> Response:
        bundle, _, rest = path.removeprefix(PREFIX + "/").partition("/")
        digest, _, name = rest.partition("/")
        file = self._files.get(f"{bundle}/{name}")
        if file is None:
            raise HTTPException(404)
        if method not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        lasting = digest == self._digests[bundle]
        kept = {
            "cache-control": "public, max-age=31536000, immutable" if lasting else "no-cache",
            "etag": file.etag,
            "vary": "accept-encoding",
        }
        if headers.get("if-none-match") == file.etag:
            return Response(status_code=304, headers=kept)
        if file.packed is not None and "gzip" in headers.get("accept-encoding", ""):
            kept["content-encoding"] = "gzip"
            return Response(file.packed, headers=kept, media_type=file.media_type)
        return Response(file.content, headers=kept, media_type=file.media_type)


def _pack(content: bytes, suffix: str) -> _File:
    text = suffix not in {".png", ".jpg", ".webp", ".mp3", ".ico"}
    packed = gzip.compress(content, 9, mtime=0) if text and len(content) >= GZIP_MIN_BYTES else None
    if packed is not None and len(packed) >= len(content):
        packed = None
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return _File(content, packed, _TYPES[suffix], etag)
