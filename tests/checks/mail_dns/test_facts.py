"""What is learnt of a domain survives being written down, and any check can judge it."""

from __future__ import annotations

import json

import pytest

from posture_scan.engine.packs import load_packs
from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Domain
from tests.checks.mail_dns.judged import FACTS

PACK = next(pack for pack in load_packs().packs if pack.name == "mail_dns")


@pytest.mark.parametrize("facts", FACTS, ids=lambda facts: type(facts).__name__)
def test_facts_come_back_as_they_were(facts: object) -> None:
    assert decode(type(facts), json.loads(json.dumps(encode(facts)))) == facts


def test_everything_is_asked_about_domains_alone() -> None:
    assert PACK.protocols == ()
    assert all(isinstance(item.on, Domain) for item in PACK.collectors)
    assert {item.returns for item in PACK.collectors} == {type(facts) for facts in FACTS}
