"""Evidence records: their ids, their JSON form and the way back to typed facts."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from posture_scan.engine.pack_set import PackSet
from posture_scan.model.codec import decode, encode
from posture_scan.model.evidence import Evidence


def with_id(record: Evidence) -> Evidence:
    """Return the record under the id that its content gives it.

    The id is ``ev-`` and the first 16 hex digits of the SHA-256 over the record's canonical
    JSON without the id, so the same observation has the same id on any machine.
    """
    content = encode(dataclasses.replace(record, id=""))
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return dataclasses.replace(record, id="ev-" + hashlib.sha256(text.encode()).hexdigest()[:16])


def evidence_from_json(data: dict[str, Any], packs: PackSet) -> Evidence:
    """Rebuild a record; facts of a kind that no loaded pack knows are left out.

    Raises:
        CodecError: (model/codec.py) when a member does not fit.
    """
    facts = data.get("facts")
    plain = decode(Evidence, {**data, "facts": None})
    assert isinstance(plain, Evidence)  # noqa: S101 -- narrows the codec's Any for the reader
    kind = packs.facts_type(plain.kind)
    if facts is None or kind is None:
        return plain
    return dataclasses.replace(plain, facts=decode(kind, facts, plain.kind))
