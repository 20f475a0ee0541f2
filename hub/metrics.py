"""What the hub counts, for Prometheus: read from the running parts when asked, nothing kept twice."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hub.kernel import Kernel
from hub.link.worker import LinkWorker


class HubCollector(Collector):
    """Reads the running parts."""

    def __init__(self, kernel: Kernel, worker: LinkWorker) -> None:
        self._kernel = kernel
        self._worker = worker

    def collect(self) -> Iterator[Metric]:
        """The present values."""
        writer = self._kernel.writer
        yield CounterMetricFamily("omo_hub_commands", "Commands committed", value=writer.commands)
        yield CounterMetricFamily("omo_hub_commits", "Transactions committed", value=writer.batches)
        yield GaugeMetricFamily("omo_hub_commands_waiting", "Commands in the queue", value=writer.waiting)
        yield CounterMetricFamily(
            "omo_hub_events_applied", "Events of stores applied", value=self._worker.events_applied
        )
        yield CounterMetricFamily(
            "omo_hub_messages_undecodable", "Messages dropped as garbage", value=self._worker.undecodable
        )
        yield CounterMetricFamily(
            "omo_hub_messages_newer", "Messages dropped: of a newer version", value=self._worker.newer
        )
        heard = CounterMetricFamily(
            "omo_hub_messages", "Messages of stores, by what became of them", labels=["outcome"]
        )
        for outcome, count in self._worker.outcomes.items():
            heard.add_metric([outcome], count)
        yield heard
        yield CounterMetricFamily(
            "omo_hub_messages_overflowed",
            "Messages dropped unread: the queue was full, or they were too large",
            value=self._worker.overflowed,
        )
        comparing = self._worker.comparing
        yield CounterMetricFamily("omo_hub_digests_compared", "Digests compared", value=comparing.compared)
        yield CounterMetricFamily(
            "omo_hub_digests_ignored", "Digests and rows of another event", value=comparing.ignored
        )
        yield GaugeMetricFamily(
            "omo_hub_broker_connected", "1 while connected", value=int(self._worker.is_connected)
        )
        reach = GaugeMetricFamily("omo_hub_store_in_reach", "1 for a store heard lately", labels=["store"])
        for store in self._kernel.directory.all():
            reach.add_metric([store.id], int(self._kernel.directory.is_in_reach(store.id)))
        yield reach
        yield GaugeMetricFamily("omo_hub_pages_listening", "Open pages", value=self._kernel.events.listeners)


def hub_registry(kernel: Kernel, worker: LinkWorker) -> CollectorRegistry:
    """The hub's metrics."""
    registry = CollectorRegistry()
    registry.register(HubCollector(kernel, worker))
    return registry
