from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from posture_scan.errors import PostureError, UsageError
from posture_scan.trust import key_file, keys, public_key
from tests.trust.samples import NOW, PASSPHRASE


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "acme.key"
    keys.new_key(path, "アクメ", "contractor", PASSPHRASE, created=NOW)
    return path


def code_of(action: Any) -> str:
    with pytest.raises(PostureError) as caught:
        action()
    return caught.value.code


def test_a_new_key_signs_and_its_public_half_verifies(made: Path) -> None:
    key = keys.open_key(made, PASSPHRASE)
    public = keys.read_public(keys.public_path(made).read_bytes())
    assert (public.name, public.role, public.created) == (
        "アクメ", "contractor", "2026-11-22T12:00:00Z",
    )  # fmt: skip
    assert public.key.algorithm == public_key.ED25519
    assert public.key.fits(key.sign(b"x"), b"x")
    assert not public.key.fits(key.sign(b"x"), b"y")
    assert key.keyid == public.key.keyid


def test_a_p256_key_signs_too(tmp_path: Path) -> None:
    path = tmp_path / "k"
    public = keys.new_key(
        path, "x", "sme", PASSPHRASE, created=NOW, algorithm=public_key.ECDSA_P256
    )
    key = keys.open_key(path, PASSPHRASE)
    assert public.key.algorithm == public_key.ECDSA_P256
    assert public.key.fits(key.sign(b"x"), b"x")


def test_the_file_is_private_and_nothing_is_overwritten(made: Path, tmp_path: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o600
    before = made.read_bytes()

    def again(target: Path) -> None:
        keys.new_key(target, "x", "sme", PASSPHRASE, created=NOW)

    assert code_of(lambda: again(made)) == "E-KEY-007"
    assert made.read_bytes() == before
    alone = tmp_path / "k"
    keys.public_path(alone).write_text("{}")
    assert code_of(lambda: again(alone)) == "E-KEY-007"
    assert not alone.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    def new(path: Path) -> None:
        keys.new_key(path, "x", "sme", PASSPHRASE, created=NOW)

    assert code_of(lambda: new(tmp_path / "none" / "k")) == "E-KEY-008"
    keys.public_path(tmp_path / "k").symlink_to(tmp_path / "nowhere" / "k")
    assert code_of(lambda: new(tmp_path / "k")) == "E-KEY-007"
    assert not (tmp_path / "k").exists()


def test_a_passphrase_is_one_whatever_form_its_characters_have(tmp_path: Path) -> None:
    path = tmp_path / "k"
    keys.new_key(path, "x", "sme", "がぎぐげご ざじずぜぞ", created=NOW)
    decomposed = "か\u3099き\u3099く\u3099け\u3099こ\u3099 さ\u3099し\u3099す\u3099せ\u3099そ\u3099"
    assert keys.open_key(path, decomposed).role == "sme"


@pytest.mark.parametrize(
    ("name", "role", "passphrase", "code"),
    [
        ("x", "owner", PASSPHRASE, "E-KEY-013"),
        (" ", "sme", PASSPHRASE, "E-KEY-014"),
        ("a\nb", "sme", PASSPHRASE, "E-KEY-014"),
        ("x" * 201, "sme", PASSPHRASE, "E-KEY-014"),
        ("x", "sme", "", "E-KEY-012"),
        ("x", "sme", "1234567", "E-KEY-012"),
    ],
)
def test_bad_wishes_leave_no_file(
    tmp_path: Path, name: str, role: str, passphrase: str, code: str
) -> None:
    path = tmp_path / "k"
    assert code_of(lambda: keys.new_key(path, name, role, passphrase, created=NOW)) == code
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_algorithm_is_refused(tmp_path: Path) -> None:
    def rsa_key() -> None:
        keys.new_key(tmp_path / "k", "x", "sme", PASSPHRASE, created=NOW, algorithm="rsa")

    assert code_of(rsa_key) == "E-SIG-006"


def test_wrong_passphrase_open_mode_and_missing_file(made: Path, tmp_path: Path) -> None:
    assert code_of(lambda: keys.open_key(made, "wrong passphrase")) == "E-KEY-010"
    assert code_of(lambda: keys.open_key(tmp_path / "none", PASSPHRASE)) == "E-KEY-008"
    opened = tmp_path / "k"
    opened.write_bytes(made.read_bytes())
    opened.chmod(0o640)
    assert code_of(lambda: keys.open_key(opened, PASSPHRASE)) == "E-KEY-009"
    opened.chmod(0o600)
    assert code_of(lambda: keys.open_key(opened, PASSPHRASE)) == "file.missing"


def test_a_key_without_protection_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    plain = Ed25519PrivateKey.generate().private_bytes(pem, pkcs8, serialization.NoEncryption())
    locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    big = rsa.generate_private_key(65537, 2048).private_bytes(pem, pkcs8, locked)
    curve = ec.generate_private_key(ec.SECP384R1()).private_bytes(pem, pkcs8, locked)
    for number, data in enumerate((plain, big, curve, b"", b"ENCRYPTED rubbish")):
        path = tmp_path / str(number)
        key_file.write_new(path, data, 0o600)
        assert code_of(lambda path=path: key_file.read(path, PASSPHRASE)) in {
            "E-KEY-010", "E-KEY-011",
        }  # fmt: skip


def test_the_key_at_rest_is_derived_by_scrypt_and_shows_nothing(made: Path) -> None:
    data = b"".join(made.read_bytes().splitlines()[1:-1])
    import base64

    der = base64.b64decode(data)
    assert bytes.fromhex("06092b06010401da47040b") in der  # scrypt, RFC 7914
    assert bytes.fromhex("06092a864886f70d01050c") not in der  # PBKDF2
    key = keys.open_key(made, PASSPHRASE)
    private = key_file.read(made, PASSPHRASE)
    assert isinstance(private, Ed25519PrivateKey)
    raw = private.private_bytes_raw()
    assert raw not in der
    assert raw.hex() not in repr(key)
    assert "sign" not in repr(key)


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("keyid", "00" * 32, "E-KEY-015"),
        ("schema", "x", "E-KEY-015"),
        ("name", 1, "E-KEY-015"),
        ("name", "\u202e", "E-KEY-014"),
        ("role", "boss", "E-KEY-013"),
        ("spki", "AAAA", "E-SIG-006"),
        ("spki", "AAA", "E-IN-005"),
        ("extra", "x", "E-KEY-015"),
    ],
)
def test_a_changed_public_file_is_refused(
    made: Path, member: str, value: object, code: str
) -> None:
    members = json.loads(keys.public_path(made).read_bytes())
    changed = json.dumps({**members, member: value}).encode()
    assert code_of(lambda: keys.read_public(changed)) == code


def test_a_public_file_of_another_key_is_noticed(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "k"
    keys.new_key(path, "x", "sme", PASSPHRASE, created=NOW)
    path.replace(tmp_path / "moved")
    keys.public_path(tmp_path / "moved").write_bytes(keys.public_path(made).read_bytes())
    with pytest.raises(UsageError) as caught:
        keys.open_key(tmp_path / "moved", PASSPHRASE)
    assert caught.value.code == "E-KEY-015"


def test_rsa_and_other_curves_are_no_public_keys_of_ours() -> None:
    for key in (
        rsa.generate_private_key(65537, 2048).public_key(),
        ec.generate_private_key(ec.SECP256K1()).public_key(),
    ):
        spki = public_key.spki_of(key)
        assert code_of(lambda spki=spki: public_key.load(spki)) == "E-SIG-006"


def test_fingerprints_are_read_out_in_groups() -> None:
    keyid = "0123456789abcdef" * 4
    shown = public_key.grouped(keyid)
    assert shown.startswith("0123 4567 89ab cdef ")
    assert public_key.plain_fingerprint(shown.upper().replace(" ", "  ")) == keyid
    assert public_key.plain_fingerprint(shown.replace(" ", ":")) == keyid
