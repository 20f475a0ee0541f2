"""The page of the demo's simulated devices: what it is told, and how it is called."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hub.catalogue.pack_codes import PackCode
from hub.catalogue.read_products import read_products
from hub.catalogue.rules import LocalText
from hub.demo.broker import module_argv
from hub.demo.programs import DRAWER_AT, PRINTERS, SCANNER, StorePlace

FILE = "devices.json"


def read_articles(products: Path) -> list[dict[str, Any]]:
    """Codes that may be picked to be scanned, from the file of products that the hub imports."""
    variants = [
        (draft.name, variant)
        for draft in read_products(products.read_bytes()).products
        for variant in draft.variants
    ]
    units = [_article(variant.gtin, name.zh, name.en) for name, variant in variants if variant.gtin]
    packs = [_pack(name, pack) for name, variant in variants for pack in variant.packs or ()]
    return [*packs, *units]


def _pack(name: LocalText, pack: PackCode) -> dict[str, Any]:
    """A further code: a case says what it holds, another code of a single unit that it is one."""
    if pack.pieces > 1:
        return _article(pack.gtin, f"{name.zh} · 整箱 {pack.pieces} 件", f"{name.en} · case of {pack.pieces}")
    return _article(pack.gtin, f"{name.zh} · 旧包装", f"{name.en} · older pack")


def _article(code: str, zh: str, en: str) -> dict[str, Any]:
    return {"code": code, "name": {"zh": zh, "en": en}}


def write_devices(folder: Path, places: Iterable[StorePlace], articles: list[dict[str, Any]]) -> Path:
    """Write what the page shows; returns the file."""
    path = folder / FILE
    told = {"places": [_place(place) for place in places], "articles": articles}
    path.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    return path


def devices_argv(path: Path, port: int) -> list[str]:
    """The page as a process."""
    return module_argv("pos_agent.training", "--port", str(port), "--devices", str(path))


def _place(place: StorePlace) -> dict[str, Any]:
    printers = [
        {
            "id": name,
            "control": place.ports.printer_control(number),
            "papers": str(place.papers(name)),
            "drawer": number == DRAWER_AT,
        }
        for number, (name, _role) in enumerate(PRINTERS)
    ]
    return {
        "id": place.store.id,
        "name": {"zh": place.store.names["zh"], "en": place.store.names["en"]},
        "till_url": f"{place.agent_url}/till",
        "printers": printers,
        "scanner": {"id": SCANNER, "control": place.ports.scanner_control},
    }
