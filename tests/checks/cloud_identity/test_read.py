"""Lists of users: the numbers that are in them, one reader a file, and never a name."""

from __future__ import annotations

import contextlib
import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.cloud_identity.read_google import google_workspace_users
from posture_scan.checks.cloud_identity.read_microsoft import microsoft365_users
from posture_scan.checks.cloud_identity.tenant_facts import Standing, TenantUsers

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Method
from tests.checks.cloud_identity.lists import (
    GOOGLE_HEAD,
    PLANTED,
    entra,
    google,
    graph,
    per_user,
    report,
    report_ja,
)

READERS = (microsoft365_users, google_workspace_users)
ON = ("Active", "True", "True")
OFF = ("Active", "False", "False")


def read(content: bytes) -> TenantUsers:
    """The facts of the one reader that understands the file."""
    found = []
    for reader in READERS:
        with contextlib.suppress(AttemptError):
            found.append(reader.function(content))
    (facts,) = found
    assert isinstance(facts, TenantUsers)
    return facts


def test_the_user_download_of_google_counts_who_is_in_use() -> None:
    facts = read(google(ON, ("Active", "True", "False"), ("Suspended", "False", "False"), OFF))
    assert facts.tenant == "google_workspace"
    assert facts.everyone == Standing(3, registered=2, enforced=1)
    assert (facts.admins, facts.disabled, facts.stated_at) == (None, 1, None)


def test_a_report_of_google_marks_administrators_and_names_its_day() -> None:
    facts = read(
        report(
            ("Active", "Super Admin", "Enrolled", "Enforced"),
            ("Active", "None", "Not enrolled", "Not enforced"),
            ("Blocked", "None", "Not enrolled", "Not enforced"),
        )
    )
    assert facts.everyone == Standing(2, registered=1, enforced=1)
    assert facts.admins == Standing(1, registered=1, enforced=1)
    # no list is younger than the beginning of that day where it begins first
    assert facts.stated_at == datetime(2026, 11, 19, 10, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_the_japanese_report_is_read_in_every_encoding(encoding: str) -> None:
    text = report_ja(
        ("有効", "特権管理者", "登録済み", "適用済み"), ("有効", "なし", "未登録", "未適用"),
        ("停止中", "なし", "未登録", "未適用"),
    )  # fmt: skip
    facts = read(text.encode(encoding))
    assert facts.everyone == Standing(2, registered=1, enforced=1)
    assert (facts.admins, facts.disabled) == (Standing(1, registered=1, enforced=1), 1)


def test_gams_list_has_the_names_of_the_interface() -> None:
    head = "primaryEmail,isAdmin,isEnforcedIn2Sv,isEnrolledIn2Sv,suspended,archived"
    rows = ["planted.a@example.jp,True,True,True,False,False",
            "planted.b@example.jp,False,False,True,False,False",
            "planted.c@example.jp,False,False,False,True,False"]  # fmt: skip
    facts = read("\n".join([head, *rows]).encode())
    assert facts.everyone == Standing(2, registered=2, enforced=1)
    assert (facts.admins, facts.disabled) == (Standing(1, registered=1, enforced=1), 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_registration_details_of_entra(encoding: str) -> None:
    text = entra(("True", "True", "True"), ("False", "True", "False"), ("False", "False", "False"))
    facts = read(text.encode(encoding))
    assert facts.tenant == "microsoft365"
    assert facts.everyone == Standing(3, capable=1, registered=2)
    assert facts.admins == Standing(1, capable=1, registered=1)
    assert facts.stated_at == datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("userPrincipalName,mfaCapable", Standing(2, capable=1)),
        ("User principal name,Multifactor authentication capable", Standing(2, capable=1)),
        ("User Principal Name,MFA registered", Standing(2, registered=1)),
    ],
)
def test_older_headings_and_those_of_the_page_itself(head: str, told: Standing) -> None:
    rows = "planted.a@example.jp,はい\nplanted.b@example.jp,いいえ\n"
    facts = read(f"{head}\n{rows}".encode())
    assert (facts.everyone, facts.admins) == (told, None)


def test_guests_and_blocked_accounts_are_left_out_and_counted() -> None:
    guest = {"userPrincipalName": "planted_other.jp#EXT#@example.jp", "isMfaCapable": False}
    facts = read(
        graph({}, guest, {"userType": "guest"}, {"accountEnabled": False, "isMfaCapable": False})
    )
    assert facts.everyone == Standing(1, capable=1, registered=1)
    assert (facts.guests, facts.disabled) == (2, 1)


def test_an_account_of_the_synchronisation_is_counted_and_noted() -> None:
    sync = {"userPrincipalName": "Sync_planted_1a@example.jp", "isMfaCapable": False}
    facts = read(graph({}, sync))
    assert (facts.everyone.accounts, facts.everyone.capable, facts.unattended) == (2, 1, 1)


def test_a_first_page_says_that_it_is_one() -> None:
    assert not read(graph({}, more=True)).whole
    assert read(graph({})).whole


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_per_user_states(separator: str) -> None:
    facts = read(per_user("Enforced", "Enabled", "Disabled", separator=separator))
    assert facts.everyone == Standing(3, enforced=1, asked=1)


def test_what_powershell_puts_before_the_headings_is_skipped() -> None:
    content = b"#TYPE Selected.Microsoft.User\r\n" + per_user("Enforced")[3:]
    assert read(content).everyone == Standing(1, enforced=1, asked=0)


def test_a_value_that_is_not_known_is_unclear_and_never_counted() -> None:
    facts = read(google(ON, ("Active", "Vielleicht", "True"), ("Ruhend", "True", "True")))
    assert facts.everyone == Standing(3, 2, registered=1, enforced=1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"User principal name,Name\nplanted@example.jp,Taro\n",
        GOOGLE_HEAD.replace("2sv Enrolled", "2sv eingeschrieben").encode(),
        # a heading alone is known, and not one value is
        b"userPrincipalName,isMfaCapable\nplanted@example.jp,Ja\n",
        # two columns of one meaning may contradict each other
        b"userPrincipalName,isMfaCapable,mfaCapable\nplanted@example.jp,True,False\n",
        b'userPrincipalName,isMfaCapable\n"planted@example.jp,True\n',
        b'{"value": "nothing"}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b"\x00" * 40,
    ],
)  # fmt: skip
def test_what_is_not_understood_is_nobodys(content: bytes) -> None:
    for reader in READERS:
        with pytest.raises(AttemptError) as raised:
            reader.function(content)
        assert raised.value.attempt is Attempt.PROTOCOL_MISMATCH


@pytest.mark.parametrize(
    "content",
    [
        google(ON, OFF), report(("Active", "None", "Enrolled", "Enforced")), graph({}),
        entra(("True", "True", "True")).encode(), per_user("Enforced", "Disabled"),
    ],
)  # fmt: skip
def test_numbers_and_a_digest_are_all_that_is_kept(content: bytes) -> None:
    facts = read(content)
    kept = encode(facts)
    assert decode(TenantUsers, kept) == facts
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert facts.method is Method.TENANT_EXPORT
    for name in PLANTED:
        assert name not in json.dumps(kept, ensure_ascii=False)


@given(st.binary(max_size=400), st.integers(0, 300))
@settings(max_examples=150, deadline=None)
def test_no_file_brings_a_reader_down(noise: bytes, place: int) -> None:
    for base in (google(ON), per_user("Enforced"), graph({})):
        content = base[:place] + noise + base[place:]
        for reader in READERS:
            try:
                facts = reader.function(content)
            except AttemptError:
                continue
            assert facts.everyone.accounts >= facts.everyone.unclear >= 0
