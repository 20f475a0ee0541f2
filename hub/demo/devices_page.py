"""The page of the demo's simulated devices: what it is told, and how it is called."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hub.demo.broker import module_argv
from hub.demo.programs import PRINTERS, SCANNER, StorePlace

FILE = "devices.json"


def read_articles(products: Path) -> list[dict[str, Any]]:
    """Codes that may be picked to be scanned, from the file of products that the hub imports."""
    with products.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("gtin")]
    return [{"code": row["gtin"], "name": {"zh": row["name_zh"], "en": row["name_en"]}} for row in rows]


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
        {"id": name, "control": place.ports.printer_control(number), "papers": str(place.papers(name))}
        for number, (name, _role) in enumerate(PRINTERS)
    ]
    return {
        "id": place.store.id,
        "name": {"zh": place.store.names["zh"], "en": place.store.names["en"]},
        "till_url": f"{place.agent_url}/till",
        "printers": printers,
        "scanner": {"id": SCANNER, "control": place.ports.scanner_control},
    }
