"""A small report, keys and a trust store for tests; nothing secret, nothing of a real firm."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from posture_scan.errors import AnswerIsNoError, PostureError
from posture_scan.model.codec import encode
from posture_scan.model.scope import Scope
from posture_scan.trust import canonical, dsse, public_key
from posture_scan.trust.keys import SigningKey, _signer
from posture_scan.trust.outcome import Verified
from posture_scan.trust.policy import Policy
from posture_scan.trust.signing import SignedBundle, sign_with
from posture_scan.trust.statement import PAYLOAD_TYPE
from posture_scan.trust.store import TrustedKey, TrustStore
from posture_scan.trust.verify import verify

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSPHRASE = "正しい馬 battery staple"

SCOPE = Scope(
    organisation="株式会社例",
    authorised_by="山田太郎(代表取締役)",
    valid_from=date(2026, 11, 20),
    valid_until=date(2026, 12, 20),
    targets=("203.0.113.0/28", "www.example.jp"),
    exclude=("203.0.113.5",),
)


def report(findings: int = 1) -> dict[str, Any]:
    """A report with that many findings, each resting on its own evidence."""
    return {
        "schema": "posture-scan/report/1",
        "report_id": "b9a7c6de-0001",
        "tool": {"name": "posture-scan", "version": "0.1.0"},
        "scope": {**encode(SCOPE), "digest": "ef" * 32},
        "started_at": "2026-11-22T09:00:00.000000Z",
        "finished_at": "2026-11-22T09:10:00.000000Z",
        "packs": [{"name": "remote_access", "digest": "21" * 32}],
        "assets": [{"id": "a1", "kind": "address", "address": "203.0.113.7", "reached": True}],
        "evidence": [
            {"id": f"e{n}", "kind": "remote_access.RdpNegotiation", "asset": "a1",
             "vantage": "external", "attempt": "ok", "address": "203.0.113.7", "port": 3389,
             "observed_at": "2026-11-22T09:05:00.000000Z",
             "facts": {"nla": False, "greeting": "AwAAEwLwCA=="}}
            for n in range(findings)
        ],
        "findings": [
            {"check": "rdp.no_nla", "asset": "a1", "address": "203.0.113.7", "port": 3389,
             "transport": "tcp", "status": "fail", "reason": "not_required", "severity": "high",
             "confidence": 95, "values": {"port": 3389}, "actual": "ネットワーク認証なし",
             "evidence": [f"e{n}"]}
            for n in range(findings)
        ],
        "answers": [],
        "criteria": [],
        "rating": {"profile": {"id": "jp-sme", "version": "1", "digest": "ab" * 32}, "score": 41},
        "connections": [
            {"at": "2026-11-22T09:01:00.000000Z", "address": "203.0.113.7", "port": 3389,
             "transport": "tcp", "purpose": "discovery", "outcome": "ok", "sent": 19,
             "received": 19, "count": 1}
        ],
        "limits": ["lan_not_scanned"],
    }  # fmt: skip


def signer(role: str = "contractor", name: str = "アクメ", *, curve: bool = False) -> SigningKey:
    """A fresh key, opened."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    private = (
        ec.generate_private_key(ec.SECP256R1()) if curve else ed25519.Ed25519PrivateKey.generate()
    )
    spki = public_key.spki_of(private.public_key())
    key = SigningKey(canonical.sha256(spki), name, role, _signer(private))
    _SPKI[key.keyid] = spki
    return key


_SPKI: dict[str, bytes] = {}


def public(key: SigningKey) -> public_key.PublicKey:
    """The public half of a key made by ``signer``."""
    return public_key.load(_SPKI[key.keyid])


def trusting(*keys: SigningKey, **changes: Any) -> TrustStore:
    """A store that trusts these keys in their own roles."""
    return TrustStore(
        tuple(
            replace(
                TrustedKey(
                    public(key), key.role, key.name, datetime(2026, 1, 1, tzinfo=UTC), None,
                    "telephone", datetime(2026, 1, 2, tzinfo=UTC),
                ),
                **changes,
            )
            for key in keys
        ),
        "cd" * 32,
    )  # fmt: skip


def signed(*keys: SigningKey, **changes: Any) -> SignedBundle:
    """A signed report, with members of the report replaced."""
    return sign_with({**report(), **changes}, keys, now=NOW)


def resigned(bundle: SignedBundle, key: SigningKey, path: str, value: Any) -> bytes:
    """What a dishonest signer could make: the statement with one member set, signed anew."""
    content = json.loads(dsse.parse(bundle.envelope).payload)
    place = content
    *parents, last = path.split("/")
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place[part]
    if value is None:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = copy.deepcopy(value)
    return dsse.sign(PAYLOAD_TYPE, canonical.dumps(content), [key]).to_bytes()


def vectors() -> Path:
    """Where the published test vectors stand."""
    return Path(__file__).parent / "vectors"


CONTRACTOR = signer()
STORE = trusting(CONTRACTOR)
BUNDLE = signed(CONTRACTOR)
FOREIGN = Policy(allow_foreign_layout=True)


def check(data: bytes, store: TrustStore = STORE, **wishes: Any) -> Verified:
    """Verify at the samples' own moment."""
    return verify(data, store, now=wishes.pop("now", NOW), **wishes)


def refused(action: Callable[[], object], kind: type[PostureError] = AnswerIsNoError) -> str:
    """The code an action is refused with, by an error of exactly this class."""
    with pytest.raises(PostureError) as caught:
        action()
    assert type(caught.value) is kind, caught.value
    return caught.value.code


def rewritten(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The good envelope with its members changed and written as our writer writes."""
    members = json.loads(BUNDLE.envelope)
    change(members)
    return canonical.dumps(members)
