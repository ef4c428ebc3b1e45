"""Whose signatures this reader trusts: a folder with ``trusted_keys.json``.

A key gets in only with its fingerprint confirmed by a person, never by having been seen. One
key stands for one identity in one role.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from posture_scan.collect.local_file import write_atomically
from posture_scan.trust import base64_text, canonical, public_key, strict_json
from posture_scan.trust.codes import refusal, short
from posture_scan.trust.keys import ROLES, read_public
from posture_scan.trust.times import from_text, to_text

FILE_NAME: Final = "trusted_keys.json"
SCHEMA: Final = "posture-scan/trusted-keys/1"
_MAX_KEYS: Final = 10_000
_MEMBERS: Final = frozenset({"keyid", "spki", "role", "name", "validFor", "vetted", "addedAt"})


@dataclass(frozen=True)
class TrustedKey:
    """A pinned key: who owns it, in which role, from when until when, and how that is known."""

    key: public_key.PublicKey
    role: str
    name: str
    valid_from: datetime
    valid_until: datetime | None
    vetted: str
    """How the fingerprint was confirmed, in the words of the person who did it."""
    added_at: datetime

    def holds_at(self, moment: datetime) -> bool:
        """Tell whether the key was its owner's at this moment; both ends belong to it."""
        after_start = moment >= self.valid_from
        return after_start and (self.valid_until is None or moment <= self.valid_until)


@dataclass(frozen=True)
class TrustStore:
    """All keys a reader trusts; an empty one trusts nobody."""

    keys: tuple[TrustedKey, ...] = ()
    digest: str = ""
    """SHA-256 of the file, so that a verdict can say on whose trust it rests."""

    def find(self, keyid: str) -> TrustedKey | None:
        """The entry of a key, by its key id."""
        return next((entry for entry in self.keys if entry.key.keyid == keyid), None)


def load_store(folder: Path) -> TrustStore:
    """Read a trust store; a folder without one trusts nobody.

    Raises:
        UsageError: E-TRU-002 where the file says something this program does not understand,
            E-TRU-003 where anyone on the machine could change it.
        AnswerIsNoError: E-KEY-001 or E-SIG-006 for a key nobody should trust.
    """
    path = folder / FILE_NAME
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and mode & stat.S_IWOTH:
                raise refusal("E-TRU-003", path=str(path))
            data = file.read(strict_json.MAX_BYTES + 1)
    except FileNotFoundError:
        return TrustStore()
    except OSError as error:
        raise refusal("E-KEY-008", path=str(path), problem=error.strerror or "-") from error
    return TrustStore(_entries(strict_json.loads(data, FILE_NAME)), canonical.sha256(data))


def add_trusted_key(
    folder: Path,
    public_file: bytes,
    *,
    fingerprint: str,
    vetted: str,
    added_at: datetime,
    role: str = "",
    name: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> TrustedKey:
    """Trust a key whose owner confirmed this fingerprint over another channel.

    Args:
        folder: the trust store; made if it is not there.
        public_file: the bytes of the owner's ``.pub.json``.
        fingerprint: what the owner read out, in any spacing.
        vetted: how and from whom, for those who ask later.
        added_at: now.
        role: the role to trust it in; the owner's own word if empty.
        name: what to call the owner; the owner's own word if empty.
        valid_from: since when the key is the owner's; its making if None.
        valid_until: until when; open if None.

    Raises:
        NotTrustedError: E-KEY-005 if the fingerprint is not this key's.
        UsageError: E-KEY-002 if the key is enrolled already, in whatever role.
        AnswerIsNoError: E-KEY-001 for a key with which anyone could sign.
    """
    public = read_public(public_file)
    confirmed = public_key.plain_fingerprint(fingerprint)
    if confirmed != public.key.keyid:
        raise refusal("E-KEY-005", got=short(confirmed) or "-", expected=public.key.fingerprint)
    store = load_store(folder)
    present = store.find(public.key.keyid)
    if present is not None:
        raise refusal(
            "E-KEY-002", keyid=short(present.key.keyid), name=present.name, role=present.role
        )
    entry = TrustedKey(
        key=public.key,
        role=role or public.role,
        name=name or public.name,
        valid_from=valid_from or from_text(public.created, "created"),
        valid_until=valid_until,
        vetted=vetted,
        added_at=added_at,
    )
    _judge(entry)
    _write(folder, (*store.keys, entry))
    return entry


def remove_trusted_key(folder: Path, keyid: str) -> TrustedKey:
    """Trust a key no longer: its reports are an unknown signer's from now on.

    Raises:
        UsageError: E-TRU-004 if no such key is enrolled.
    """
    store = load_store(folder)
    entry = store.find(public_key.plain_fingerprint(keyid))
    if entry is None:
        raise refusal("E-TRU-004", keyid=short(keyid))
    _write(folder, tuple(other for other in store.keys if other is not entry))
    return entry


def list_trusted(folder: Path) -> tuple[TrustedKey, ...]:
    """All enrolled keys, by role and name."""
    return tuple(sorted(load_store(folder).keys, key=lambda entry: (entry.role, entry.name)))


def _judge(entry: TrustedKey) -> None:
    if entry.role not in ROLES:
        raise refusal("E-KEY-013", got=entry.role[:40], expected=" ".join(ROLES))
    if not entry.vetted.strip():
        raise refusal("E-TRU-002", member="vetted")
    if entry.valid_until is not None and entry.valid_until < entry.valid_from:
        raise refusal("E-TRU-002", member="validFor")


def _write(folder: Path, entries: Sequence[TrustedKey]) -> None:
    """Replace the file in one step, so that a reader sees the old or the new one."""
    document = {"schema": SCHEMA, "keys": [_members(entry) for entry in entries]}
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal("E-KEY-008", path=str(folder), problem=error.strerror or "-") from error
    write_atomically(path, text.encode("utf-8"))


def _members(entry: TrustedKey) -> dict[str, Any]:
    period = {"start": to_text(entry.valid_from)}
    if entry.valid_until is not None:
        period["end"] = to_text(entry.valid_until)
    return {
        "keyid": entry.key.keyid,
        "spki": base64_text.encode(entry.key.spki),
        "role": entry.role,
        "name": entry.name,
        "validFor": period,
        "vetted": entry.vetted,
        "addedAt": to_text(entry.added_at),
    }


def _entries(document: Any) -> tuple[TrustedKey, ...]:
    if not isinstance(document, dict) or set(document) != {"schema", "keys"}:
        raise refusal("E-TRU-002", member="$")
    if document["schema"] != SCHEMA:
        raise refusal("E-TRU-002", member="schema")
    listed = document["keys"]
    if not isinstance(listed, list) or len(listed) > _MAX_KEYS:
        raise refusal("E-TRU-002", member="keys")
    entries: dict[str, TrustedKey] = {}
    for number, item in enumerate(listed):
        entry = _entry(item, f"keys[{number}]")
        present = entries.get(entry.key.keyid)
        if present is not None:
            raise refusal(
                "E-KEY-002", keyid=short(entry.key.keyid), name=present.name, role=present.role
            )
        entries[entry.key.keyid] = entry
    return tuple(entries.values())


def _entry(item: Any, where: str) -> TrustedKey:
    if not isinstance(item, dict) or set(item) != _MEMBERS:
        raise refusal("E-TRU-002", member=where)
    for name in _MEMBERS - {"validFor"}:
        if not isinstance(item[name], str):
            raise refusal("E-TRU-002", member=f"{where}.{name}")
    period = item["validFor"]
    if not isinstance(period, dict) or not {"start"} <= set(period) <= {"start", "end"}:
        raise refusal("E-TRU-002", member=f"{where}.validFor")
    spki = base64_text.decode(item["spki"], document=FILE_NAME, member=f"{where}.spki")
    entry = TrustedKey(
        key=public_key.load(spki),
        role=item["role"],
        name=item["name"],
        valid_from=from_text(period["start"], f"{where}.validFor.start"),
        valid_until=from_text(period["end"], f"{where}.validFor.end") if "end" in period else None,
        vetted=item["vetted"],
        added_at=from_text(item["addedAt"], f"{where}.addedAt"),
    )
    if entry.key.keyid != item["keyid"]:
        raise refusal("E-TRU-002", member=f"{where}.keyid")
    _judge(entry)
    return entry
