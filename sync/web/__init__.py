"""What both programs' pages stand on: routes, forms, sessions, problems, events, texts, static files.

An application in one look:

    library = load_texts(["hub.web", "hub.orders"])                  # translations
    assets = Assets({"hub": "hub.web"})                              # assets: /static/hub/<digest>/…
    frame = Frame(assets=assets, library=library, clock=SystemClock())
    pages = Pages(frame, frames=["hub.web"], areas=["hub.orders"])   # templates
    app = web_app(WebParts(routes=[...], pages=pages, identify=identify, sign_in_url="/sign-in"))   # app

A route names its permission, and its contract when it belongs to the API document:

    class NewOrder(BaseModel):
        model_config = ConfigDict(extra="forbid")
        store: Line
        qty: Count

    async def place(request: Request) -> Response:
        key = idempotency_key(request)                # 400 when missing
        order = await read_json(request, NewOrder)    # 415, 422 with one message a field
        if short:
            raise Problem(409, "stock.short", N_("Not enough stock"), extra={"available": 3})
        return JSONResponse({"id": …}, 201)

    route("/api/v1/orders", place, ["POST"], permission=PUBLIC_API,
          contract=Contract(summary="Place an order", body=NewOrder, answers={201: Order}, idempotent=True))

A page, and a form that comes back with its faults:

    async def sign_in(request: Request) -> Response:
        try:
            given = await read_form(request, SignIn)
        except InvalidInput as wrong:
            faults = {one.field: gettext(one.message, **one.values) for one in wrong.faults}
            context = {"given": wrong.given, "faults": faults}
            return pages.page(request, "staff/sign_in.html", context, status=422)
        answer = RedirectResponse(local_path(request.query_params.get("next")), 303)
        await sessions.open(request, answer, subject=person.id, data={"store": person.store})
        return answer

    {% extends "base.html" %}{% import "components.html" as ui %}{% from "icons.html" import icon %}
    {% block title %}{{ _("Orders") }}{% endblock %}
    {% block content %}{{ ui.pill("ok", _("Ready")) }} {{ order.total_minor|money(order.currency) }}
    {{ ui.field("phone", _("Phone"), given.phone, faults.get("phone", "")) }}{% endblock %}

`identify` turns a session or an Authorization header into who is calling:

    async def identify(request: Request) -> Identity:
        session = await sessions.read(request)
        return NOBODY if session is None else Identity(
            session.subject, permissions=frozenset({"clerk"}), by_cookie=True, data=dict(session.data))

Events to open pages; a page is a view and reads its state again whenever the line opens:

    hub = EventHub()
    async def events(request: Request) -> Response:
        return hub.response(request, [f"store/{store}"])
    hub.publish("store/s1", "order.changed", {"id": order_id})
    http_service(app, Listener(options), before_stop=hub.close)

    import { live } from "omo/web/live.js";
    live("/events", { "order.changed": paint }, { onState: (state) => state === "open" && reload() });

Scripts are modules from files (the policy allows no inline script, style attribute or eval):
`import htm from "htm"; import { h, render } from "preact"; const html = htm.bind(h);`
with `import { useState } from "preact/hooks"`, and own files as `omo/<bundle>/…`.

Texts: `python -m sync.web.translation_check hub.web` brings a package's `translations/{zh_CN,en}.po` up to
date and tells what is missing; a test asserts `check_translations("hub.web") == []`.
"""
