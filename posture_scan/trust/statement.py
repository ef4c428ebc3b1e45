"""in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md), as a closed object.

Read only from bytes whose signature was verified. The standard lets readers ignore unknown
members and its protobuf form accepts aliases of member names, so that two readers can see two
types in one text; here a statement has its four members and no others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from posture_scan.trust import canonical, strict_json
from posture_scan.trust.codes import refusal

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
ATTESTATION_BASE: Final = "https://posture-scan.dev/attestation"
"""Base of all predicate types of this program; a name, not a place to fetch from."""
ASSESSMENT: Final = f"{ATTESTATION_BASE}/assessment/v1"

DOCUMENT: Final = ".signed.json (payload)"
_MEMBERS: Final = ("_type", "subject", "predicateType", "predicate")
_HEX: Final = {"sha256": re.compile("[0-9a-f]{64}"), "sha512": re.compile("[0-9a-f]{128}")}
_MAX_SUBJECTS: Final = 64


@dataclass(frozen=True)
class Subject:
    """Something the statement is about: a label and the digests of its bytes."""

    name: str
    digest: dict[str, str]


@dataclass(frozen=True)
class Statement:
    """A typed statement about subjects."""

    predicate_type: str
    subjects: tuple[Subject, ...]
    predicate: dict[str, Any]

    def to_bytes(self) -> bytes:
        """The payload to sign."""
        return canonical.dumps(
            {
                "_type": STATEMENT_TYPE,
                "subject": [{"name": item.name, "digest": item.digest} for item in self.subjects],
                "predicateType": self.predicate_type,
                "predicate": self.predicate,
            }
        )


def parse(payload: bytes, *, expected: str) -> Statement:
    """Read a statement of exactly the expected predicate type.

    Raises:
        AnswerIsNoError: E-IN codes for the text, E-TYP-002 for another type, E-TYP-003 for an
            unknown member, E-TYP-005 for one that is missing or of the wrong kind.
    """
    members = strict_json.loads(payload, DOCUMENT)
    if not isinstance(members, dict):
        raise refusal("E-TYP-005", member="$")
    for name in members:
        if name not in _MEMBERS:
            raise refusal("E-TYP-003", member=name[:80])
    for name in _MEMBERS:
        if name not in members:
            raise refusal("E-TYP-005", member=name)
    if members["_type"] != STATEMENT_TYPE:
        raise refusal("E-TYP-002", got=str(members["_type"])[:120], expected=STATEMENT_TYPE)
    if members["predicateType"] != expected:
        raise refusal("E-TYP-002", got=str(members["predicateType"])[:120], expected=expected)
    predicate = members["predicate"]
    if not isinstance(predicate, dict):
        raise refusal("E-TYP-005", member="predicate")
    return Statement(expected, _subjects(members["subject"]), predicate)


def _subjects(listed: Any) -> tuple[Subject, ...]:
    if not isinstance(listed, list) or not 0 < len(listed) <= _MAX_SUBJECTS:
        raise refusal("E-TYP-005", member="subject")
    subjects = tuple(_subject(item, f"subject[{n}]") for n, item in enumerate(listed))
    names = [item.name for item in subjects]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise refusal("E-TYP-005", member=f"subject[{number}].name")
    return subjects


def _subject(item: Any, where: str) -> Subject:
    if not isinstance(item, dict) or set(item) != {"name", "digest"}:
        raise refusal("E-TYP-005", member=where)
    name, digest = item["name"], item["digest"]
    if not isinstance(name, str) or not name:
        raise refusal("E-TYP-005", member=f"{where}.name")
    if not isinstance(digest, dict) or "sha256" not in digest:
        raise refusal("E-TYP-005", member=f"{where}.digest")
    for algorithm, value in digest.items():
        known = _HEX.get(algorithm)
        if not isinstance(value, str) or (known is not None and not known.fullmatch(value)):
            raise refusal("E-TYP-005", member=f"{where}.digest.{algorithm[:20]}")
    return Subject(name, dict(digest))
