"""The routes of the training page. The page is a view: state lives in the simulated devices."""

import asyncio
from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pos_agent.training import buttons
from pos_agent.training.control_line import ControlLine, DeviceAway, DeviceRefused
from pos_agent.training.papers import drawn_picture, newest_papers
from pos_agent.training.places import Article, Place, Places, SimulatedPrinter
from pos_agent.training.watch import Watch
from sync.runtime.clock import SystemClock
from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.errors import N_, Problem
from sync.web.events import EventHub
from sync.web.forms import read_form
from sync.web.permissions import PUBLIC
from sync.web.routes import route
from sync.web.templates import Frame, Pages
from sync.web.translations import current, load_texts

HOSTS = ("127.0.0.1", "localhost")
PACKAGE = "pos_agent.training"
AWAY = N_("This device does not run")
AWAY_HELP = N_("Its program has ended. Start the demo or the simulated devices again.")
REFUSED = N_("The device cannot do this now")
UNREAD = N_("No program reads the scanner. Start the agent, or look at its page Devices.")
UNPLUGGED = N_("The scanner is unplugged. Plug it in first.")
TOO_MANY = N_("Sixteen faults are to come already. Everything right again forgets them.")
NO_CODE = N_("Type or choose a code of at most 200 characters.")
OTHER = N_("Look at the state of the device and try again. Nothing was changed.")


class Pressed(BaseModel):
    """What a button sent."""

    model_config = ConfigDict(extra="forbid")
    word: str
    code: str = ""


class Planned(BaseModel):
    """A fault that is to strike later."""

    model_config = ConfigDict(extra="forbid")
    word: str
    printer: str
    fault: str
    count: int
    unit: str


class TrainingPage:
    """The endpoints over some places."""

    def __init__(self, places: Places, watch: Watch, events: EventHub) -> None:
        self._places = places
        self._watch = watch
        self._events = events

    def app(self) -> Starlette:
        """The application."""
        frame = Frame(
            assets=Assets({"training": PACKAGE}),
            library=load_texts([PACKAGE]),
            clock=SystemClock(),
            product=N_("OMO Training"),
        )
        at, printer = "/{place}", "/{place}/printers/{device}"
        routes = [
            route("/", self.start, permission=PUBLIC),
            route(at, self.show, permission=PUBLIC, name="place"),
            route(f"{at}/now", self.now, permission=PUBLIC),
            route(f"{at}/events", self.listen, permission=PUBLIC),
            route(f"{at}/scanner", self.press_scanner, ["POST"], permission=PUBLIC),
            route(f"{at}/plans", self.plan_fault, ["POST"], permission=PUBLIC),
            route(printer, self.press_printer, ["POST"], permission=PUBLIC),
            route(f"{printer}/papers/{{number:number}}.png", self.picture, permission=PUBLIC),
        ]
        # a site may give its own name this machine's address (DNS rebinding): no names but ours
        gate = Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
        return web_app(WebParts(routes=routes, pages=Pages(frame, areas=[PACKAGE]), gates=(gate,)))

    async def start(self, request: Request) -> Response:
        """The place, or a choice where there are several."""
        if len(self._places.places) == 1:
            return RedirectResponse(f"/{self._places.places[0].id}", 303)
        pages: Pages = request.app.state.pages
        return pages.page(request, "training/places.html", {"places": self._places.places})

    async def show(self, request: Request) -> Response:
        """The page of one place."""
        place = self._place(request)
        facts = await self._now(place)
        codes = {"articles": _named(self._places.articles), "suggested": _named(self._places.suggested)}
        return self._page(request, "place", {**facts, **codes, "place": place})

    async def now(self, request: Request) -> Response:
        """What changes, as a fragment."""
        place = self._place(request)
        return self._page(request, "now", {**await self._now(place), "place": place})

    async def listen(self, request: Request) -> Response:
        """Tells the page when to read `now` again."""
        return self._events.response(request, [self._place(request).id])

    async def press_printer(self, request: Request) -> Response:
        """A button of a printer."""
        printer = self._printer(request, request.path_params["device"])
        pressed = await read_form(request, Pressed)
        return await _send(printer.control, buttons.printer_lines(pressed.word))

    async def plan_fault(self, request: Request) -> Response:
        """A fault of a printer that strikes later by itself."""
        planned = await read_form(request, Planned)
        printer = self._printer(request, planned.printer)
        lines = buttons.plan_lines(planned.fault, planned.count, planned.unit)
        return await _send(printer.control, lines)

    async def press_scanner(self, request: Request) -> Response:
        """A button of the scanner."""
        scanner = self._place(request).scanner
        if scanner is None:
            raise HTTPException(404)
        pressed = await read_form(request, Pressed)
        code = pressed.code.strip()
        if pressed.word in {"scan", "burst"} and not (0 < len(code) <= 200 and code.isprintable()):
            raise Problem(422, "training.code", REFUSED, NO_CODE)
        return await _send(scanner.control, buttons.scanner_lines(pressed.word, code))

    async def picture(self, request: Request) -> Response:
        """A paper as PNG."""
        content = await drawn_picture(
            self._printer(request, request.path_params["device"]).papers, request.path_params["number"]
        )
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type="image/png", headers={"cache-control": "max-age=86400"})

    def _place(self, request: Request) -> Place:
        place = self._places.find(request.path_params["place"])
        if place is None:
            raise HTTPException(404)
        return place

    def _printer(self, request: Request, wanted: str) -> SimulatedPrinter:
        found = next((one for one in self._place(request).printers if one.id == wanted), None)
        if found is None:
            raise HTTPException(404)
        return found

    async def _now(self, place: Place) -> dict[str, Any]:
        printers = []
        for printer in place.printers:
            facts = self._watch.facts(printer.control)
            count = int(facts.get("papers", 0))
            papers = await asyncio.to_thread(newest_papers, printer.papers, count)
            printers.append((printer, facts, papers))
        scanner = self._watch.facts(place.scanner.control) if place.scanner else {}
        return {"printers": printers, "scanner": scanner, "buttons": buttons}

    def _page(self, request: Request, template: str, context: dict[str, Any]) -> Response:
        pages: Pages = request.app.state.pages
        return pages.page(request, f"training/{template}.html", context)


def _named(articles: tuple[Article, ...]) -> list[tuple[str, str]]:
    return [(one.code, one.name.in_language(current().tag)) for one in articles]


async def _send(control: int, lines: tuple[str, ...]) -> Response:
    """Give a device its lines; 204 once all are obeyed."""
    if not lines:
        raise Problem(422, "training.word", REFUSED, OTHER)
    try:
        async with ControlLine(control) as line:
            for one in lines:
                await line.ask(one)
    except DeviceAway as error:
        raise Problem(503, "training.away", AWAY, AWAY_HELP) from error
    except DeviceRefused as error:
        raise Problem(409, "training.refused", REFUSED, _why(str(error))) from error
    return Response(status_code=204)


def _why(said: str) -> str:
    if "nobody reads" in said:
        return UNREAD
    if "faults can be planned" in said:
        return TOO_MANY
    return UNPLUGGED if "unplugged" in said else OTHER
