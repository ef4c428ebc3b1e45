"""Directories, mailboxes, mail and print servers of Debian: weak and sound, and what they keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.network_service import (
    collect_kerberos,
    collect_ldap,
    collect_mailbox,
    collect_netbios,
    collect_printer,
    collect_smtp,
    imap,
    pop3,
    printer,
    smtp,
)

from posture_scan.collect.net import RealNet
from posture_scan.sdk import Service, Status
from tests.lab import looking, pki
from tests.lab.servers_directory import krb5kdc, slapd
from tests.lab.servers_exposure import smbd
from tests.lab.servers_mail import cupsd, dovecot, opensmtpd
from tests.lab.servers_network import OFFICE, in_own_network

pytestmark = pytest.mark.lab

ADDRESS = "127.64.0.3"


def test_openldap_answers_without_a_name_of_the_firm(tmp_path: Path) -> None:
    with slapd(ADDRESS, tmp_path) as service:
        answer = looking.first_answer(collect_ldap.ldap, service)
    assert collect_ldap.ldap.recognise(answer)
    assert b"secret-firm" not in answer


def test_openldap_that_asks_everyone_to_log_on_is_still_found(tmp_path: Path) -> None:
    with slapd(ADDRESS, tmp_path, "require authc", "disallow bind_anon") as service:
        answer = looking.first_answer(collect_ldap.ldap, service)
    assert collect_ldap.ldap.recognise(answer)


def test_openldap_inside_tls_is_found_too(tmp_path: Path) -> None:
    chain, key = _certificate(tmp_path)
    settings = (f"TLSCertificateFile {chain}", f"TLSCertificateKeyFile {key}")
    with (
        slapd(ADDRESS, tmp_path, *settings, scheme="ldaps") as service,
        looking.net(ADDRESS).connect(service) as channel,
    ):
        channel.start_tls()
        channel.send(collect_ldap.ldap.sends)
        answer = channel.receive()
    assert collect_ldap.ldap.recognise(answer)


def test_kerberos_shows_itself_without_a_principal(tmp_path: Path) -> None:
    with krb5kdc(ADDRESS, tmp_path) as service:
        answer = looking.first_answer(collect_kerberos.kerberos, service)
        log = (tmp_path / "kdc.log").read_text()
    assert collect_kerberos.kerberos.recognise(answer)
    assert "AS_REQ" not in log
    assert "TGS_REQ" not in log


def test_a_netbios_session_is_called_and_hung_up_on(tmp_path: Path) -> None:
    with smbd(ADDRESS, tmp_path) as service:
        answer = looking.first_answer(collect_netbios.netbios_session, service)
    assert collect_netbios.netbios_session.recognise(answer)


def mailboxes(folder: Path, *settings: str, tls: bool = True) -> tuple[Any, Any, str]:
    certificate = _certificate(folder) if tls else None
    with dovecot(ADDRESS, folder, *settings, certificate=certificate) as (imap_, pop3_):
        assert collect_mailbox.imap.recognise(looking.first_answer(collect_mailbox.imap, imap_))
        assert collect_mailbox.pop3.recognise(looking.first_answer(collect_mailbox.pop3, pop3_))
        one = looking.collect(collect_mailbox.imap_offer, imap_)
        two = looking.collect(collect_mailbox.pop3_offer, pop3_)
        found = (
            looking.judge(imap.plaintext, one, imap_),
            looking.judge(pop3.plaintext, two, pop3_),
        )
        log = (folder / "mail.log").read_text()
    return (*found, log)


def _certificate(folder: Path) -> tuple[Path, Path]:
    return pki.Authority(folder).leaf("mail.example.jp")


def test_dovecot_without_encryption_is_found(tmp_path: Path) -> None:
    one, two, log = mailboxes(tmp_path, "ssl = no", "disable_plaintext_auth = no", tls=False)
    assert one.reason == two.reason == "no_encryption"
    assert "auth failed" not in log


def test_dovecot_that_encrypts_only_who_asks_is_found(tmp_path: Path) -> None:
    one, two, _ = mailboxes(tmp_path, "ssl = yes", "disable_plaintext_auth = no")
    assert one.reason == two.reason == "login_in_clear"


@pytest.mark.parametrize(
    "settings", [("ssl = required",), ("ssl = yes", "disable_plaintext_auth = yes")]
)
def test_dovecot_that_insists_on_encryption_passes(
    tmp_path: Path, settings: tuple[str, ...]
) -> None:
    one, two, _ = mailboxes(tmp_path, *settings)
    assert one.reason == two.reason == "encryption_required"


@pytest.mark.parametrize(
    ("listen", "tls", "encrypts", "clear"),
    [
        ("", False, "not_offered", "no_login_in_clear"),
        ("tls pki lab", True, "offered", "no_login_in_clear"),
        ("tls pki lab auth-optional <users>", True, "offered", "no_login_in_clear"),
        ("tls-require pki lab auth <users>", True, "offered", "no_login_in_clear"),
    ],
)
def test_opensmtpd_by_its_configuration(
    tmp_path: Path,
    listen: str,
    tls: bool,  # noqa: FBT001
    encrypts: str,
    clear: str,
) -> None:
    certificate = _certificate(tmp_path) if tls else None
    with opensmtpd(ADDRESS, tmp_path, listen, certificate=certificate) as service:
        answer = looking.first_answer(collect_smtp.smtp, service)
        seen = looking.collect(collect_smtp.smtp_offer, service)
    log = (tmp_path / "smtpd.log").read_text()
    assert collect_smtp.smtp.recognise(answer)
    assert looking.judge(smtp.no_starttls, seen, service).reason == encrypts
    assert looking.judge(smtp.plaintext, seen, service).reason == clear
    assert "auth" not in log.replace("auth-optional", "")


def test_cups_is_found_and_its_printer_tells_its_model(tmp_path: Path) -> None:
    def look() -> None:
        with cupsd(OFFICE, tmp_path, "Example LaserJet 4") as service:
            heard = looking.net(OFFICE).exchange(service, b"GET / HTTP/1.0\r\n\r\n")
            named = replace(service, greeting=heard)
            seen = looking.collect(collect_printer.printer_attributes, named)
            moved = looking.collect(collect_printer.printer_attributes, service)
            model = _model(looking.net(OFFICE), service)
        assert seen == moved == collect_printer.PrinterAnswer(found=True)
        assert looking.judge(printer.exposed, seen, service).status is Status.FAIL
        assert model == "Local Raw Printer"  # what CUPS says of a queue without a driver

    in_own_network(look)


def _model(net: RealNet, service: Service) -> str:
    answer = net.http(
        service, "/printers/office", method="POST", headers={"Content-Type": "application/ipp"},
        body=collect_printer.request(service.address, "/printers/office"),
    )  # fmt: skip
    assert b"Secret room" not in answer.body
    return str(collect_printer.model(answer.body))
