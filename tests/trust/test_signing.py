from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from posture_scan.errors import PostureError
from posture_scan.trust import canonical, dsse, keys, public_key
from posture_scan.trust.signing import sign_with
from posture_scan.trust.statement import ASSESSMENT, PAYLOAD_TYPE
from posture_scan.trust.store import add_trusted_key, load_store
from posture_scan.trust.verify import verify
from tests.lab.daemon import need
from tests.trust.samples import NOW, PASSPHRASE, public, report, signed, signer

KEY = signer()


def code_of(action: Any) -> str:
    with pytest.raises(PostureError) as caught:
        action()
    return caught.value.code


def statement_of(envelope: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(dsse.parse(envelope).payload)
    return content


def test_from_key_file_to_verified_report(tmp_path: Path) -> None:
    path = tmp_path / "acme.key"
    made = keys.new_key(path, "アクメ", "contractor", PASSPHRASE, created=NOW)
    bundle = sign_with(report(), [keys.open_key(path, PASSPHRASE)], now=NOW)
    add_trusted_key(
        tmp_path / "trust",
        keys.public_path(path).read_bytes(),
        fingerprint=made.key.fingerprint,
        vetted="電話",
        added_at=NOW + timedelta(days=1),
    )
    seen = verify(
        bundle.envelope,
        load_store(tmp_path / "trust"),
        now=NOW + timedelta(days=2),
        evidence=bundle.evidence,
    )
    assert seen.report == report()


def test_what_stands_in_the_signed_bytes() -> None:
    bundle = signed(KEY)
    content = statement_of(bundle.envelope)
    predicate = content["predicate"]
    digest = canonical.digests(bundle.evidence)
    assert content["predicateType"] == ASSESSMENT
    assert content["subject"] == [{"name": "evidence.json", "digest": digest}]
    assert predicate["evidence"] == {
        "name": "evidence.json", "format": "canonical-json-list-1", "records": 1, "digest": digest,
    }  # fmt: skip
    whole = report()
    assert predicate["report"] == {name: whole[name] for name in whole if name != "evidence"}
    assert predicate["signers"] == [{"role": "contractor", "keyid": KEY.keyid, "name": "アクメ"}]
    assert predicate["authorisation"] == {
        "organisation": "株式会社例", "authorisedBy": "山田太郎(代表取締役)",
        "validFrom": "2026-11-20", "validUntil": "2026-12-20",
        "targets": ["203.0.113.0/28", "www.example.jp"], "exclude": ["203.0.113.5"],
        "intensity": "light", "scopeFile": {"sha256": "ef" * 32},
    }  # fmt: skip
    assert predicate["coverage"] == {
        "assets": 1, "assetsReached": 1, "findings": 1, "byStatus": {"fail": 1},
    }  # fmt: skip
    assert predicate["profile"] == whole["rating"]["profile"]
    assert predicate["expiresAt"] == "2027-02-20T09:10:00Z"
    assert canonical.sha256(dsse.parse(bundle.envelope).payload) == bundle.payload_sha256


def test_signing_the_same_report_twice_gives_the_same_bytes() -> None:
    assert signed(KEY) == signed(KEY)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rating": {"profile": {}, "score": 41.0}}, "E-OUT-001"),
        ({"evidence": [{"id": "e0", "seconds": 0.5}]}, "E-OUT-001"),
        ({"report_id": ""}, "E-OUT-002"),
        ({"evidence": [{"id": 7}]}, "E-OUT-002"),
        ({"evidence": ["e0"]}, "E-OUT-002"),
        ({"findings": [{"evidence": [["e0"]]}]}, "E-EVD-003"),
        ({"findings": [{"evidence": "e0"}]}, "E-OUT-002"),
        ({"scope": {}}, "E-OUT-002"),
        ({"evidence": None}, "E-OUT-002"),
        ({"evidence": [{"id": "e0"}, {"id": "e0"}]}, "E-OUT-002"),
        ({"findings": None}, "E-OUT-002"),
        ({"started_at": "2026-11-22T09:00:00"}, "E-OUT-002"),
        ({"finished_at": "2026-11-22T12:06:00Z"}, "E-OUT-002"),
        ({"evidence": []}, "E-EVD-003"),
    ],
)
def test_a_report_that_could_not_be_verified_is_not_signed(
    changes: dict[str, Any], code: str
) -> None:
    assert code_of(lambda: signed(KEY, **changes)) == code


def test_signers_who_cannot_sign_this_together() -> None:
    for wrong in ([], [KEY, KEY], [signer("underwriter")]):
        assert code_of(lambda wrong=wrong: sign_with(report(), wrong, now=NOW)) == "E-OUT-003"


def test_a_time_without_a_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises((TypeError, ValueError)):
        sign_with(report(), [KEY], now=NOW.replace(tzinfo=None))


@pytest.mark.lab
@pytest.mark.parametrize("curve", [False, True])
def test_openssl_agrees_about_signature_and_key(tmp_path: Path, *, curve: bool) -> None:
    """An auditor without this program: base64, the PAE bytes, and ``openssl pkeyutl``."""
    need("openssl")
    key = signer(curve=curve)
    sealed = dsse.parse(signed(key).envelope)
    (tmp_path / "pub.der").write_bytes(public(key).spki)
    (tmp_path / "sig").write_bytes(sealed.signatures[0].sig)

    def openssl(message: bytes) -> subprocess.CompletedProcess[bytes]:
        (tmp_path / "message").write_bytes(message)
        digest = ["-digest", "sha256"] if curve else []
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "pub.der",
             "-rawin", *digest, "-in", "message", "-sigfile", "sig"],
            cwd=tmp_path, capture_output=True, check=False, timeout=30,
        )  # fmt: skip

    message = dsse.pae(PAYLOAD_TYPE, sealed.payload)
    good = openssl(message)
    assert (good.returncode, b"Verified Successfully" in good.stdout) == (0, True), good.stderr
    assert openssl(message.replace(b'"score":41', b'"score":97')).returncode != 0


@pytest.mark.lab
@pytest.mark.parametrize("algorithm", [public_key.ED25519, public_key.ECDSA_P256])
def test_openssl_opens_our_key_files(tmp_path: Path, algorithm: str) -> None:
    need("openssl")
    path = tmp_path / "k"
    made = keys.new_key(path, "x", "sme", "plain ascii words", created=NOW, algorithm=algorithm)
    opened = subprocess.run(
        ["openssl", "pkey", "-in", str(path), "-passin", "stdin", "-pubout", "-outform", "DER"],
        input=b"plain ascii words\n", capture_output=True, check=False, timeout=30,
    )  # fmt: skip
    assert opened.stdout == made.key.spki, opened.stderr
