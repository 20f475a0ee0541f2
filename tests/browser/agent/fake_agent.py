"""The agent's HTTP face over `FakeShop`: the real pages, the real guards, a store in memory."""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from pos_agent.problems import refusal
from pos_agent.screen.pages import ROUTES
from pos_agent.staff.rules import CLERK
from sync.rules.errors import Finished, Refused
from sync.runtime.clock import SystemClock
from sync.web.app import WebParts, web_app
from sync.web.assets import Assets
from sync.web.events import EventHub
from sync.web.permissions import NOBODY, PUBLIC_API, Identity
from sync.web.routes import identity_of, route
from sync.web.templates import Frame, Pages
from sync.web.translations import load_texts
from tests.browser.agent.fake_documents import FakeDocuments
from tests.browser.agent.fake_shop import STAFF, FakeShop, instant

SCREEN = "pos_agent.screen"
COOKIE = "fake-agent"


class FakeAgent:
    """Serves a shop; tests reach into `shop` and `events`."""

    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop
        self.papers = FakeDocuments()
        self.events = EventHub()

    def app(self) -> Starlette:
        """The application."""
        assets = Assets({"agent": SCREEN})
        frame = Frame(assets=assets, library=load_texts(["pos_agent.problems", SCREEN]), clock=SystemClock())
        pages = Pages(frame, areas=[SCREEN])
        routes = [*self._till(), *self._counter(), *self._staff(), *self._documents(), *ROUTES]
        parts = WebParts(
            routes=routes,
            pages=pages,
            identify=self._identify,
            sign_in_url="/sign-in",
            translate={Refused: refusal},
        )
        return web_app(parts)

    def tell(self, channel: str, event: str, data: Any = None) -> None:
        """Push an event to the open pages; call it in the server's loop."""
        self.events.publish(channel, event, data)

    async def _identify(self, request: Request) -> Identity:
        person = next((one for one in STAFF if one["login"] == request.cookies.get(COOKIE)), None)
        if person is None:
            return NOBODY
        held = frozenset({"clerk", "manager"}) if person["role"] == "manager" else frozenset({"clerk"})
        return Identity(str(person["login"]), permissions=held, by_cookie=True)

    def _route(self, path: str, act: Callable[[Request, Any], Any], method: str = "POST") -> BaseRoute:
        """A route whose `act(request, body)` gives the answer's body."""

        async def endpoint(request: Request) -> Response:
            self.shop.calls.append((method, request.url.path))
            body = await request.json() if method in {"POST", "PATCH"} else None
            return JSONResponse(act(request, body))

        return route(path, endpoint, (method,), permission=CLERK, name=f"{method} {path}")

    def _shown(self, channel: str, event: str, data: Any) -> Any:
        self.tell(channel, event, data)
        return data

    # --- the till ---

    def _till(self) -> list[BaseRoute]:
        shop, base = self.shop, "/api/v1/till"

        def ticket(act: Callable[[Request, Any], None]) -> Callable[[Request, Any], Any]:
            def run(request: Request, body: Any) -> Any:
                act(request, body)
                return self._shown("till", "ticket", shop.ticket())

            return run

        def line_of(request: Request) -> int:
            return int(request.path_params["line"])

        def drop(request: Request, _body: Any) -> None:
            shop.lines = [one for one in shop.lines if one["line"] != line_of(request)]

        return [
            self._route("/api/v1/status", lambda request, _body: self._status(request), "GET"),
            self._route("/api/v1/focus/till", self._focus),
            self._route(f"{base}/ticket", lambda _request, _body: shop.ticket(), "GET"),
            self._route(f"{base}/scan", self._scan),
            self._route(
                f"{base}/lines",
                ticket(lambda _request, body: shop.add(body["sku"], body["qty"] * body.get("pieces", 1))),
            ),
            self._route(
                f"{base}/lines/{{line:int}}",
                ticket(lambda request, body: shop.set_qty(line_of(request), body["qty"])),
                "PATCH",
            ),
            self._route(f"{base}/lines/{{line:int}}", ticket(drop), "DELETE"),
            self._route(f"{base}/clear", ticket(lambda _request, _body: shop.lines.clear())),
            self._route(f"{base}/pay", self._pay),
            self._route(
                f"{base}/search",
                lambda request, _body: {"items": shop.search(request.query_params["q"])},
                "GET",
            ),
            self._route("/api/v1/receipts", lambda _request, _body: self._receipts(), "GET"),
            self._route("/api/v1/receipts/{number}", self._receipt, "GET"),
            self._route("/api/v1/receipts/{number}/reprint", lambda _request, _body: {"job": "j-1"}),
            route("/events", self._events, permission=CLERK),
        ]

    async def _events(self, request: Request) -> Response:
        asked = request.query_params.get("channels", "till,counter,status").split(",")
        return self.events.response(request, asked)

    def _status(self, request: Request) -> dict[str, Any]:
        shop = self.shop
        person = next(one for one in STAFF if one["login"] == identity_of(request).subject)
        return {
            "store": "renmin",
            "names": {"zh-CN": "人民路店", "en": "Renmin Road"},
            "till": "1",
            "online": shop.online,
            "since": shop.since or instant(-240),
            "alarm": shop.alarm,
            "unsent": shop.unsent,
            "documents": self.papers.waiting()["open"],
            "printers": [{"id": "front", "role": "receipt", "state": shop.printer, "text": ""}],
            "scanners": [{"id": "gun", "state": "ready"}],
            "displays": [],
            "staff": {name: person[name] for name in ("login", "names", "role")},
            "currency": "CNY",
            "locale": "zh-CN",
            "tz": "Asia/Shanghai",
            "now": instant(0),
            "focus": "counter" if shop.picking else "till",
            "picking": shop.picking,
        }

    def _focus(self, request: Request, _body: Any) -> dict[str, Any]:
        self.shop.picking = None
        return self._status(request)

    def _scan(self, _request: Request, body: Any) -> dict[str, Any]:
        self.shop.add(self.shop.sku_of(body["code"]), body["qty"])
        return {"meaning": "line", "ticket": self._shown("till", "ticket", self.shop.ticket())}

    def _pay(self, request: Request, body: Any) -> Any:
        override = (body["override"] or {}).get("reason")
        if override and not identity_of(request).may(CLERK):
            raise Refused("override_refused")
        return self._shown("till", "ticket", self.shop.pay(body["given_minor"], override))

    def _receipts(self) -> dict[str, Any]:
        kept = reversed(self.shop.receipts.values())
        names = ("number", "at", "total_minor", "currency")
        return {"receipts": [{**{name: one[name] for name in names}, "till": "1"} for one in kept]}

    def _receipt(self, request: Request, _body: Any) -> dict[str, Any]:
        receipt = self.shop.receipts.get(request.path_params["number"])
        if receipt is None:
            raise Refused("unknown_receipt")
        return {**receipt, "printed": self.shop.printed}

    # --- the counter ---

    def _counter(self) -> list[BaseRoute]:
        base, one = "/api/v1/counter", "/api/v1/counter/orders/{order}"
        steps = {
            "pick": self._pick,
            "scan": self._pick_scan,
            "short": self._short,
            "not-found": self._not_found,
            "ready": self._ready,
            "put-back": self._put_back,
            "verify": self._verify,
        }
        return [
            self._route(base, lambda _request, _body: self.shop.lists(), "GET"),
            self._route(
                f"{base}/find",
                lambda _request, body: self.shop.find(body["code"], body.get("phone_tail", "")),
            ),
            self._route(f"{one}/hand-over", self._hand_over),
            self._route(f"{one}/release", self._release),
            *(self._route(f"{one}/{name}", self._step(act)) for name, act in steps.items()),
        ]

    def _step(self, act: Callable[[dict[str, Any], Any], None]) -> Callable[[Request, Any], Any]:
        def run(request: Request, body: Any) -> Any:
            order = self.shop.orders[request.path_params["order"]]
            if self.shop.replaced:
                raise Refused("replaced")
            act(order, body)
            return self._shown("counter", "order", order)

        return run

    def _pick(self, order: dict[str, Any], _body: Any) -> None:
        order["stage"], self.shop.picking = "picking", order["order"]

    def _pick_scan(self, order: dict[str, Any], body: Any) -> None:
        sku = self.shop.sku_of(body["code"])
        line = next((one for one in order["lines"] if one["sku"] == sku), None)
        if line is None:
            raise Refused("wrong_item", sku=sku)
        if line["picked"] >= line["qty"] - line["short"]:
            raise Refused("already_picked", sku=sku)
        line["picked"] += 1

    def _short(self, order: dict[str, Any], body: Any) -> None:
        order["lines"][body["line"] - 1]["short"] += body["n"]

    def _not_found(self, order: dict[str, Any], body: Any) -> None:
        line = order["lines"][body["line"] - 1]
        line["short"] += line["look"]
        line["look"] = 0

    def _ready(self, order: dict[str, Any], _body: Any) -> None:
        order["stage"], self.shop.picking = "ready", None

    def _put_back(self, order: dict[str, Any], body: Any) -> None:
        order["lines"][body["line"] - 1]["to_put_back"] -= 1

    def _verify(self, order: dict[str, Any], body: Any) -> None:
        if not order["unsure"]:
            raise Refused("is_sure")
        order["unsure"] = False
        if body["collected"]:
            order.update(stage="closed", outcome="done", closed_at=instant(0))

    def _release(self, request: Request, _body: Any) -> Any:
        order = self.shop.orders[request.path_params["order"]]
        order.update(stage="closed", outcome="released", closed_at=instant(0))
        for line in order["lines"]:
            line["to_put_back"] = line["picked"]
        return self._shown("counter", "order", order)

    def _hand_over(self, request: Request, body: Any) -> dict[str, Any]:
        order = self.shop.orders[request.path_params["order"]]
        if order["stage"] == "closed":
            raise Finished(at=order["closed_at"], where="qr")
        due = order["due_minor"]
        if due and not body.get("tender"):
            raise Refused("payment_needed", due_minor=due)
        given = body["tender"]["given_minor"] if due else 0
        number = self.shop.keep_receipt(due, given)
        order.update(stage="closed", outcome="done", closed_at=instant(0))
        for line in order["lines"]:
            line.update(done=line["qty"], picked=0)
        self.tell("counter", "order", order)
        receipt = self.shop.receipts[number]
        return {"order": order, "receipt": {**receipt, "printed": "queued"}}

    # --- documents ---

    def _documents(self) -> list[BaseRoute]:
        one = "/api/v1/documents/{document}"

        def act(name: str) -> Callable[[Request, Any], Any]:
            def run(request: Request, body: Any) -> Any:
                document = request.path_params["document"]
                shown = getattr(self.papers, name)(document, body, identity_of(request).subject)
                if shown["state"] != "open":
                    self.tell("status", "documents", {"document": document})
                return shown

            return run

        return [
            self._route("/api/v1/documents", lambda _request, _body: self.papers.waiting(), "GET"),
            self._route(one, lambda request, _body: self.papers.show(request.path_params["document"]), "GET"),
            self._route(f"{one}/lines", act("find")),
            self._route(f"{one}/book", act("book_it")),
            self._route(f"{one}/refuse", act("refuse")),
            self._route("/api/v1/counts", lambda _request, body: self.papers.count(body)),
        ]

    # --- people and goods ---

    def _staff(self) -> list[BaseRoute]:
        return [
            route("/api/v1/staff", self._people, permission=PUBLIC_API),
            route("/api/v1/sign-in", self._sign_in, ("POST",), permission=PUBLIC_API),
            route("/api/v1/sign-out", self._sign_out, ("POST",), permission=PUBLIC_API),
            self._route("/api/v1/stock/receive", self._receive),
            self._route("/api/v1/frozen", lambda _request, _body: {"count": self.shop.frozen}, "GET"),
            self._route("/api/v1/stock/accept", self._accept),
            self._route("/api/v1/stock/{sku}/why", self._why, "GET"),
        ]

    async def _people(self, _request: Request) -> Response:
        shown = [{name: one[name] for name in ("login", "names", "role")} for one in STAFF]
        names = {"zh-CN": "人民路店", "en": "Renmin Road"}
        return JSONResponse({"store": "renmin", "names": names, "staff": shown, "tills": ["1"]})

    async def _sign_in(self, request: Request) -> Response:
        body = await request.json()
        person = next(
            (one for one in STAFF if one["login"] == body["login"] and one["pin"] == body["pin"]), None
        )
        if person is None:
            raise Refused("wrong_pin")
        answer = JSONResponse({"login": person["login"]})
        answer.set_cookie(COOKIE, str(person["login"]), httponly=True, samesite="lax")
        return answer

    async def _sign_out(self, _request: Request) -> Response:
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE)
        return answer

    def _why(self, request: Request, _body: Any) -> dict[str, Any]:
        """Sixty units came, one after the other they were sold; a page of fifty movements at a time."""
        before = int((request.query_params.get("before") or "62-0").partition("-")[0])
        moves = [
            {
                "seq": seq,
                "place": 0,
                "qty": 1,
                "reason": "sale" if seq > 1 else "receive",
                "ref": f"1-0007-{seq:06d}",
                "order": "",
                "actor": "wang",
                "at": instant(-600 + seq),
                "change": -1 if seq > 1 else 107,
                "balance": 108 - seq,
            }
            for seq in range(before - 1, max(0, before - 51), -1)
        ]
        last = max(1, before - 50)
        now = {"on_hand": 47, "floor": 45, "staged": 2, "damaged": 0, "free": 40, "open": 2}
        now["frozen"] = self.shop.frozen > 0
        return {
            "sku": request.path_params["sku"],
            "now": now,
            "sum": {"movements": 61, "on_hand": self.shop.summed, "agrees": self.shop.summed == 47},
            "movements": moves,
            "next_before": f"{last}-0" if last > 1 else None,
            "holds": [{"order": "o-1", "number": "R-0712", "line": 1, "qty": 2, "open": 2}],
            "rejected": [],
        }

    def _accept(self, _request: Request, body: Any) -> dict[str, Any]:
        before = self.shop.frozen
        self.shop.frozen = before - 1 if body.get("skus") else max(0, before - 2_000)
        self.tell("status", "frozen", {"count": self.shop.frozen})
        return {"accepted": before - self.shop.frozen, "left": self.shop.frozen}

    def _receive(self, _request: Request, body: Any) -> dict[str, Any]:
        if body["ref"] in self.papers.notes:
            raise Refused("ref_booked", ref=body["ref"], at=instant(0), by=self.papers.notes[body["ref"]])
        is_repeat = body["ref"] in self.shop.received
        self.shop.received.setdefault(body["ref"], body["lines"])
        units = sum(line["qty"] for line in body["lines"])
        return {"ref": body["ref"], "seq": 1, "units": units, "repeated": is_repeat}
