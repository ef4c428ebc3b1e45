"""Kubernetes over HTTP: the API server, a node's kubelet, and etcd, the cluster's store.

Only pages that stand outside the data are asked for: the front page, ``/version`` and the
kubelet's ``/healthz``. An API server shows itself by the form of its refusals, on any port.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

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
    printable,
)

API, KUBELET, ETCD = "api", "kubelet", "etcd"
OPEN, REFUSED, UNSEEN = "open", "refused", "unseen"
ETCD_PORTS: Final = (2379, 2381)
KUBELET_PORTS: Final = (10_250, 10_255)
_OK: Final = 200
_REFUSALS: Final = (401, 403)
_LIMIT: Final = 65_536
_NO_PAGE: Final = b"404 page not found"
"""What servers written in Go answer where they have no page."""
_FORBIDDEN: Final = b"Forbidden (user=system:anonymous, verb=get, resource=nodes"
_SHOWN: Final = 40


@dataclass(frozen=True)
class KubernetesAnswer(Facts):
    """Which part of a cluster a web service is, if any."""

    part: str = ""
    """``api``, ``kubelet``, ``etcd`` or empty."""
    access: str = UNSEEN
    """``open`` (answers people it does not know), ``refused`` (401, 403) or ``unseen``."""
    version: str = ""
    sure: bool = True
    """False where port and a single word are all that speaks for it."""


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=2)
def kubernetes_front(service: Service, net: Net) -> KubernetesAnswer:
    """Look at the front page, and on a hint or a usual port at one page more."""
    front = front_page(service, net, _LIMIT)
    access = _api_access(front, tls=service.tls)
    if access:
        version = _member(_ask(service, net, "/version"), "gitVersion")
        return KubernetesAnswer(API, access, version)
    if front.status in _REFUSALS and front.body.startswith(_FORBIDDEN):
        return KubernetesAnswer(KUBELET, REFUSED)
    if service.port in KUBELET_PORTS:
        return _kubelet(service, net)
    if service.port in ETCD_PORTS or front.body.strip() == _NO_PAGE:
        answer = net.http(service, "/version", follow=0, limit=_LIMIT)
        version = _member(answer, "etcdserver")
        if version and _member(answer, "etcdcluster"):
            return KubernetesAnswer(ETCD, UNSEEN, version)
        return _none(answer)
    return _none(front)


def _api_access(front: HttpResponse, *, tls: bool) -> str:
    """Tell an API server by its refusal (meta/v1 Status) or its list of paths."""
    page = _read(front)
    if page.get("kind") == "Status" and page.get("apiVersion") == "v1" and "code" in page:
        return REFUSED if front.status in _REFUSALS else UNSEEN
    paths = page.get("paths")
    listed = isinstance(paths, list) and {"/api", "/apis"} <= {p for p in paths if type(p) is str}
    if front.status != _OK or not listed:
        return ""
    # The unencrypted port knew no users at all; behind TLS the list may be all that is open.
    return UNSEEN if tls else OPEN


def _kubelet(service: Service, net: Net) -> KubernetesAnswer:
    answer = net.http(service, "/healthz", follow=0, limit=_LIMIT)
    body = answer.body.strip()
    if answer.status in _REFUSALS and body.startswith(_FORBIDDEN):
        return KubernetesAnswer(KUBELET, REFUSED)
    if answer.status == _REFUSALS[0] and body == b"Unauthorized":
        return KubernetesAnswer(KUBELET, REFUSED, sure=False)
    if answer.status == _OK and body == b"ok":
        return KubernetesAnswer(KUBELET, OPEN, sure=False)
    return _none(answer)


def _ask(service: Service, net: Net, path: str) -> HttpResponse | None:
    try:
        return net.http(service, path, follow=0, limit=_LIMIT)
    except AttemptError:
        return None


def _none(answer: HttpResponse) -> KubernetesAnswer:
    """An answer that fails or breaks off rules it out only where it is a web page."""
    if answer.unread(_LIMIT) and not answer.body.lstrip().startswith(b"<"):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"HTTP {answer.status}, not read")
    return KubernetesAnswer()


def _member(answer: HttpResponse | None, name: str) -> str:
    value = _read(answer).get(name) if answer and answer.status == _OK else None
    text = value if isinstance(value, str) else ""
    return printable(text, _SHOWN)


def _read(answer: HttpResponse) -> dict[str, Any]:
    try:
        page = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return page if isinstance(page, dict) else {}
