"""The three addresses that machines ask: is the process alive, is it ready, what does it measure."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sync.runtime.logging import get_logger
from sync.web.permissions import PUBLIC_API, Permission
from sync.web.routes import GuardedRoute, route

log = get_logger(__name__)
CHECK_LIMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        ok: True when the program can do its work.
        detail: A few plain words, no secret.
    """

    ok: bool
    detail: str = ""


Check = Callable[[], Awaitable[Finding]]


def health_routes(
    checks: Mapping[str, Check], registry: CollectorRegistry, *, metrics: Permission = PUBLIC_API
) -> list[GuardedRoute]:
    """Return `/healthz`, `/readyz` (503 when a check fails) and `/metrics` (Prometheus text).

    Args:
        checks: Name to check; each has `CHECK_LIMIT_S` to answer.
        registry: The program's metrics.
        metrics: Who may read the metrics.
    """

    async def healthz(request: Request) -> Response:
        del request
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})

    async def readyz(request: Request) -> Response:
        del request
        findings = {name: await _ask(name, check) for name, check in checks.items()}
        ready = all(finding.ok for finding in findings.values())
        body = {
            "status": "ok" if ready else "unready",
            "checks": {name: {"ok": one.ok, "detail": one.detail} for name, one in findings.items()},
        }
        return JSONResponse(body, 200 if ready else 503, headers={"cache-control": "no-store"})

    async def metrics_text(request: Request) -> Response:
        del request
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return [
        route("/healthz", healthz, permission=PUBLIC_API),
        route("/readyz", readyz, permission=PUBLIC_API),
        route("/metrics", metrics_text, permission=metrics, name="metrics"),
    ]


async def _ask(name: str, check: Check) -> Finding:
    try:
        async with asyncio.timeout(CHECK_LIMIT_S):
            return await check()
    except TimeoutError:
        return Finding(ok=False, detail=f"no answer within {CHECK_LIMIT_S:.0f} s")
    except Exception:  # a broken check is a finding, not a broken page
        log.exception("health.check_failed", check=name)
        return Finding(ok=False, detail="the check itself failed; see the log")
