"""Secrets do not get into a recording."""

from __future__ import annotations

import pytest

from posture_scan.collect.redact import redact


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("repo: sftp://yuki:hunter2@nas/x", "hunter2"),
        ("rest:https://u:p4ss@host/", "p4ss"),
        ("export RESTIC_PASSWORD='correct horse'", "correct"),
        ("AWS_SECRET_ACCESS_KEY=abcdef0123", "abcdef0123"),
        ("encryption_passphrase: swordfish", "swordfish"),
        ('"api_key": "k-123"', "k-123"),
        ("mysqldump --password=geheim db", "geheim"),
        ("tool --token t0k3n", "t0k3n"),
        ("0 3 * * * root mysqldump -u root -pgeheim db | gzip", "geheim"),
        ("user=password=hunter2", "hunter2"),
        ("rest:https://u:p@ss@host/", "ss@"),
        ("api-key: k-123", "k-123"),
        ("signing.key=k-123", "k-123"),
        ("tool --api-key k-123", "k-123"),
        ("PASSWORD =\n\thunter2", "hunter2"),
        ("[repository]\nid = 1\nkey = hqlhbGdv\n\tcmVtYWluZGVy\n\tbGFzdA==\nappend = 0", "bGFzdA"),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----",
            "b3Bl",
        ),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, secret: str) -> None:
    clean, count = redact(text.encode())
    assert secret.encode() not in clean
    assert count >= 1


@pytest.mark.parametrize(
    "text",
    [
        "0 3 * * * root restic -r /srv/repo --password-file /root/pw backup /home",
        "RESTIC_PASSWORD_FILE=/root/pw",
        "token-count = 5",
        "mkdir -p /srv/x; restic -r /r -p /root/pw backup /home",
        "x=--passing by",
        "snapshot 619802ad saved",
        "[2026-11-22T02:40:01] /usr/bin/rsnapshot daily: completed successfully",
    ],
)
def test_evidence_stays_as_it_is(text: str) -> None:
    assert redact(text.encode()) == (text.encode(), 0)


def test_what_follows_a_secret_is_kept() -> None:
    clean, _ = redact(b"[repository]\nkey = aaa\n\tbbb\nappend_only = 1\n")
    assert b"append_only = 1" in clean
