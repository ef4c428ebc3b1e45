"""How short a password may be, and what follows upon wrong ones."""

from __future__ import annotations

import plistlib
from typing import Any

import pytest
from posture_scan.checks.host.collect_password import PasswordFacts, password_rules

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.verdicts import lift, told

WEAK, LOCK = "password.weak_policy", "password.no_lockout"


def seen(host: FakeHost) -> PasswordFacts:
    facts = password_rules.function(host)
    assert isinstance(facts, PasswordFacts)
    return facts


def windows(row: Any) -> PasswordFacts:
    return seen(FakeHost(platform="windows", answers={"password_policy": row}))


@pytest.mark.parametrize(("length", "want"), [(0, "fail"), (7, "fail"), (8, "pass"), (14, "pass")])
def test_the_least_length_of_windows(length: int, want: str) -> None:
    assert told(WEAK, windows([{"min_length": length, "threshold": 10}]))[0] == want


@pytest.mark.parametrize(("threshold", "want"), [(0, "fail"), (10, "pass")])
def test_the_lockout_of_windows(threshold: int, want: str) -> None:
    assert told(LOCK, windows([{"min_length": 8, "threshold": threshold}]))[0] == want


@pytest.mark.parametrize("row", [Attempt.PROTOCOL_MISMATCH, Attempt.PERMISSION_DENIED, [], [{}]])
def test_a_windows_that_does_not_answer_is_unknown(row: Any) -> None:
    facts = windows(row)
    assert told(WEAK, facts)[0] == told(LOCK, facts)[0] == "unknown"


PAM = {
    "/etc/pam.d/common-auth":
        "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n",
    "/etc/pam.d/common-password":
        "password [success=1 default=ignore] pam_unix.so obscure yescrypt\n",
    "/etc/passwd": "root:x:0:0::/root:/bin/bash\nhanako:x:1000:1000::/home/h:/bin/bash\n",
}  # fmt: skip


def linux(elevated: bool = True, status: str = "", **files: Any) -> PasswordFacts:  # noqa: FBT001, FBT002
    names = {"auth": "/etc/pam.d/common-auth", "password": "/etc/pam.d/common-password",
             "quality": "/etc/security/pwquality.conf", "passwd": "/etc/passwd",
             "drop_in": "/etc/security/pwquality.conf.d/50.conf",
             "faillock": "/etc/security/faillock.conf"}  # fmt: skip
    commands = {"passwd -S -a": out(status)} if status else {}
    own = {names[name]: text for name, text in files.items()}
    return seen(FakeHost(files=PAM | own, elevated=elevated, commands=commands))


QUALITY = (
    "password requisite pam_pwquality.so retry=3\npassword sufficient pam_unix.so use_authtok\n"
)


@pytest.mark.parametrize(
    ("files", "length"),
    [
        ({}, 6),
        ({"password": "password required pam_unix.so minlen=12\n"}, 12),
        ({"password": QUALITY}, 8),
        ({"password": QUALITY, "quality": "# minlen = 20\nminlen = 12\n"}, 12),
        ({"password": QUALITY, "quality": "minlen = 12\n", "drop_in": "minlen=14\n"}, 14),
        ({"password": QUALITY, "quality": "minlen = 12\ndcredit = 2\nucredit = -1\n"}, 10),
        ({"password": QUALITY, "quality": "minlen = 12\nenforcing = 0\n"}, 6),
        ({"password": QUALITY.replace("retry=3", "minlen=10"), "quality": "minlen = 6\n"}, 10),
        ({"password": QUALITY.replace("requisite", "optional")}, 6),
        ({"password": "password requisite pam_cracklib.so minlen=14\n"}, 10),
        ({"password": QUALITY, "quality": "enforcing = 0\n"}, 6),
        ({"password": QUALITY.replace("use_authtok", "minlen=9"), "quality": "enforcing=0\n"}, 9),
        ({"password": "password requisite pam_passwdqc.so min=disabled,24,11,8,7\n"}, None),
        # Debian leaves pam_unix behind it, whose own limit says nothing then.
        ({"password": "password requisite pam_passwdqc.so\npassword required pam_unix.so\n"}, None),
        ({"password": "password required pam_pwhistory.so\npassword required pam_unix.so\n"}, 6),
    ],
)
def test_the_least_length_of_linux(files: dict[str, Any], length: int | None) -> None:
    facts = linux(**files)
    assert facts.min_length == length
    want = "unknown" if length is None else "fail" if length < 8 else "pass"
    assert told(WEAK, facts)[0] == want


def test_a_stack_with_includes_the_red_hat_way() -> None:
    files = {
        "/etc/pam.d/passwd": "password substack system-auth\n",
        "/etc/pam.d/system-auth":
            "auth required pam_faillock.so preauth silent\nauth sufficient pam_unix.so nullok\n"
            "password requisite pam_pwquality.so local_users_only\n",
        "/etc/passwd": PAM["/etc/passwd"],
    }  # fmt: skip
    facts = seen(FakeHost(files=files, elevated=False))
    assert (facts.min_length, facts.lockout, facts.empty_allowed) == (8, 3, True)
    assert told(WEAK, facts) == ("unknown", "empty_unseen")
    assert lift(WEAK, facts) == "administrator"


def test_stacks_that_include_each_other_come_to_an_end() -> None:
    loop = "@include common-password\n" * 50
    assert told(WEAK, linux(password=loop))[0] == "unknown"


NULLOK = "auth sufficient pam_unix.so nullok\n"


def test_an_account_without_a_password() -> None:
    strong: dict[str, Any] = {"password": QUALITY, "auth": NULLOK}
    assert told(WEAK, linux(status="root L x\nhanako NP x\n", **strong)) == ("fail", "no_password")
    assert told(WEAK, linux(status="root L x\nhanako P x\n", **strong)) == ("pass", "long_enough")
    assert told(WEAK, linux(elevated=False, **strong)) == ("unknown", "empty_unseen")
    open_to_all = "hanako::1000:1000::/home/h:/bin/bash\n"
    facts = linux(elevated=False, passwd=open_to_all, **strong)
    assert told(WEAK, facts) == ("fail", "no_password")
    assert "hanako" not in str(facts)


@pytest.mark.parametrize(
    ("auth", "faillock", "want"),
    [
        (NULLOK, "", ("fail", "never")),
        ("auth required pam_faillock.so preauth\n" + NULLOK, "", ("pass", "locks")),
        ("auth required pam_faillock.so preauth\n" + NULLOK, "deny = 5\n", ("pass", "locks")),
        ("auth required pam_faillock.so preauth\n" + NULLOK, "deny = 0\n", ("fail", "never")),
        ("auth required pam_tally2.so deny=5\n" + NULLOK, "", ("pass", "locks")),
        ("# auth required pam_faillock.so preauth\n" + NULLOK, "", ("fail", "never")),
    ],
)
def test_the_lockout_of_linux(auth: str, faillock: str, want: tuple[str, str]) -> None:
    assert told(LOCK, linux(auth=auth, faillock=faillock)) == want


@pytest.mark.parametrize("content", [Attempt.PERMISSION_DENIED, None])
def test_stacks_that_cannot_be_read_are_unknown(content: Any) -> None:
    facts = seen(FakeHost(files={"/etc/pam.d/common-auth": content} if content else {}))
    assert told(WEAK, facts) == ("unknown", "not_seen")
    assert told(LOCK, facts) == ("unknown", "not_seen")


def test_a_closed_file_among_those_that_decide_leaves_it_open() -> None:
    faillock = "auth required pam_faillock.so preauth\n" + NULLOK
    deciding: tuple[dict[str, Any], ...] = (
        {"password": QUALITY, "quality": Attempt.PERMISSION_DENIED},
        {"auth": faillock, "faillock": Attempt.PERMISSION_DENIED},
    )
    for closed in deciding:
        assert told(WEAK, linux(**closed)) == ("unknown", "not_seen")
        assert told(LOCK, linux(**closed)) == ("unknown", "not_seen")


def mac(table: Any, first: bytes = b"Getting global account policies\n") -> PasswordFacts:
    data = first + (table if isinstance(table, bytes) else plistlib.dumps(table))
    return seen(FakeHost(platform="darwin", commands={"pwpolicy": out(data)}))


def test_the_rules_of_a_mac() -> None:
    content = [{"policyContent": "policyAttributePassword matches '.{8,}+'"},
               {"policyContent": "policyAttributePassword matches '(.*[0-9].*){1,}+'"}]  # fmt: skip
    locks = [{"policyContent": "policyAttributeFailedAuthentications < 11",
              "policyParameters": {"policyAttributeMaximumFailedAuthentications": 11}}]  # fmt: skip
    facts = mac({"policyCategoryPasswordContent": content, "policyCategoryAuthentication": locks})
    assert (facts.min_length, facts.lockout) == (8, 11)
    assert told(WEAK, facts) == ("pass", "long_enough")
    assert told(LOCK, facts) == ("pass", "locks")
    other = [{"policyContent": "policyAttributePassword.length >= 12"}]
    assert told(WEAK, mac({"policyCategoryPasswordContent": other})) == ("unknown", "other_module")
    short = [{"policyContent": "policyAttributePassword matches '.{4,}+'"}]
    facts = mac({"policyCategoryPasswordContent": short})
    assert told(WEAK, facts) == ("fail", "short")
    assert told(LOCK, facts) == ("fail", "never")


@pytest.mark.parametrize("broken", [b"", b"<?xml version='1.0'?><plist", [], b"<?xml bplist"])
def test_a_mac_whose_answer_cannot_be_read_is_unknown(broken: object) -> None:
    assert told(WEAK, mac(broken)) == ("unknown", "not_seen")
    assert told(LOCK, mac(broken)) == ("unknown", "not_seen")
