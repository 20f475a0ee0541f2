"""Runs the agent as a process: its parts, its pages and its door, from the start to an ordered end."""

from pos_agent.agent import Agent
from pos_agent.app import build_app, build_lan_app
from pos_agent.desk import Desk
from pos_agent.enrolment import Enrolment
from pos_agent.hardware.choose_devices import Chosen
from sync.runtime.logging import get_logger
from sync.runtime.server import Listener, ServerOptions, http_service
from sync.runtime.supervision import Service, supervise

log = get_logger(__name__)


async def run_agent(chosen: Chosen, enrolment: Enrolment) -> int:
    """Run until told to stop; returns the exit code."""
    settings = chosen.settings
    for problem in chosen.problems:
        log.error("devices.file_broken", problem=problem, used="agent.toml")
    listener = Listener(ServerOptions(host=settings.host, port=settings.port))
    agent = Agent(settings, enrolment, chosen=chosen)
    try:
        await agent.start()
        app = build_app(agent.desk, listener.port)
        pages = http_service(app, listener, before_stop=agent.desk.screens.close)
        log.info("agent.started", store=enrolment.store, sinc=enrolment.sinc, url=listener.url)
        return await supervise([*agent.services(), pages, *await lan_services(agent.desk)])
    finally:
        await agent.close()


async def lan_services(desk: Desk) -> list[Service]:
    """What serves the shop's network; nothing where the door stays shut."""
    listener = await desk.lan.open()
    if listener is None:
        return []
    pages = http_service(build_lan_app(desk), listener, name="https", before_stop=desk.screens.close)
    return [pages, Service("certificate", desk.lan.keep)]
