"""Shows a till's ticket on everything that follows it: the till's pages, the customer's page and the pole."""

from typing import Any

from pos_agent.desk import Desk, facing_channel, till_channel
from pos_agent.till.facing import facing_of, pole_view


def show_ticket(desk: Desk, till: str, ticket: dict[str, Any]) -> None:
    """Tell of a ticket that was just committed; returns at once."""
    desk.screens.publish(till_channel(till), "ticket", ticket)
    facing = facing_of(ticket)
    before = desk.facing.get(till)
    desk.facing[till] = facing
    desk.screens.publish(facing_channel(till), "facing", facing)
    if desk.displays.has(till):
        view = pole_view(facing, before, desk.profile)
        desk.displays.show(till, view, for_a_while=facing["state"] == "paid")
