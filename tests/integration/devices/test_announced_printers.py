"""Printers that announce themselves, over real multicast DNS on this machine alone."""

import socket
import sys
from importlib import import_module

import pytest
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from devices.discovery import discover
from devices.discovery.found import Found
from devices.discovery.mdns import IPP, LPD, MISSING, RAW, announced_printers

LOOPBACK = "127.0.0.1"


def service(kind: str, name: str, address: str, port: int) -> ServiceInfo:
    """What a printer announces."""
    return ServiceInfo(
        kind, f"{name}.{kind}", port, addresses=[socket.inet_aton(address)], server=f"{name.lower()}.local."
    )


async def test_raw_printers_are_told_with_their_address_and_others_as_a_hint() -> None:
    announcer = AsyncZeroconf(interfaces=[LOOPBACK])
    try:
        for one in (
            service(IPP, "OMO-test-both", "127.0.7.1", 631),
            service(RAW, "OMO-test-both", "127.0.7.1", 9101),
            service(LPD, "OMO-test-old", "127.0.7.2", 515),
        ):
            await (await announcer.async_register_service(one, allow_name_change=True))
        found = await announced_printers(1.8, [LOOPBACK])
    finally:
        await announcer.async_unregister_all_services()
        await announcer.async_close()
    ours = [one for one in found if "OMO-test" in one.name]
    assert [(one.address, one.trouble != "") for one in ours] == [("tcp://127.0.7.1:9101", False), ("", True)]
    assert ours[0].name.startswith("OMO-test-both")
    assert ours[1].name.endswith("(127.0.7.2)")
    assert ours[1].trouble.startswith("it announces only LPD")


async def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeroconf", None)
    assert await announced_printers(0.01) == [Found("mdns", "", trouble=MISSING, cause="no_mdns")]
    assert "pip install omo-retail-hub[mdns]" in MISSING


async def test_a_printer_that_is_found_twice_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Found("network", "tcp://10.0.0.9:9100", "10.0.0.9")

    async def named(_hosts: list[str], _timeout_s: float) -> list[Found]:
        return [there]

    async def announced(_timeout_s: float) -> list[Found]:
        return [Found("network", there.address, "EPSON TM-T88VI")]

    module = import_module("devices.discovery.discover")
    monkeypatch.setattr(module, "network_printers", named)
    monkeypatch.setattr(module, "announced_printers", announced)
    found = await discover(["10.0.0.9"], 0.5)
    assert [one for one in found if one.kind == "network"] == [there]
