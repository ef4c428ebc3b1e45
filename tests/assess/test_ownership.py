"""A domain is proven by a record that fits the scope, the organisation and the domain alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from posture_scan.assess.ownership import look, proofs, record_name, record_text
from posture_scan.collect.dns import Resolver
from posture_scan.engine.packs import load_packs
from posture_scan.engine.records import evidence_from_json
from posture_scan.model.codec import encode
from posture_scan.model.evidence import Attempt, DomainProof
from posture_scan.model.scope import Scope
from posture_scan.sdk import AttemptError, DnsAnswer
from tests.collect.name_server import serving, zone

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCOPE = Scope(
    "株式会社例", "代表", date(2026, 11, 1), date(2026, 12, 1), ("example.jp",), proof="0" * 32
)  # fmt: skip
TEXT = record_text(SCOPE, "example.jp")


def test_the_record_follows_from_scope_organisation_and_domain() -> None:
    assert record_text(SCOPE, "Example.JP") == TEXT
    others = {
        record_text(replace(SCOPE, proof="1" * 32), "example.jp"),
        record_text(replace(SCOPE, organisation="よその会社"), "example.jp"),
        record_text(SCOPE, "example.com"),
    }
    assert TEXT not in others
    assert len(others) == 3
    assert TEXT.startswith("posture-scan-scope=")
    assert len(TEXT) == len("posture-scan-scope=") + 32


@pytest.mark.parametrize(
    ("records", "found"),
    [([TEXT], True), (["v=spf1 -all", TEXT], True), ([], False), ([TEXT[:-1]], False),
     ([f"{TEXT} x"], False), ([record_text(SCOPE, "example.com")], False)],
)  # fmt: skip
def test_only_the_very_record_proves(records: list[str], found: bool) -> None:  # noqa: FBT001
    table = {(record_name("example.jp"), "TXT"): [f'"{text}"' for text in records]}
    with serving(zone(table)) as server:
        assert look(SCOPE, "example.jp", Resolver((server,)).ask).found is found


def test_a_scope_without_the_text_asks_nothing() -> None:
    def never(_name: str, _kind: str) -> DnsAnswer:
        raise AssertionError

    assert proofs(replace(SCOPE, proof=""), ["example.jp"], never, lambda: NOW) == []


def test_silence_proves_nothing_and_disproves_nothing() -> None:
    def silent(_name: str, _kind: str) -> DnsAnswer:
        raise AttemptError(Attempt.TIMEOUT, "dns")

    (record,) = proofs(SCOPE, ["example.jp"], silent, lambda: NOW)
    assert (record.attempt, record.facts) == (Attempt.TIMEOUT, None)


def test_the_evidence_survives_storage() -> None:
    def answer(name: str, kind: str) -> DnsAnswer:
        return DnsAnswer(name, kind, (TEXT,))

    (record,) = proofs(SCOPE, ["example.jp"], answer, lambda: NOW)
    assert record.facts == DomainProof("_posture-scan.example.jp", TEXT, found=True)
    assert evidence_from_json(encode(record), load_packs()) == record
