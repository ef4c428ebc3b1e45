from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from posture_scan.errors import NotTrustedError, PostureError
from posture_scan.trust import keys, public_key, store
from tests.trust.samples import NOW, public, signer
from tests.trust.test_ed25519_strict import SMALL_ORDER, SPKI_PREFIX


def public_file(key: keys.SigningKey) -> bytes:
    return keys.public_bytes(
        keys.PublicKeyFile(public(key), key.name, key.role, "2026-11-01T00:00:00Z")
    )


def add(folder: Path, key: keys.SigningKey, **changes: Any) -> store.TrustedKey:
    wishes: dict[str, Any] = {
        "fingerprint": key.keyid, "vetted": "電話で山田様と照合", "added_at": NOW, **changes,
    }  # fmt: skip
    return store.add_trusted_key(folder, public_file(key), **wishes)


def code_of(action: Any) -> str:
    with pytest.raises(PostureError) as caught:
        action()
    return caught.value.code


def test_a_folder_without_a_list_trusts_nobody(tmp_path: Path) -> None:
    assert store.load_store(tmp_path / "none").keys == ()
    assert store.list_trusted(tmp_path) == ()


def test_what_is_enrolled_is_read_back(tmp_path: Path) -> None:
    first, second = signer(), signer("sme", "例", curve=True)
    add(tmp_path / "trust", first, valid_until=NOW)
    add(tmp_path / "trust", second, fingerprint=public_key.grouped(second.keyid).upper())
    entries = store.list_trusted(tmp_path / "trust")
    assert [(entry.role, entry.name) for entry in entries] == [
        ("contractor", "アクメ"), ("sme", "例"),
    ]  # fmt: skip
    assert entries[0].valid_until == NOW
    assert entries[0].vetted == "電話で山田様と照合"
    assert entries[1].valid_until is None
    assert len(store.load_store(tmp_path / "trust").digest) == 64
    assert [item.name for item in (tmp_path / "trust").iterdir()] == [store.FILE_NAME]


def test_there_is_no_trust_on_first_use(tmp_path: Path) -> None:
    key = signer()
    for typed in ("", "yes", key.keyid[:16], signer().keyid):
        with pytest.raises(NotTrustedError) as caught:
            add(tmp_path, key, fingerprint=typed)
        assert caught.value.code == "E-KEY-005"
    assert store.load_store(tmp_path).keys == ()


def test_one_key_is_one_identity_in_one_role(tmp_path: Path) -> None:
    key = signer()
    add(tmp_path, key)
    assert code_of(lambda: add(tmp_path, key, role="agent", name="other")) == "E-KEY-002"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "boss"}, "E-KEY-013"),
        ({"vetted": " "}, "E-TRU-002"),
        ({"valid_from": NOW, "valid_until": NOW - timedelta(seconds=1)}, "E-TRU-002"),
    ],
)
def test_bad_entries_do_not_get_in(tmp_path: Path, changes: dict[str, Any], code: str) -> None:
    assert code_of(lambda: add(tmp_path, signer(), **changes)) == code
    assert store.load_store(tmp_path).keys == ()


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_a_small_order_key_cannot_be_enrolled(tmp_path: Path, encoded: str) -> None:
    import base64
    import hashlib

    spki = SPKI_PREFIX + bytes.fromhex(encoded)
    keyid = hashlib.sha256(spki).hexdigest()
    members = {
        "schema": keys.PUBLIC_SCHEMA, "name": "x", "role": "contractor",
        "created": "2026-11-01T00:00:00Z", "keyid": keyid,
        "spki": base64.b64encode(spki).decode(),
    }  # fmt: skip

    def enrol() -> None:
        store.add_trusted_key(
            tmp_path, json.dumps(members).encode(), fingerprint=keyid, vetted="x", added_at=NOW
        )

    assert code_of(enrol) == "E-KEY-001"


def test_a_key_that_is_removed_is_unknown_again(tmp_path: Path) -> None:
    key = signer()
    add(tmp_path, key)
    assert store.remove_trusted_key(tmp_path, public_key.grouped(key.keyid)).name == "アクメ"
    assert store.load_store(tmp_path).keys == ()
    assert code_of(lambda: store.remove_trusted_key(tmp_path, key.keyid)) == "E-TRU-004"


def _change(text: str, path: str, value: object) -> bytes:
    document = json.loads(text)
    place = document
    *parents, last = path.split("/")
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place[part]
    if isinstance(place, list):
        place.append(value)
    else:
        place[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("schema", "x", "E-TRU-002"),
        ("extra", 1, "E-TRU-002"),
        ("keys", {}, "E-TRU-002"),
        ("keys/-", 1, "E-TRU-002"),
        ("keys/0/extra", 1, "E-TRU-002"),
        ("keys/0/keyid", "00", "E-TRU-002"),
        ("keys/0/role", "boss", "E-KEY-013"),
        ("keys/0/role", 1, "E-TRU-002"),
        ("keys/0/validFor", {}, "E-TRU-002"),
        ("keys/0/validFor", ["start"], "E-TRU-002"),
        ("keys/0/validFor/start", "2026-01-01", "E-TYP-005"),
        ("keys/0/validFor/end", "1999-01-01T00:00:00Z", "E-TRU-002"),
        ("keys/0/vetted", "", "E-TRU-002"),
        ("keys/0/spki", "AAA", "E-IN-005"),
    ],
)
def test_a_list_that_was_tampered_with_is_refused(
    tmp_path: Path, path: str, value: object, code: str
) -> None:
    add(tmp_path, signer())
    file = tmp_path / store.FILE_NAME
    file.write_bytes(_change(file.read_text("utf-8"), path, value))
    assert code_of(lambda: store.load_store(tmp_path)) == code


def test_one_key_written_twice_is_refused(tmp_path: Path) -> None:
    add(tmp_path, signer())
    file = tmp_path / store.FILE_NAME
    document = json.loads(file.read_text("utf-8"))
    document["keys"].append({**document["keys"][0], "role": "agent"})
    file.write_text(json.dumps(document), "utf-8")
    assert code_of(lambda: store.load_store(tmp_path)) == "E-KEY-002"


def test_a_list_anyone_can_change_is_refused(tmp_path: Path) -> None:
    add(tmp_path, signer())
    (tmp_path / store.FILE_NAME).chmod(0o666)
    assert code_of(lambda: store.load_store(tmp_path)) == "E-TRU-003"


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / store.FILE_NAME).mkdir()
    assert code_of(lambda: store.load_store(tmp_path)) == "E-KEY-008"


def test_both_ends_belong_to_a_key_s_period() -> None:
    from tests.trust.samples import trusting

    (entry,) = trusting(signer(), valid_from=NOW, valid_until=NOW).keys
    second = timedelta(seconds=1)
    assert entry.holds_at(NOW)
    assert not entry.holds_at(NOW - second)
    assert not entry.holds_at(NOW + second)
