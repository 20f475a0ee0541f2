"""The devices' states and counts as Prometheus reads them: taken from the board when they are asked for."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from devices.tally import Tally
from pos_agent.hardware.board import DeviceBoard, Shown

_COUNTS: Final = tuple(one.name for one in fields(Tally) if one.type is int or one.type == "int")


class DeviceMetrics(Collector):
    """What the board shows; a device's present state is a label, its value 1."""

    def __init__(self, board: DeviceBoard) -> None:
        self._board = board

    def collect(self) -> Iterable[Metric]:
        """The figures of this moment."""
        state = GaugeMetricFamily(
            "omo_agent_device_state",
            "1 for the state that a device was last heard to be in",
            labels=["kind", "device", "state"],
        )
        count = CounterMetricFamily(
            "omo_agent_device",
            "What a device did since the start, by what is counted",
            labels=["kind", "device", "count"],
        )
        for kind, one in self._all():
            state.add_metric([kind, one.id, one.state], 1)
            for name in _COUNTS:
                count.add_metric([kind, one.id, name], getattr(one.tally, name))
        return (state, count)

    def _all(self) -> Iterable[tuple[str, Shown]]:
        kinds = (
            ("printer", self._board.printers),
            ("scanner", self._board.scanners),
            ("display", self._board.displays),
        )
        return [(kind, one) for kind, devices in kinds for one in list(devices.values())]
