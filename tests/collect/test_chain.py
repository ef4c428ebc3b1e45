"""Chains that lead to a trust anchor and chains that do not, dates left aside."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from posture_scan.collect.chain import verify
from posture_scan.errors import UsageError
from tests.collect.certificates import alone, authority

ROOT = authority("Example Root")
MIDDLE = ROOT.issue("Example Issuing", ca=True)
LEAF = MIDDLE.issue("server.example.jp")


@pytest.fixture
def trusted(tmp_path: Path) -> str:
    file = tmp_path / "ca.pem"
    file.write_bytes(ROOT.pem)
    return str(file)


def test_a_chain_to_an_anchor_is_trusted(trusted: str) -> None:
    assert not verify((LEAF.der, MIDDLE.der), "server.example.jp", trusted)
    assert not verify((LEAF.der, MIDDLE.der, ROOT.der), "", trusted)
    assert not verify((LEAF.der, ROOT.der, MIDDLE.der), "", trusted)


def test_without_the_anchor_the_ca_is_unknown() -> None:
    assert verify((LEAF.der, MIDDLE.der, ROOT.der), "") == "unknown_ca"
    assert verify((LEAF.der, MIDDLE.der), "") == "unknown_ca"


def test_a_missing_intermediate_is_incomplete_where_it_could_be_fetched(trusted: str) -> None:
    public = MIDDLE.issue("shop.example.jp", tells=True)
    assert verify((public.der,), "", trusted) == "incomplete"
    assert verify((LEAF.der,), "", trusted) == "unknown_ca"


def test_a_certificate_of_its_own_making_is_self_signed(tmp_path: Path) -> None:
    own = alone("printer")
    assert verify((own.der,), "printer") == "self_signed"
    file = tmp_path / "own.pem"
    file.write_bytes(own.pem)
    assert not verify((own.der,), "printer", str(file))


def test_a_server_certificate_cannot_issue(trusted: str) -> None:
    forged = LEAF.issue("bank.example.jp")
    assert verify((forged.der, LEAF.der, MIDDLE.der), "", trusted) == "unknown_ca"


def test_a_path_longer_than_its_ca_allows_is_refused(trusted: str) -> None:
    narrow = ROOT.issue("Narrow", ca=True, length=0)
    below = narrow.issue("Below", ca=True)
    leaf = below.issue("x.example.jp")
    assert verify((leaf.der, below.der, narrow.der), "", trusted) == "unknown_ca"
    assert not verify((narrow.issue("y").der, narrow.der), "", trusted)


def test_certificates_that_lead_in_circles_come_to_an_end() -> None:
    ring = authority("Ring")
    leaf = ring.issue("x.example.jp")
    chain = (leaf.der, *(ring.again().der for _ in range(14)))
    began = time.monotonic()
    assert verify(chain, "") == "unknown_ca"
    assert time.monotonic() - began < 2


def test_a_name_alone_does_not_make_an_issuer(trusted: str) -> None:
    impostor = authority("Example Root")
    leaf = impostor.issue("x.example.jp")
    assert verify((leaf.der, impostor.der), "", trusted) == "unknown_ca"


@pytest.mark.parametrize("chain", [(), (b"",), (b"\x30\x03abc",), (b"junk", LEAF.der)])
def test_what_cannot_be_read_is_unusable(chain: tuple[bytes, ...]) -> None:
    assert verify(chain, "") == "unusable"


def test_a_ca_file_without_certificates_is_said_plainly(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing here", "utf-8")
    for file in (str(empty), str(tmp_path / "absent.pem")):
        with pytest.raises(UsageError) as caught:
            verify((LEAF.der,), "", file)
        assert caught.value.code == "ca.unreadable"
