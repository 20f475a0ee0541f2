"""How each of the demo's processes is called, and the settings files it is given.

Everything here is what an operator would write by hand: settings files and command lines.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from hub.demo.broker import broker_folder, module_argv
from hub.demo.chain import DemoStore
from hub.demo.ports import LOOPBACK, Ports, StorePorts

PRINTERS = (("receipt", "receipt"), ("pick", "pick"))
"""(id, role) of each store's two printers."""
DRAWER_AT = 0
"""The printer that the drawer hangs on."""
SCANNER = "hand"


def hub_argv(config: Path, *words: str) -> list[str]:
    """A command of the hub with its settings."""
    return module_argv("hub.cli", *words, "--config", str(config))


def agent_argv(config: Path, *words: str) -> list[str]:
    """A command of an agent with its settings."""
    return module_argv("pos_agent.cli", *words, "--config", str(config))


def write_hub_config(
    folder: Path, ports: Ports, broker_url: str, server: str, names: Mapping[str, str]
) -> Path:
    """Write the hub's settings; returns their file."""
    home = folder / "hub"
    home.mkdir(parents=True, exist_ok=True)
    path = home / "hub.toml"
    path.write_text(
        "# Written by the demo at each start.\n"
        f"data_dir = {_text(home / 'data')}\n"
        f'host = "{LOOPBACK}"\n'
        f"port = {ports.hub}\n"
        f'public_url = "http://{LOOPBACK}:{ports.hub}"\n'
        f'server = "{server}"\n'
        "\n[broker]\n"
        f'url = "{broker_url}"\n'
        f"folder = {_text(broker_folder(folder))}\n"
        "\n[shop]\n"
        f"name_zh = {_text(names['zh'])}\n"
        f"name_en = {_text(names['en'])}\n",
        "utf-8",
    )
    return path


class StorePlace:
    """Where one store's things are.

    Args:
        folder: The demo's folder.
        store: The store.
        ports: Its ports.
    """

    def __init__(self, folder: Path, store: DemoStore, ports: StorePorts) -> None:
        self.store = store
        self.ports = ports
        self.home = folder / "stores" / store.id
        self.config = self.home / "agent.toml"
        self.scanner_link = self.home / "scanner"

    def papers(self, printer: str) -> Path:
        """Where a printer keeps its papers."""
        return self.home / "papers" / printer

    @property
    def agent_url(self) -> str:
        """The agent's address."""
        return f"http://{LOOPBACK}:{self.ports.agent}"

    @property
    def door_url(self) -> str:
        """The agent's door for phones."""
        return f"https://{LOOPBACK}:{self.ports.door}"

    @property
    def hub_url(self) -> str:
        """The hub as the store reaches it: through its line."""
        return f"http://{LOOPBACK}:{self.ports.line_hub}"

    def write_config(self, *, slip: bool) -> None:
        """Write the agent's settings."""
        tills = ", ".join(f'"{number + 1}"' for number in range(self.store.tills))
        lines = [
            "# Written by the demo at each start.",
            f"data_dir = {_text(self.home / 'data')}",
            f'host = "{LOOPBACK}"',
            f"port = {self.ports.agent}",
            f'broker_url = "mqtt://{LOOPBACK}:{self.ports.line_broker}"',
            f"tills = [{tills}]",
            "",
            "[pickup]",
            f"slip = {'true' if slip else 'false'}",
            "",
            "[lan]",
            "open = true",
            f'host = "{LOOPBACK}"',
            f"port = {self.ports.door}",
        ]
        for number, (name, role) in enumerate(PRINTERS):
            special = [f'fallback = "{PRINTERS[0][0]}"'] if number != DRAWER_AT else ["drawer = true"]
            uri = f"tcp://{LOOPBACK}:{self.ports.printer(number)}"
            lines += ["", "[[printer]]", f'id = "{name}"', f'role = "{role}"', f'uri = "{uri}"', *special]
        lines += ["", "[[scanner]]", f'id = "{SCANNER}"', f"uri = {_text(f'serial:{self.scanner_link}')}", ""]
        self.home.mkdir(parents=True, exist_ok=True)
        self.config.write_text("\n".join(lines), "utf-8")

    def devices(self) -> dict[str, list[str]]:
        """The store's printers and scanner as processes."""
        found = {
            f"{self.store.id}-printer-{name}": module_argv(
                "devices.simulators.printer",
                *("--port", str(self.ports.printer(number))),
                *("--control-port", str(self.ports.printer_control(number))),
                *("--papers", str(self.papers(name))),
            )
            for number, (name, _role) in enumerate(PRINTERS)
        }
        found[f"{self.store.id}-scanner"] = module_argv(
            "devices.simulators.scanner",
            *("--control-port", str(self.ports.scanner_control), "--link", str(self.scanner_link)),
        )
        return found

    def line(self, hub_port: int, broker_host: str, broker_port: int) -> dict[str, list[str]]:
        """The store's line as a process."""
        routes = (
            f"{self.ports.line_hub}:{LOOPBACK}:{hub_port}",
            f"{self.ports.line_broker}:{broker_host}:{broker_port}",
        )
        argv = module_argv(
            "hub.demo.line",
            *("--control-port", str(self.ports.line_control)),
            *(word for route in routes for word in ("--route", route)),
        )
        return {f"{self.store.id}-line": argv}


def _text(value: object) -> str:
    """A TOML string."""
    return json.dumps(str(value), ensure_ascii=False)
