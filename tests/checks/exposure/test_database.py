"""Databases: what their first words give away, and what is not tried."""

from __future__ import annotations

import json
from typing import Any

import pytest
from posture_scan.checks.exposure import collect_database, database
from posture_scan.checks.exposure.collect_database import (
    POSTGRES_REQUEST,
    DatabaseAnswer,
    elasticsearch_front,
)

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Collector, HttpResponse, Service, Status
from tests.checks.exposure.samples import MYSQL_BODY, MYSQL_REFUSED, SAMPLES, framed
from tests.fakes import FakeNet, Talk, page

COLLECTORS: dict[str, Collector] = {
    "mysql": collect_database.mysql_greeting,
    "postgresql": collect_database.postgresql_refusal,
    "mssql": collect_database.mssql_prelogin_answer,
    "redis": collect_database.redis_ping,
    "mongodb": collect_database.mongodb_hello,
    "memcached": collect_database.memcached_version,
}


def look(protocol: str, answer: bytes | Attempt, *, greeting: bytes = b"") -> DatabaseAnswer:
    service = Service(protocol, address="192.0.2.1", port=1, greeting=greeting)
    said = answer if isinstance(answer, bytes) and protocol == "mysql" else b""
    net = FakeNet(talks=[Talk(greeting=said, replies=(answer,), ends=Attempt.TIMEOUT)])
    facts: DatabaseAnswer = COLLECTORS[protocol].function(service, net)
    assert decode(DatabaseAnswer, encode(facts)) == facts
    return facts


@pytest.mark.parametrize(
    ("protocol", "answer", "expected"),
    [
        ("mysql", framed(MYSQL_BODY),
         DatabaseAnswer("mariadb", version="10.11.19-MariaDB-0+deb12u1")),
        ("mysql", framed(MYSQL_REFUSED), DatabaseAnswer("mysql", host_refused=True)),
        ("postgresql", SAMPLES["postgresql"][0], DatabaseAnswer("postgresql")),
        ("mssql", SAMPLES["mssql"][0], DatabaseAnswer("mssql", version="15.0.4108")),
        ("redis", b"+PONG\r\n", DatabaseAnswer("redis", "open")),
        ("redis", b"-NOAUTH Authentication required.\r\n", DatabaseAnswer("redis", "password")),
        ("mongodb", SAMPLES["mongodb"][0], DatabaseAnswer("mongodb")),
        ("memcached", b"VERSION 1.6.18\r\n", DatabaseAnswer("memcached", "open", "1.6.18")),
    ],
)  # fmt: skip
def test_answers(protocol: str, answer: bytes, expected: DatabaseAnswer) -> None:
    assert look(protocol, answer) == expected
    assert database.exposed.function(expected).status is Status.FAIL


@pytest.mark.parametrize("protocol", COLLECTORS)
@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", Attempt.TIMEOUT])
def test_other_answers_are_failed_attempts(protocol: str, answer: bytes | Attempt) -> None:
    with pytest.raises(AttemptError):
        look(protocol, answer)


def test_a_greeting_already_heard_is_not_asked_for_again() -> None:
    seen = look("mysql", Attempt.REFUSED, greeting=framed(MYSQL_BODY))
    assert seen.product == "mariadb"


@pytest.mark.parametrize(
    ("seen", "reason", "status"),
    [
        (DatabaseAnswer("redis", "open"), "open", Status.FAIL),
        (DatabaseAnswer("redis", "password"), "password_asked", Status.PASS),
        (DatabaseAnswer("mysql", host_refused=True), "password_asked", Status.PASS),
        (DatabaseAnswer("postgresql"), "not_tried", Status.UNKNOWN),
        (DatabaseAnswer(""), "no_database", Status.NOT_APPLICABLE),
    ],
)
def test_without_a_password(seen: DatabaseAnswer, reason: str, status: Status) -> None:
    verdict = database.no_auth.function(seen)
    assert (verdict.reason, verdict.status) == (reason, status)


def test_nobody_is_named_to_postgresql() -> None:
    assert POSTGRES_REQUEST.endswith(b"user\x00")
    assert len(POSTGRES_REQUEST) == POSTGRES_REQUEST[3]


ELASTIC: dict[str, Any] = {
    "name": "n1", "version": {"number": "8.15.0"}, "tagline": "You Know, for Search",
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "product", "access"),
    [
        (page(json.dumps(ELASTIC)), "elasticsearch", "open"),
        (page("{}", status=401, www_authenticate='Basic realm="security" charset="UTF-8"'),
         "elasticsearch", "password"),
        (page("hello"), "", "unseen"),
        (page(json.dumps({"version": "1", "tagline": "You Know, for Search"})), "", "unseen"),
        (page(json.dumps({"version": {"number": "1"}, "tagline": "other"})), "", "unseen"),
        (page("[" * 100_000), "", "unseen"),
        (page(b"\xff\xfe\x00"), "", "unseen"),
        (page("", status=401, www_authenticate='Basic realm="router"'), "", "unseen"),
    ],
)  # fmt: skip
def test_elasticsearch(answer: HttpResponse, product: str, access: str) -> None:
    service = Service("http", address="192.0.2.1", port=9200)
    seen = elasticsearch_front.function(service, FakeNet(pages={"/": answer}))
    assert (seen.product, seen.access) == (product, access)
    wanted = Status.FAIL if product else Status.PASS
    assert database.exposed.function(seen).status is wanted
