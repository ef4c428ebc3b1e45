"""What a server's own SSH lets in: the first value wins, Match holds for some only."""

from __future__ import annotations

from typing import Any

import pytest
from posture_scan.checks.host.collect_ssh_server import SshServerFacts, ssh_of_computer

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.listening_table import table
from tests.checks.host.verdicts import told

PASSWORD, ROOT = "ssh_server.password_login", "ssh_server.root_login"
CONF = "/etc/ssh/sshd_config"
DEBIAN = "Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\n"


def unit(name: str, active: str = "inactive", enabled: str = "", load: str = "loaded") -> str:
    return f"Id={name}\nLoadState={load}\nActiveState={active}\nUnitFileState={enabled}\n"


def units(active: str = "active", enabled: str = "enabled") -> str:
    rest = [unit(name, load="not-found") for name in ("sshd.service", "ssh.socket", "sshd.socket")]
    return "\n".join([unit("ssh.service", active, enabled), *rest])


def seen(host: FakeHost) -> SshServerFacts:
    facts = ssh_of_computer.function(host)
    assert isinstance(facts, SshServerFacts)
    return facts


def by_files(
    conf: str | Attempt, *, state: str | None = None, elevated: bool = False, **files: Any
) -> SshServerFacts:
    paths = {name: f"/etc/ssh/sshd_config.d/{name}.conf" for name in files}
    content = {"/usr/sbin/sshd": "", CONF: conf}
    content |= {paths[name]: text for name, text in files.items() if name != "pam"}
    if "pam" in files:
        content["/etc/pam.d/sshd"] = files["pam"]
    commands = {"systemctl show": out(units() if state is None else state)}
    return seen(FakeHost(files=content, commands=commands, elevated=elevated))


@pytest.mark.parametrize(
    ("conf", "password", "root"),
    [
        (DEBIAN, "fail", "pass"),
        ("", "fail", "pass"),
        (DEBIAN + "PasswordAuthentication no\n", "pass", "pass"),
        (DEBIAN + "passwordauthentication=no\n", "pass", "pass"),
        (DEBIAN + 'PasswordAuthentication "no"  # since 2024\n', "pass", "pass"),
        ("PasswordAuthentication no\nPasswordAuthentication yes\n", "pass", "pass"),
        ("PasswordAuthentication yes\nPasswordAuthentication no\n", "fail", "pass"),
        ("#PasswordAuthentication no\n", "fail", "pass"),
        # Through PAM, keyboard-interactive takes a password just as well.
        ("UsePAM yes\nPasswordAuthentication no\n", "fail", "pass"),
        ("UsePAM yes\nPasswordAuthentication no\nChallengeResponseAuthentication no\n",
         "pass", "pass"),
        ("PasswordAuthentication no\n", "pass", "pass"),
        ("AuthenticationMethods publickey,keyboard-interactive\n", "pass", "pass"),
        ("AuthenticationMethods publickey,password publickey\n", "pass", "pass"),
        ("AuthenticationMethods publickey password\n", "fail", "pass"),
        ("AuthenticationMethods any\n", "fail", "pass"),
        ("PermitRootLogin yes\n", "fail", "fail"),
        ("PermitRootLogin without-password\n", "fail", "pass"),
        ("PermitRootLogin prohibit-password\nPermitRootLogin yes\n", "fail", "pass"),
        ("Match User backup\n PasswordAuthentication no\n", "unknown", "pass"),
        ("PasswordAuthentication no\nMatch Address 192.0.2.0/24\n PasswordAuthentication yes\n",
         "unknown", "pass"),
        ("PasswordAuthentication no\nMatch User x\n PasswordAuthentication no\n", "pass", "pass"),
        ("Match all\nPasswordAuthentication no\n", "pass", "pass"),
        ("PermitRootLogin no\nMatch Host lan\n PermitRootLogin yes\n", "fail", "unknown"),
        ("Match User x\n X11Forwarding no\n", "fail", "pass"),
    ],
)  # fmt: skip
def test_the_files_are_read_as_sshd_reads_them(conf: str, password: str, root: str) -> None:
    facts = by_files(conf)
    assert (told(PASSWORD, facts)[0], told(ROOT, facts)[0]) == (password, root)


def test_included_files_come_first_and_in_order() -> None:
    facts = by_files(DEBIAN + "PasswordAuthentication yes\n", a10="PasswordAuthentication no\n")
    assert told(PASSWORD, facts) == ("pass", "keys_only")
    both: dict[str, Any] = {
        "a10": "PasswordAuthentication yes\n",
        "b20": "PasswordAuthentication no\n",
    }
    assert told(PASSWORD, by_files(DEBIAN, **both)) == ("fail", "password")


def test_a_match_in_an_included_file_ends_with_it() -> None:
    facts = by_files(DEBIAN + "PasswordAuthentication no\n", a10="Match User x\nBanner /x\n")
    assert told(PASSWORD, facts) == ("pass", "keys_only")


def test_an_include_below_match_holds_for_some_only() -> None:
    conf = "PasswordAuthentication yes\nMatch User x\nInclude sshd_config.d/a10.conf\n"
    assert told(PASSWORD, by_files(conf, a10="PasswordAuthentication no\n")) == (
        "unknown", "match_blocks",
    )  # fmt: skip


def test_a_file_that_may_not_be_read_could_say_anything() -> None:
    facts = by_files(DEBIAN, a10=Attempt.PERMISSION_DENIED)
    assert told(PASSWORD, facts) == ("unknown", "not_seen")
    assert told(PASSWORD, by_files(Attempt.PERMISSION_DENIED)) == ("unknown", "not_seen")


def test_files_that_include_themselves_come_to_an_end() -> None:
    loop = "Include /etc/ssh/sshd_config.d/*.conf\n" * 3
    assert told(PASSWORD, by_files(DEBIAN, a10=loop, b20=loop)) == ("unknown", "not_seen")


def test_a_server_that_is_not_there_or_does_not_run() -> None:
    assert told(PASSWORD, seen(FakeHost())) == ("not_applicable", "no_server")
    stopped = by_files(DEBIAN, state=units("inactive", "disabled"))
    assert told(PASSWORD, stopped) == told(ROOT, stopped) == ("not_applicable", "not_running")
    assert told(PASSWORD, by_files(DEBIAN, state=units("inactive")))[0] == "fail"


def test_a_socket_that_starts_it_counts_as_running() -> None:
    names = ("ssh.service", "sshd.service", "sshd.socket")
    off = [unit(name, "inactive", "disabled") for name in names]
    state = "\n".join([*off, unit("ssh.socket", "active", "enabled")])
    assert told(PASSWORD, by_files(DEBIAN, state=state))[0] == "fail"


def test_without_systemd_what_listens_decides_and_if_nothing_says_it_is_unknown() -> None:
    files = {"/usr/sbin/sshd": "", CONF: "Port 2222\nPort 22\n"}
    for socket, want in (
        (("0.0.0.0", 2222), ("fail", "password")),
        (("::1", 22), ("fail", "password")),
        (("0.0.0.0", 80), ("not_applicable", "not_running")),
    ):
        host = FakeHost(files=files | table(socket))
        assert told(PASSWORD, seen(host)) == want
    assert told(PASSWORD, seen(FakeHost(files=files)))[0] == "unknown"
    files = {"/usr/sbin/sshd": "", CONF: "ListenAddress 0.0.0.0:2022\nListenAddress [::]:2023\n"}
    host = FakeHost(files=files | table(("::", 2023)))
    assert told(PASSWORD, seen(host)) == ("fail", "password")


SAID = (
    "port 22\npasswordauthentication no\nkbdinteractiveauthentication no\nusepam yes\n"
    "permitrootlogin without-password\nauthenticationmethods any\n"
)


def asked(said: str, conf: str = DEBIAN, code: int = 0) -> SshServerFacts:
    return seen(
        FakeHost(
            files={"/usr/sbin/sshd": "", CONF: conf},
            commands={"systemctl show": out(units()), "sshd -T": out(said, code)},
        )
    )


def test_root_asks_sshd_itself() -> None:
    facts = asked(SAID)
    assert facts.source == "sshd -T"
    assert told(PASSWORD, facts) == ("pass", "keys_only")
    assert told(ROOT, facts) == ("pass", "restricted")
    weak = asked(SAID.replace("passwordauthentication no", "passwordauthentication yes"))
    assert told(PASSWORD, weak) == ("fail", "password")
    conf = DEBIAN + "Match User x\n PasswordAuthentication yes\n"
    assert told(PASSWORD, asked(SAID, conf)) == ("unknown", "match_blocks")


def test_what_sshd_says_holds_for_all_only_where_the_files_show_no_exception() -> None:
    """``sshd -T`` leaves out what stands below Match, so a closed file may say otherwise."""
    drop_ins = "/etc/ssh/sshd_config.d/*.conf"
    for conf, closed in ((f"Include {drop_ins}\n", (drop_ins,)), (None, ())):
        host = FakeHost(
            files={"/usr/sbin/sshd": "", **({CONF: conf} if conf else {})}, closed=closed,
            commands={"systemctl show": out(units()), "sshd -T": out(SAID)},
        )  # fmt: skip
        assert told(PASSWORD, seen(host)) == ("unknown", "not_seen")
        assert told(ROOT, seen(host)) == ("unknown", "not_seen")


@pytest.mark.parametrize(("said", "code"), [("", 0), ("port 22\n", 0), (SAID, 1)])
def test_an_answer_of_sshd_that_is_not_whole_is_none(said: str, code: int) -> None:
    facts = asked(said, code=code)
    assert facts.source == "files"
    assert told(PASSWORD, facts)[0] == "fail"


OTP = "auth required pam_google_authenticator.so\n@include common-auth\n"


@pytest.mark.parametrize(
    ("pam", "want"),
    [
        (OTP, ("pass", "second_factor")),
        (OTP.replace(".so", ".so nullok"), ("unknown", "factor_optional")),
        (OTP.replace("required", "sufficient"), ("unknown", "factor_optional")),
        ("auth [success=ok default=die] pam_u2f.so\n", ("pass", "second_factor")),
        ("#" + OTP, ("fail", "password")),
    ],
)
def test_a_second_factor_in_the_stack_of_sshd(pam: str, want: tuple[str, str]) -> None:
    assert told(PASSWORD, by_files(DEBIAN, pam=pam)) == want


def test_a_closed_file_of_the_stack_may_name_a_second_factor() -> None:
    closed = Attempt.PERMISSION_DENIED
    assert told(PASSWORD, by_files(DEBIAN, pam=closed)) == ("unknown", "not_seen")


def test_a_second_factor_that_sshd_never_asks_pam_for() -> None:
    assert told(PASSWORD, by_files("UsePAM no\n", pam=OTP)) == ("fail", "password")


@pytest.mark.parametrize(("version", "want"), [("7.9", "unknown"), ("9.3", "pass"), ("8", "pass")])
def test_what_red_hat_did_before_8_is_not_guessed(version: str, want: str) -> None:
    files = {"/usr/sbin/sshd": "", CONF: "", "/etc/os-release":
             f'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="{version}"\n'}  # fmt: skip
    host = FakeHost(files=files, commands={"systemctl show": out(units())}, elevated=False)
    assert told(ROOT, seen(host))[0] == want


def test_openssh_on_windows_and_on_a_mac() -> None:
    path = "C:\\Windows\\System32\\OpenSSH\\sshd.exe"
    files = {path: "", "C:\\ProgramData\\ssh\\sshd_config": "PasswordAuthentication no\r\n"}
    running = {"service:sshd": [{"state": 4}]}
    host = FakeHost(platform="windows", files=files, answers=running)
    assert told(PASSWORD, seen(host)) == ("pass", "keys_only")
    assert told(ROOT, seen(host)) == ("not_applicable", "no_root")
    host.answers = {}
    assert told(PASSWORD, seen(host)) == ("not_applicable", "not_running")
    said = {"launchctl": out('x = {\n"com.openssh.sshd" => enabled\n}\n')}
    mac = FakeHost(platform="darwin", files={"/usr/sbin/sshd": "", CONF: ""}, commands=said)
    assert told(PASSWORD, seen(mac)) == ("fail", "password")
    mac.commands = {"launchctl": out('x = {\n"com.openssh.sshd" => disabled\n}\n')}
    assert told(PASSWORD, seen(mac)) == ("not_applicable", "not_running")
