"""Setting up devices over HTTP, for managers: find, try, keep, remove. What is kept is used at once."""

from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from devices.profiles import load_profile
from pos_agent.desk import Desk
from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.choose_devices import tables_of
from pos_agent.hardware.device_rules import (
    Change,
    display_faults,
    printer_faults,
    put_display,
    put_printer,
    put_scanner,
    scanner_faults,
    without_display,
    without_printer,
    without_scanner,
)
from pos_agent.hardware.device_trial import Trial
from pos_agent.hardware.displays import display_config
from pos_agent.hardware.drawer import Opening, keep_opening, settle_opening
from pos_agent.hardware.find_devices import find_devices, tell_trouble
from pos_agent.hardware.look_words import tell_look
from pos_agent.hardware.printer_configs import logo_of, models_of, printer_config
from pos_agent.hardware.scanners import scanner_config
from pos_agent.hardware.setup_bodies import (
    FindBody,
    PutDisplay,
    PutPrinter,
    PutScanner,
    RemoveDevice,
    TrialBody,
)
from pos_agent.requests import actor_of, answer, desk_of, till_of
from pos_agent.staff.rules import MANAGER
from sync.rules.errors import Refused
from sync.web.errors import InvalidInput
from sync.web.forms import read_json
from sync.web.routes import Contract, route
from sync.web.translations import current, gettext


def setup_of(desk: Desk) -> DeviceSetup:
    """The devices and the way to change them.

    Raises:
        Refused: `no_setup`, this program was started without one.
    """
    if desk.setup is None:
        raise Refused("no_setup")
    return desk.setup


async def get_setup(request: Request) -> Response:
    """What is set up, from where, and what can be chosen."""
    return answer(_told(setup_of(desk_of(request))))


def _told(setup: DeviceSetup) -> dict[str, Any]:
    chosen, settings = setup.chosen, setup.settings
    tables = tables_of(settings).model_dump(mode="json")
    models = [load_profile(key, settings.printer_profiles) for key in models_of(settings)]
    return {
        "version": chosen.version,
        "source": chosen.source,
        "problems": list(chosen.problems),
        "printers": tables["printer"],
        "scanners": tables["scanner"],
        "displays": tables["display"],
        "tills": list(settings.tills),
        "models": [
            {
                "key": one.key,
                "name": one.name,
                "columns": one.columns,
                "cjk": one.cjk,
                "answers": one.status != "none",
                "has_drawer": one.drawer_pin != 0,
                "baud": one.baud,
                "handshake": one.handshake,
            }
            for one in models
        ],
    }


async def post_printer(request: Request) -> Response:
    """Keep a printer and use it."""
    body, setup = await read_json(request, PutPrinter), setup_of(desk_of(request))
    change = put_printer(body.printer.section(), is_new=body.is_new, profiles=models_of(setup.settings))
    await setup.change(body.version, change, actor_of(request))
    return answer(_told(setup))


async def post_scanner(request: Request) -> Response:
    """Keep a scanner and use it."""
    body, setup = await read_json(request, PutScanner), setup_of(desk_of(request))
    change = put_scanner(body.scanner.section(), is_new=body.is_new, tills=setup.settings.tills)
    await setup.change(body.version, change, actor_of(request))
    return answer(_told(setup))


async def post_display(request: Request) -> Response:
    """Keep a pole display and use it."""
    body, setup = await read_json(request, PutDisplay), setup_of(desk_of(request))
    change = put_display(body.display.section(), is_new=body.is_new, tills=setup.settings.tills)
    await setup.change(body.version, change, actor_of(request))
    return answer(_told(setup))


_WITHOUT: Final[dict[str, Callable[[str], Change]]] = {
    "printer": without_printer,
    "scanner": without_scanner,
    "display": without_display,
}


async def post_removal(request: Request) -> Response:
    """Remove a device."""
    body, setup = await read_json(request, RemoveDevice), setup_of(desk_of(request))
    await setup.change(body.version, _WITHOUT[body.kind](body.id), actor_of(request))
    return answer(_told(setup))


async def post_find(request: Request) -> Response:
    """Look for devices on this machine, and on one host; bounded in time."""
    body, setup = await read_json(request, FindBody), setup_of(desk_of(request))
    found = await find_devices(setup.settings, [body.host] if body.host else [])
    return answer({"found": [{**one, "trouble": tell_trouble(one, gettext)} for one in found]})


async def post_trial(request: Request) -> Response:
    """Try a device as it is filled in, before it is kept; the same request tries it once."""
    body, desk = await read_json(request, TrialBody), desk_of(request)
    setup = setup_of(desk)
    if setup.trials.begins(body.request, body.wish):
        try:
            await _begin(request, setup, body)
        except Exception:
            setup.trials.take_back(body.request)
            raise
    return answer(_trial(setup.trials.latest))


async def _begin(request: Request, setup: DeviceSetup, body: TrialBody) -> None:
    if body.kind == "scans":
        _try_scanner(setup, body)
    elif body.kind == "view":
        _try_display(setup, body)
    else:
        await _try_printer(request, setup, body)


def _try_scanner(setup: DeviceSetup, body: TrialBody) -> None:
    if body.scanner is None:
        raise Refused("nothing_to_try")
    section, settings = body.scanner.section(), setup.settings
    if faults := scanner_faults(tables_of(settings), section, settings.tills):
        raise InvalidInput(tuple(faults))
    setup.trials.show_scans(scanner_config(section))


def _try_display(setup: DeviceSetup, body: TrialBody) -> None:
    if body.display is None:
        raise Refused("nothing_to_try")
    section, settings = body.display.section(), setup.settings
    if faults := display_faults(tables_of(settings), section, settings.tills):
        raise InvalidInput(tuple(faults))
    setup.trials.show_view(display_config(section))


async def _try_printer(request: Request, setup: DeviceSetup, body: TrialBody) -> None:
    if body.printer is None:
        raise Refused("nothing_to_try")
    section, desk = body.printer.section(), desk_of(request)
    if faults := printer_faults(tables_of(setup.settings), section, models_of(setup.settings)):
        raise InvalidInput(tuple(faults))
    config = printer_config(section, setup.settings, logo_of(setup.settings))
    if body.kind == "page":
        now = desk.clock.now().astimezone(desk.profile.tz)
        setup.trials.print_page(config, now, current().tag)
        return
    setup.trials.check_free()
    opening = Opening(
        at=desk.at, till=till_of(request), actor=actor_of(request), cause="no_sale", reason="test"
    )
    writer = desk.ledger.writer
    number = await writer.run(lambda tx: keep_opening(tx, opening, section.id))
    assert number is not None  # only a receipt's opening can be on record already

    async def settle(is_sent: bool) -> None:  # noqa: FBT001 - whether the pulse left
        await writer.run(lambda tx: settle_opening(tx, number, is_sent=is_sent))

    try:
        setup.trials.open_drawer(config, settle)
    except Refused:  # another trial began while this one was put on record
        await settle(is_sent=False)
        raise


async def get_trial(request: Request) -> Response:
    """How the latest trial goes."""
    return answer(_trial(setup_of(desk_of(request)).trials.latest))


async def post_trial_end(request: Request) -> Response:
    """End the trial that goes on."""
    trials = setup_of(desk_of(request)).trials
    await trials.end()
    return answer(_trial(trials.latest))


def _trial(trial: Trial | None) -> dict[str, Any]:
    if trial is None:
        return {"kind": None}
    look = trial.look
    return {
        "kind": trial.kind,
        "device": trial.device,
        "running": trial.is_running,
        "code": look.code if look else None,
        "good": look.is_good if look else None,
        "words": tell_look(look.code, look.facts, gettext) if look else "",
        "scans": trial.scans,
    }


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    refusals = {404: "No such device", 409: "Somebody else changed the devices", 503: "Not kept"}
    read = Contract(summary="The devices that are set up, and what can be chosen")
    printer = Contract(summary="Set up a printer", body=PutPrinter, refusals=refusals)
    scanner = Contract(summary="Set up a scanner", body=PutScanner, refusals=refusals)
    display = Contract(summary="Set up a pole display", body=PutDisplay, refusals=refusals)
    removal = Contract(summary="Remove a device", body=RemoveDevice, refusals=refusals)
    find = Contract(summary="Look for devices", body=FindBody)
    begin = Contract(summary="Try a device", body=TrialBody, refusals={409: "Another one is being tested"})
    at = "/api/v1/setup"
    return [
        route(at, get_setup, permission=MANAGER, contract=read),
        route(f"{at}/printer", post_printer, ("POST",), permission=MANAGER, contract=printer),
        route(f"{at}/scanner", post_scanner, ("POST",), permission=MANAGER, contract=scanner),
        route(f"{at}/display", post_display, ("POST",), permission=MANAGER, contract=display),
        route(f"{at}/removal", post_removal, ("POST",), permission=MANAGER, contract=removal),
        route(f"{at}/find", post_find, ("POST",), permission=MANAGER, contract=find),
        route(f"{at}/trial", post_trial, ("POST",), permission=MANAGER, contract=begin),
        route(f"{at}/trial", get_trial, permission=MANAGER, contract=Contract(summary="How the trial goes")),
        route(
            f"{at}/trial/end",
            post_trial_end,
            ("POST",),
            permission=MANAGER,
            contract=Contract(summary="End the trial"),
        ),
    ]
