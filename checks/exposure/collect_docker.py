"""The Docker interface over HTTP: whoever reaches it without a certificate owns the machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    HttpResponse,
    Net,
    Service,
    collector,
    front_page,
)

USUAL_PORTS: Final = (2375, 2376)
_OK: Final = 200
_NOT_FOUND: Final = b"page not found"
_FRONT_LIMIT: Final = 262_144
_VERSION_LIMIT: Final = 16_384


@dataclass(frozen=True)
class DockerAnswer(Facts):
    """Whether a web service is the Docker interface."""

    found: bool
    version: str = ""


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=2)
def docker_version(service: Service, net: Net) -> DockerAnswer:
    """Ask for the version, and only where port or front page hint at Docker."""
    if service.port not in USUAL_PORTS:
        front = front_page(service, net, _FRONT_LIMIT)
        if not _hints(front):
            _expect_seen(front, _FRONT_LIMIT)
            return DockerAnswer(found=False)
    answer = net.http(service, "/version", follow=0, limit=_VERSION_LIMIT)
    found = read_version(answer)
    if not found.found:
        _expect_seen(answer, _VERSION_LIMIT)
    return found


def _expect_seen(answer: HttpResponse, limit: int) -> None:
    """An answer that fails or breaks off rules Docker out only where it is a web page."""
    if answer.unread(limit) and not answer.body.lstrip().startswith(b"<"):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"HTTP {answer.status}, not read")


def _hints(answer: HttpResponse) -> bool:
    named = answer.header("server").startswith("Docker/")
    return named or bool(answer.header("api-version")) or _NOT_FOUND in answer.body[:200]


def read_version(answer: HttpResponse) -> DockerAnswer:
    """Read the answer to ``/version`` (Docker Engine API): only its own members count."""
    try:
        page = json.loads(answer.body)
    except (ValueError, RecursionError):
        return DockerAnswer(found=False)
    if answer.status != _OK or not isinstance(page, dict):
        return DockerAnswer(found=False)
    own = isinstance(page.get("ApiVersion"), str) and isinstance(page.get("Version"), str)
    return DockerAnswer(own, page["Version"][:40]) if own else DockerAnswer(found=False)
