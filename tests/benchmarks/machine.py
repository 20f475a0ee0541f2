"""What the machine is, and what its processes use: read from /proc alone."""

import os
import platform
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, str | int]:
    """The machine in a few facts."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "cpu": names[0] if names else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": memory_kb // 1024,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def file_system(path: Path) -> str:
    """The kind of file system below a path; a database on tmpfs would prove nothing."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _device, mount, name = line.split()[:3]
        if str(path).startswith(mount) and len(mount) > len(best):
            best, kind = mount, name
    return kind


def cpu_s(pids: Iterable[int]) -> float:
    """Seconds of processor that processes have used so far, user and system."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def pss_mb(pid: int) -> float:
    """Proportional set size of a process in MB: shared pages counted by share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def busy_share() -> tuple[float, float]:
    """(busy, all) seconds of all cores since boot: how loaded the machine is by others too."""
    fields = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS, sum(fields) / TICKS
