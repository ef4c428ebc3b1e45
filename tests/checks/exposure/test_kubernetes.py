"""Kubernetes and etcd: told by the form of their answers, refused or not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.exposure import docker, kubernetes
from posture_scan.checks.exposure.collect_docker import docker_version
from posture_scan.checks.exposure.collect_kubernetes import KubernetesAnswer, kubernetes_front

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, HttpResponse, Service, Status
from tests.checks.edge_device.sites import DECOYS
from tests.fakes import FakeNet, page


def status(code: int, reason: str) -> HttpResponse:
    """What an API server answers to those it does not know (meta/v1 Status)."""
    body = {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": reason, "reason": reason, "code": code,
    }  # fmt: skip
    return page(json.dumps(body), status=code, content_type="application/json")


FORBIDDEN, UNAUTHORISED = status(403, "Forbidden"), status(401, "Unauthorized")
VERSION = page('{"major": "1", "minor": "30", "gitVersion": "v1.30.2+k3s1"}')
PATHS = page('{"paths": ["/.well-known/openid-configuration", "/api", "/api/v1", "/apis"]}')
ETCD = page('{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}')
NO_PAGE = page("404 page not found\n", status=404)
NODE = page(
    "Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource=proxy)", status=403
)
NOT_KNOWN = page("Unauthorized", status=401)


def look(
    pages: dict[str, HttpResponse | Attempt], port: int = 443, *, tls: bool = True
) -> KubernetesAnswer:
    service = Service("http", tls=tls, address="192.0.2.1", port=port)
    net = FakeNet(pages=pages, missing=NO_PAGE)
    facts: KubernetesAnswer = kubernetes_front.function(service, net)
    assert decode(KubernetesAnswer, encode(facts)) == facts
    assert len(net.requests) <= kubernetes_front.max_connections
    return facts


@pytest.mark.parametrize(
    ("pages", "port", "tls", "expected"),
    [
        ({"/": FORBIDDEN, "/version": VERSION}, 443, True,
         KubernetesAnswer("api", "refused", "v1.30.2+k3s1")),
        ({"/": UNAUTHORISED, "/version": UNAUTHORISED}, 6443, True,
         KubernetesAnswer("api", "refused")),
        ({"/": FORBIDDEN, "/version": Attempt.TIMEOUT}, 6443, True,
         KubernetesAnswer("api", "refused")),
        ({"/": PATHS, "/version": VERSION}, 6443, True,
         KubernetesAnswer("api", "unseen", "v1.30.2+k3s1")),
        ({"/": PATHS, "/version": VERSION}, 8080, False,
         KubernetesAnswer("api", "open", "v1.30.2+k3s1")),
        ({"/": NODE}, 443, True, KubernetesAnswer("kubelet", "refused")),
        ({"/": NO_PAGE, "/healthz": NODE}, 10250, True, KubernetesAnswer("kubelet", "refused")),
        ({"/": NOT_KNOWN, "/healthz": NOT_KNOWN}, 10250, True,
         KubernetesAnswer("kubelet", "refused", sure=False)),
        ({"/": NO_PAGE, "/healthz": page("ok")}, 10250, True,
         KubernetesAnswer("kubelet", "open", sure=False)),
        ({"/": NO_PAGE, "/version": ETCD}, 2379, False, KubernetesAnswer("etcd", version="3.4.23")),
        ({"/": NO_PAGE, "/version": ETCD}, 4001, False, KubernetesAnswer("etcd", version="3.4.23")),
    ],
)  # fmt: skip
def test_parts(
    pages: dict[str, HttpResponse | Attempt], port: int, tls: bool,  # noqa: FBT001
    expected: KubernetesAnswer,
) -> None:  # fmt: skip
    seen = look(pages, port, tls=tls)
    assert seen == expected
    assert kubernetes.exposed.function(seen).status is Status.FAIL
    wanted = {"open": Status.FAIL, "refused": Status.PASS, "unseen": Status.UNKNOWN}
    assert kubernetes.no_auth.function(seen).status is wanted[seen.access]


@pytest.mark.parametrize(
    ("pages", "port"),
    [
        ({"/": page("hello")}, 443),
        ({"/": NOT_KNOWN}, 443),
        ({"/": page("ok"), "/healthz": page("ok")}, 443),
        ({"/": page("hello"), "/healthz": page("fine")}, 10250),
        ({"/": page("hello"), "/version": page('{"version": "1"}')}, 2379),
        ({"/": page('{"kind": "Status"}')}, 6443),
        ({"/": page('{"paths": ["/api"]}')}, 6443),
        ({"/": page("[" * 50_000)}, 6443),
        *(({"/": site.pages["/"]}, 443) for site in DECOYS.values() if "/" in site.pages),
    ],
)
def test_others_are_not_taken_for_it(pages: dict[str, HttpResponse], port: int) -> None:
    seen = look({**pages}, port)
    assert seen == KubernetesAnswer()
    assert kubernetes.exposed.function(seen).status is Status.PASS
    assert kubernetes.no_auth.function(seen).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("port", [443, 2379, 10250])
def test_an_answer_that_fails_rules_nothing_out(port: int) -> None:
    broken = page("", status=503)
    with pytest.raises(AttemptError):
        look({"/": broken, "/version": broken, "/healthz": broken}, port)


def test_etcd_is_no_docker_and_docker_no_etcd() -> None:
    service = Service("http", address="192.0.2.1", port=2379)
    net = FakeNet(pages={"/": NO_PAGE, "/version": ETCD})
    seen = docker_version.function(service, net)
    assert docker.exposed.function(seen).status is Status.PASS
    engine = page('{"Version": "24.0.7", "ApiVersion": "1.43", "Os": "linux"}')
    assert look({"/": NO_PAGE, "/version": engine}, 2375, tls=False) == KubernetesAnswer()


WORDS = st.sampled_from(("kind", "apiVersion", "code", "paths", "gitVersion", "etcdserver",
                         "etcdcluster", "Status", "v1", "/api", "/apis"))  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON, st.sampled_from((200, 401, 403, 404)), st.sampled_from((443, 2379, 10250)))
def test_any_json_is_survived(one: object, two: object, code: int, port: int) -> None:
    first, second = page(json.dumps(one), status=code), page(json.dumps(two))
    seen = look({"/": first, "/version": second, "/healthz": second}, port)
    assert all(" " < sign <= "~" for sign in seen.version)


# --- what discovery heard already ------------------------------------------------------------


def raw(status: str, body: str, *headers: str) -> bytes:
    """An answer as it comes over the wire."""
    lines = [f"HTTP/1.1 {status}", *headers, "", body]
    return "\r\n".join(lines).encode()


STATUS_BODY = FORBIDDEN.body.decode()
WHOLE = f"Content-Length: {len(STATUS_BODY)}"
PAGE = "<!DOCTYPE html><title>Bread</title>" + "x" * 900


@pytest.mark.parametrize(
    ("greeting", "part", "asked"),
    [
        (raw("403 Forbidden", STATUS_BODY, WHOLE), "api", [("GET", "/version")]),
        (raw("200 OK", PAGE, "Content-Length: 9000"), "", []),
        (raw("200 OK", "384\r\n" + PAGE, "Transfer-Encoding: chunked"), "", []),
        (raw("403 Forbidden", STATUS_BODY[:40], WHOLE), "etcd",
         [("GET", "/"), ("GET", "/version")]),
        (raw("400 Bad Request", "<h1>Bad</h1>", "Content-Length: 12"), "etcd",
         [("GET", "/"), ("GET", "/version")]),
        (raw("503 Busy", "<h1>Busy</h1>", "Content-Length: 13"), "etcd",
         [("GET", "/"), ("GET", "/version")]),
        (b"HTTP/1.1 200 OK\r\nServer: x", "etcd", [("GET", "/"), ("GET", "/version")]),
    ],
    ids=["whole", "html", "chunked html", "cut", "not for us", "busy", "no end"],
)  # fmt: skip
def test_a_front_page_that_was_seen_is_not_asked_for_again(
    greeting: bytes, part: str, asked: list[tuple[str, str]]
) -> None:
    service = Service("http", address="192.0.2.1", port=443, greeting=greeting)
    net = FakeNet(pages={"/": NO_PAGE, "/version": ETCD})
    seen = kubernetes_front.function(service, net)
    assert seen.part == part
    assert net.requests == asked
