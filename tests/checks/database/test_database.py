"""Databases: what their first words give away, and what is not tried."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.database import (
    collect_memcached,
    collect_mongodb,
    collect_mssql,
    collect_mysql,
    collect_postgresql,
    collect_redis,
    database,
)
from posture_scan.checks.database.answer import DatabaseAnswer
from posture_scan.checks.database.collect_elasticsearch import elasticsearch_front
from posture_scan.checks.database.collect_postgresql import POSTGRES_REQUEST, SSL_REQUEST
from posture_scan.checks.database.collect_redis import INFO_SERVER, REDIS_PING

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Collector, HttpResponse, Service, Status
from tests.checks.database import samples
from tests.checks.database.samples import MYSQL_BODY, MYSQL_REFUSED, SAMPLES, framed
from tests.fakes import FakeNet, Talk, page

COLLECTORS: dict[str, Collector] = {
    "mysql": collect_mysql.mysql_greeting,
    "postgresql": collect_postgresql.postgresql_refusal,
    "mssql": collect_mssql.mssql_prelogin_answer,
    "redis": collect_redis.redis_ping,
    "mongodb": collect_mongodb.mongodb_hello,
    "memcached": collect_memcached.memcached_version,
}
INFO = b"$60\r\n# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:00000000\r\n"
VALKEY = b"$60\r\n# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0\r\n"


def asked(
    protocol: str, *answers: bytes | Attempt, greeting: bytes = b""
) -> tuple[DatabaseAnswer, FakeNet]:
    """Run a collector; each answer comes on a connection of its own."""
    service = Service(protocol, address="192.0.2.1", port=1, greeting=greeting)
    talks = [
        Talk(greeting=a) if protocol == "mysql" and isinstance(a, bytes)
        else Talk(replies=(a,), ends=Attempt.TIMEOUT)
        for a in answers
    ]  # fmt: skip
    net = FakeNet(talks=talks)
    facts: DatabaseAnswer = COLLECTORS[protocol].function(service, net)
    assert decode(DatabaseAnswer, encode(facts)) == facts
    assert net.connections <= COLLECTORS[protocol].max_connections
    return facts, net


def look(protocol: str, *answers: bytes | Attempt, greeting: bytes = b"") -> DatabaseAnswer:
    return asked(protocol, *answers, greeting=greeting)[0]


@pytest.mark.parametrize(
    ("protocol", "answers", "expected"),
    [
        ("mysql", (framed(MYSQL_BODY),),
         DatabaseAnswer("mariadb", version="10.11.19-MariaDB-0+deb12u1", tls="none")),
        ("postgresql", (samples.POSTGRES, b"S"), DatabaseAnswer("postgresql", tls="offered")),
        ("postgresql", (samples.POSTGRES, b"N"), DatabaseAnswer("postgresql", tls="none")),
        ("postgresql", (samples.POSTGRES, b"E"), DatabaseAnswer("postgresql")),
        ("postgresql", (samples.POSTGRES, Attempt.TIMEOUT), DatabaseAnswer("postgresql")),
        ("mssql", (samples.mssql(2),), DatabaseAnswer("mssql", version="15.0.4108", tls="none")),
        ("mssql", (samples.mssql(0),), DatabaseAnswer("mssql", version="15.0.4108", tls="offered")),
        ("mssql", (samples.mssql(3),),
         DatabaseAnswer("mssql", version="15.0.4108", tls="required")),
        ("mssql", (samples.mssql(9),), DatabaseAnswer("mssql", version="15.0.4108")),
        ("redis", (b"+PONG\r\n", INFO), DatabaseAnswer("redis", "open", "7.0.15", tls="none")),
        ("redis", (b"+PONG\r\n", VALKEY), DatabaseAnswer("valkey", "open", "8.1.0", tls="none")),
        ("redis", (b"+PONG\r\n", b"-ERR unknown command\r\n"),
         DatabaseAnswer("redis", "open", tls="none")),
        ("redis", (b"+PONG\r\n", Attempt.TIMEOUT), DatabaseAnswer("redis", "open", tls="none")),
        ("mongodb", (samples.mongo(21), b""),
         DatabaseAnswer("mongodb", version="7.0", tls="none", branch_only=True)),
        ("mongodb", (samples.mongo(99), b""), DatabaseAnswer("mongodb", tls="none")),
        ("memcached", (b"VERSION 1.6.18\r\n",),
         DatabaseAnswer("memcached", "open", "1.6.18", tls="none")),
    ],
)  # fmt: skip
def test_answers(
    protocol: str, answers: tuple[bytes | Attempt, ...], expected: DatabaseAnswer
) -> None:
    assert look(protocol, *answers) == expected
    assert database.exposed.function(expected).status is Status.FAIL


def test_a_server_that_lists_its_clients_is_filtered_which_is_good() -> None:
    seen = look("mysql", framed(MYSQL_REFUSED))
    assert seen == DatabaseAnswer("mariadb", host_refused=True)
    for check in (database.exposed, database.no_auth):
        verdict = check.function(seen)
        assert (verdict.status, verdict.reason) == (Status.PASS, "turned_away")


@pytest.mark.parametrize("refusal", [samples.MYSQL_BLOCKED, samples.MYSQL_FULL])
def test_a_server_that_is_full_or_tired_of_us_is_still_exposed(refusal: bytes) -> None:
    seen = look("mysql", framed(refusal))
    assert database.exposed.function(seen).status is Status.FAIL
    assert database.no_auth.function(seen).status is Status.UNKNOWN
    assert database.no_tls.function(seen).status is Status.UNKNOWN


@pytest.mark.parametrize(("flags", "tls"), [(0xF7FE, "none"), (0xFFFE, "offered")])
def test_mysql_says_in_its_greeting_whether_it_encrypts(flags: int, tls: str) -> None:
    body = MYSQL_BODY.replace(b"\xfe\xf7", flags.to_bytes(2, "little"), 1)
    assert look("mysql", framed(body)).tls == tls
    status = Status.FAIL if tls == "none" else Status.PASS
    assert database.no_tls.function(look("mysql", framed(body))).status is status


def test_mongodb_that_also_shakes_hands_offers_encryption() -> None:
    service = Service("mongodb", address="192.0.2.1", port=27017, greeting=samples.mongo())
    seen = collect_mongodb.mongodb_hello.function(service, FakeNet(talks=[Talk(chain=(b"x",))]))
    assert seen.tls == "offered"
    lost = collect_mongodb.mongodb_hello.function(
        service, FakeNet(talks=[Talk(refuses=Attempt.TIMEOUT)])
    )
    assert lost.tls == "unseen"


@pytest.mark.parametrize("protocol", COLLECTORS)
@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", Attempt.TIMEOUT])
def test_other_answers_are_failed_attempts(protocol: str, answer: bytes | Attempt) -> None:
    with pytest.raises(AttemptError):
        look(protocol, answer)


@pytest.mark.parametrize("protocol", COLLECTORS)
def test_what_was_heard_in_discovery_is_not_asked_for_again(protocol: str) -> None:
    facts, net = asked(protocol, greeting=SAMPLES[protocol][0])
    assert facts.product
    assert not {spec.sends for spec in SPECS.values()} & set(net.sent)
    if protocol == "mysql":
        assert net.connections == 0


SPECS = {
    "mysql": collect_mysql.mysql, "postgresql": collect_postgresql.postgresql,
    "mssql": collect_mssql.mssql, "redis": collect_redis.redis,
    "mongodb": collect_mongodb.mongodb, "memcached": collect_memcached.memcached,
}  # fmt: skip


def test_inside_tls_the_questions_are_asked_inside_tls() -> None:
    service = Service("redis", tls=True, address="192.0.2.1", port=6380)
    net = FakeNet(talks=[Talk(replies=(b"-NOAUTH x\r\n",), chain=(b"x",))])
    seen = collect_redis.redis_ping.function(service, net)
    assert seen == DatabaseAnswer("redis", "password", tls="required")
    assert database.no_tls.function(seen).status is Status.PASS


def test_redis_is_asked_its_version_only_where_it_is_open() -> None:
    assert asked("redis", b"+PONG\r\n", INFO)[1].sent == [REDIS_PING, INFO_SERVER]
    for answer in SAMPLES["redis"][1:]:
        assert asked("redis", answer)[1].sent == [REDIS_PING]


@pytest.mark.parametrize(
    ("answer", "no_auth", "exposed"),
    [
        (b"-NOAUTH Authentication required.\r\n", "password_asked", "reachable"),
        (b"-NOPERM this user has no permissions\r\n", "password_asked", "reachable"),
        (b"-DENIED Redis is running in protected mode", "protected", "reachable_protected"),
    ],
)
def test_redis_that_refuses(answer: bytes, no_auth: str, exposed: str) -> None:
    seen = look("redis", answer)
    verdict = database.no_auth.function(seen)
    assert (verdict.status, verdict.reason) == (Status.PASS, no_auth)
    assert database.exposed.function(seen).status is Status.FAIL
    assert database.exposed.function(seen).reason == exposed


@pytest.mark.parametrize(
    ("seen", "reason", "status"),
    [
        (DatabaseAnswer("redis", "open"), "open", Status.FAIL),
        (DatabaseAnswer("redis", "password"), "password_asked", Status.PASS),
        (DatabaseAnswer("postgresql"), "not_tried", Status.UNKNOWN),
        (DatabaseAnswer(""), "no_database", Status.NOT_APPLICABLE),
    ],
)
def test_without_a_password(seen: DatabaseAnswer, reason: str, status: Status) -> None:
    verdict = database.no_auth.function(seen)
    assert (verdict.reason, verdict.status) == (reason, status)


def test_nobody_is_named_to_postgresql_and_nothing_is_asked_of_mongodb() -> None:
    assert POSTGRES_REQUEST.endswith(b"user\x00")
    assert len(POSTGRES_REQUEST) == POSTGRES_REQUEST[3]
    assert len(SSL_REQUEST) == SSL_REQUEST[3]
    assert asked("postgresql", samples.POSTGRES, b"S")[1].sent == [POSTGRES_REQUEST, SSL_REQUEST]
    assert b"listDatabases" not in collect_mongodb.mongodb.sends


# --- hostile answers -------------------------------------------------------------------------

EVERY = [(name, sample) for name, found in SAMPLES.items() for sample in found]


@pytest.mark.parametrize(("protocol", "sample"), EVERY)
def test_an_answer_cut_anywhere_is_judged_or_a_failed_attempt(protocol: str, sample: bytes) -> None:
    for cut in range(len(sample)):
        try:
            seen = look(protocol, sample[:cut], b"")
        except AttemptError:
            continue
        assert seen.product
        assert len(seen.version) <= 40


@given(st.sampled_from(EVERY), st.data())
def test_changed_bytes_and_huge_lengths_break_nothing(
    case: tuple[str, bytes], data: st.DataObject
) -> None:
    protocol, sample = case
    changed = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(sample) - 1))] = data.draw(st.sampled_from((0, 255)))
    tail = data.draw(st.binary(max_size=40))
    second = data.draw(st.binary(max_size=80))
    try:
        seen = look(protocol, bytes(changed) + tail, second)
    except AttemptError:
        return
    assert all(" " <= sign <= "~" for sign in seen.version)


# --- over HTTP -------------------------------------------------------------------------------

ELASTIC: dict[str, Any] = {
    "name": "n1", "version": {"number": "8.15.0"}, "tagline": "You Know, for Search",
}  # fmt: skip
OPENSEARCH = {
    "version": {"distribution": "opensearch", "number": "2.19.1"},
    "tagline": "The OpenSearch Project: https://opensearch.org/",
}
SECURED = json.dumps({"error": {"type": "security_exception", "reason": "missing"}, "status": 401})
REALM = 'Basic realm="security" charset="UTF-8"'


@pytest.mark.parametrize(
    ("answer", "product", "access", "version"),
    [
        (page(json.dumps(ELASTIC)), "elasticsearch", "open", "8.15.0"),
        (page(json.dumps(OPENSEARCH)), "opensearch", "open", "2.19.1"),
        (page(SECURED, status=401, www_authenticate=REALM), "elasticsearch", "password", ""),
        (page(SECURED, status=403), "elasticsearch", "password", ""),
        (page("Unauthorized", status=401, www_authenticate='Basic realm="OpenSearch Security"'),
         "opensearch", "password", ""),
        (page("{}", status=401, www_authenticate=REALM), "", "unseen", ""),
        (page("hello"), "", "unseen", ""),
        (page(json.dumps({"version": "1", "tagline": "You Know, for Search"})), "", "unseen", ""),
        (page(json.dumps({"version": {"number": "1"}, "tagline": "other"})), "", "unseen", ""),
        (page(json.dumps({"version": {"number": "1"}, "tagline": ["x"]})), "", "unseen", ""),
        (page(json.dumps(ELASTIC), status=404), "", "unseen", ""),
        (page("[" * 100_000), "", "unseen", ""),
        (page(b"\xff\xfe\x00"), "", "unseen", ""),
        (page("", status=401, www_authenticate='Basic realm="router"'), "", "unseen", ""),
    ],
)  # fmt: skip
def test_elasticsearch(answer: HttpResponse, product: str, access: str, version: str) -> None:
    service = Service("http", address="192.0.2.1", port=9200)
    net = FakeNet(pages={"/": answer})
    seen = elasticsearch_front.function(service, net)
    assert (seen.product, seen.access, seen.version) == (product, access, version)
    wanted = Status.FAIL if product else Status.PASS
    assert database.exposed.function(seen).status is wanted
    assert net.requests == [("GET", "/")]


@given(st.recursive(st.none() | st.integers() | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(("version", "tagline", "number", "error",
                                                       "type", "distribution")), inner),
                    max_leaves=8), st.sampled_from((200, 401)))  # fmt: skip
def test_any_json_is_survived(value: object, status: int) -> None:
    service = Service("http", address="192.0.2.1", port=9200)
    answer = page(json.dumps(value), status=status)
    assert elasticsearch_front.function(service, FakeNet(pages={"/": answer})).product == ""
