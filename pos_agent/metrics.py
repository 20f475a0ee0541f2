"""What the agent measures; read at `/metrics`. A registry of its own, so that tests never share counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    """The agent's figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.dropped = Counter(
            "omo_agent_messages_dropped",
            "Messages that were refused, by reason",
            ["reason"],
            registry=self.registry,
        )
        self.received = Counter(
            "omo_agent_messages_received", "Messages taken, by kind", ["kind"], registry=self.registry
        )
        self.overflowed = Gauge(
            "omo_agent_messages_overflowed",
            "Messages dropped unread since the start: the queue was full, or they were too large",
            registry=self.registry,
        )
        self.sent = Counter(
            "omo_agent_events_sent", "Events sent up, resends included", registry=self.registry
        )
        self.resends = Counter(
            "omo_agent_resends", "Times the log was sent again from what the hub had", registry=self.registry
        )
        self.digests = Counter(
            "omo_agent_digests_told", "Times the balances were told for comparison", registry=self.registry
        )
        self.unsent = Gauge(
            "omo_agent_events_unsent", "Events that the hub has not applied yet", registry=self.registry
        )
        self.online = Gauge("omo_agent_online", "1 while the hub is heard", registry=self.registry)
        self.loop_delay = Gauge(
            "omo_agent_loop_delay_seconds", "The last delay of the event loop", registry=self.registry
        )
