"""Exposed services against Debian's own servers; truth comes from their configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from posture_scan.checks.exposure import collect_ftp, collect_mqtt, collect_smb, ftp, mqtt, smb

from posture_scan.sdk import ServiceSeen, Status
from tests.lab import looking
from tests.lab.pki import Authority
from tests.lab.servers_exposure import mosquitto, smbd, vsftpd
from tests.lab.test_remote_access import package_version

pytestmark = pytest.mark.lab

ADDRESS = "127.63.0.2"


def test_samba_as_it_comes_refuses_smb1(tmp_path: Path) -> None:
    with smbd(ADDRESS, tmp_path) as service:
        answer = looking.first_answer(collect_smb.smb, service)
        seen = looking.collect(collect_smb.smb_negotiation, service)
    assert answer[4:8] == b"\xfeSMB"
    assert collect_smb.smb.recognise(answer)
    assert (seen.smb1, seen.smb2_dialect, seen.signing_required) == ("refused", 0x0311, False)
    assert looking.judge(smb.v1, seen, service).status is Status.PASS
    signing = looking.judge(smb.signing_not_required, seen, service)
    assert (signing.status, signing.actual) == (Status.FAIL, "SMB 3.1.1")


def test_samba_that_allows_nt1_is_found(tmp_path: Path) -> None:
    with smbd(
        ADDRESS, tmp_path, "server min protocol = NT1", "server signing = mandatory"
    ) as service:
        seen = looking.collect(collect_smb.smb_negotiation, service)
    assert (seen.smb1, seen.signing_required) == ("accepted", True)
    assert looking.judge(smb.v1, seen, service).status is Status.FAIL
    assert looking.judge(smb.signing_not_required, seen, service).status is Status.PASS


def test_samba_of_smb1_alone_is_recognised_and_found(tmp_path: Path) -> None:
    settings = ("server min protocol = NT1", "server max protocol = NT1")
    with smbd(ADDRESS, tmp_path, *settings) as service:
        answer = looking.first_answer(collect_smb.smb, service)
        seen = looking.collect(collect_smb.smb_negotiation, service)
    assert answer[4:8] == b"\xffSMB"
    assert collect_smb.smb.recognise(answer)
    assert (seen.smb1, seen.smb2_dialect, seen.signing_required) == ("accepted", 0, False)
    assert looking.judge(smb.signing_not_required, seen, service).actual == "SMB 1"


@pytest.mark.parametrize(
    ("settings", "dialect"),
    [
        (("server min protocol = SMB3_11",), 0x0311),
        (("server min protocol = SMB3_00", "server max protocol = SMB3_02"), 0x0302),
        (("server max protocol = SMB2_10",), 0x0210),
    ],
    ids=["3.1.1 alone", "3.0 to 3.0.2", "up to 2.1"],
)
def test_samba_of_some_versions_alone(
    tmp_path: Path, settings: tuple[str, ...], dialect: int
) -> None:
    with smbd(ADDRESS, tmp_path, *settings, "server signing = mandatory") as service:
        answer = looking.first_answer(collect_smb.smb, service)
        seen = looking.collect(collect_smb.smb_negotiation, service)
    assert collect_smb.smb.recognise(answer)
    assert (seen.smb1, seen.smb2_dialect, seen.signing_required) == ("refused", dialect, True)
    assert looking.judge(smb.signing_not_required, seen, service).status is Status.PASS


def test_samba_that_only_signs_smb1(tmp_path: Path) -> None:
    settings = (
        "server min protocol = NT1", "server max protocol = NT1", "server signing = mandatory",
    )  # fmt: skip
    with smbd(ADDRESS, tmp_path, *settings) as service:
        seen = looking.collect(collect_smb.smb_negotiation, service)
    assert (seen.smb1, seen.smb2_dialect, seen.signing_required) == ("accepted", 0, True)


@pytest.mark.parametrize("password", [False, True], ids=["anonymous", "password_file"])
def test_mosquitto_shows_itself_without_a_logon(tmp_path: Path, password: bool) -> None:  # noqa: FBT001
    with mosquitto(ADDRESS, tmp_path, password=password) as service:
        answer = looking.first_answer(collect_mqtt.mqtt, service)
        log = tmp_path / "mosquitto.log"
        written = log.read_text()
    assert collect_mqtt.mqtt.recognise(answer)
    # The broker hung up over the protocol's level, before it looked for any user.
    assert "not authorised" not in written
    assert "Invalid protocol version" in written
    seen = ServiceSeen("mqtt", tls=False, greeting=answer, recognised_by="answer")
    assert looking.judge(mqtt.exposed, seen, service).status is Status.FAIL
    # Which version it is cannot be told from this answer.
    version = package_version("mosquitto").split("-")[0]
    assert version.encode() not in answer


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "with TLS"])
def test_vsftpd_and_whether_it_can_encrypt(tmp_path: Path, tls: bool) -> None:  # noqa: FBT001
    certificate = Authority(tmp_path).leaf("ftp.example.jp") if tls else None
    with vsftpd(ADDRESS, tmp_path, certificate) as service:
        greeting = looking.first_answer(collect_ftp.ftp, service)
        seen = looking.collect(collect_ftp.ftp_greeting, service)
    assert collect_ftp.ftp.recognise(greeting)
    version = package_version("vsftpd").split("-")[0]
    assert greeting == f"220 (vsFTPd {version})\r\n".encode()
    verdict = looking.judge(ftp.plaintext, seen, service)
    wanted = (Status.UNKNOWN, "encryption_offered") if tls else (Status.FAIL, "no_encryption")
    assert (verdict.status, verdict.reason) == wanted
