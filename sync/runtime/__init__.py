"""What both programs stand on: settings, logging, clock, ids, supervision and the HTTP server.

It knows nothing of pages, messages or shops, and imports nothing above it. Start with the module that
carries the name of what you need:

- `settings`: `class HubSettings(ProgramSettings, env_prefix="OMO_HUB_")`, then `HubSettings.load(path)`;
- `logging`: `configure_logging("json")`, then `get_logger(__name__).info("order.placed", order=order_id)`;
- `clock`, `ids`: `SystemClock()`, `new_id()`;
- `supervision`: `asyncio.run(supervise([Service("link", run_link), http_service(app, options)]))`.
"""
