"""Device exports: the facts that are in them, one reader a file, and never a secret."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.edge_device.device_facts import DeviceExport

from posture_scan.engine.packs import load_packs
from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, AttemptError, Document, Method
from tests.checks.edge_device.exports import ALL, FILES, READERS, sonicwall_exp, understood

RECORDED_TIME = datetime(2025, 12, 1, 18, 51, tzinfo=UTC)
"""08:51 by a clock of unknown zone, taken where the day begins first."""

WHAT = {
    "cisco_asa_config.txt": ("cisco-asa", "9.16(4)67", "ASA5506", "", None),
    "cisco_asa_version.txt": ("cisco-asa", "9.9(2)32", "ASA5516", "", None),
    "cisco_ftd_version.txt": ("cisco-ftd", "7.2.5", "FPR-2110", "208", None),
    "cisco_ios_version.txt": ("cisco-ios", "12.2(54)SG1", "WS-C4948E", "", None),
    "cisco_ios_xe_version.txt": (
        "cisco-ios-xe", "17.9.4a", "C1111-8P", "", datetime(2026, 11, 19, 23, 51, tzinfo=UTC),
    ),
    "fortigate.conf": ("fortios", "7.4.11", "FGT60F", "2878", None),
    "fortigate_status.txt": ("fortios", "7.4.8", "FortiGate-60F", "2795", RECORDED_TIME),
    "fortigate_weak.conf": ("fortios", "7.2.4", "FGT40F", "1396", None),
    "ivanti_config.xml": ("ivanti-connect-secure", "22.7R2.10", "", "", None),
    "ivanti_version.txt": ("ivanti-connect-secure", "22.7R2.5", "ISA-6000", "3793", None),
    "nec_ix_config.txt": (
        "nec-univerge-ix", "10.11.6", "IX2215", "",
        datetime(2026, 11, 19, 23, 41, 58, tzinfo=UTC),
    ),
    "nec_ix_version.txt": ("nec-univerge-ix", "10.7.18", "IX2215", "", None),
    "palo_alto_config.xml": ("pan-os", "10.2", "", "10.2.7", None),
    "palo_alto_info.txt": (
        "pan-os", "7.0.1", "PA-VM", "", datetime(2016, 4, 27, 16, 33, 12, tzinfo=UTC),
    ),
    "sonicwall_config.txt": ("sonicos", "7.1.2-7019", "TZ 570", "", None),
    "sonicwall_version.txt": ("sonicos", "6.5.4.4-44n", "NSA 2650", "", None),
    "sonicwall.exp": ("sonicos", "6.5.4.15-117n", "TZ 300", "", None),
    "yamaha_config.txt": (
        "yamaha-rtx", "14.01.42", "RTX1210", "", datetime(2026, 11, 20, 2, 4, 53, tzinfo=UTC),
    ),
    "yamaha_environment.txt": (
        "yamaha-rtx", "10.01.71", "RTX1200", "", datetime(2021, 1, 30, 0, 44, 53, tzinfo=UTC),
    ),
}  # fmt: skip

SETTINGS = {
    "cisco_asa_config.txt": "admin_https=on! admin_ssh=on admin_telnet=off ipsec=on! ssl_vpn=on!",
    "fortigate.conf": "admin_http=off admin_https=on admin_ssh=on admin_telnet=off ipsec=on! "
    "l2tp=off pptp=off ssl_vpn=on!",
    "fortigate_weak.conf": "admin_http=on! admin_https=on! admin_ssh=on! admin_telnet=on! "
    "ipsec=off l2tp=off pptp=on! ssl_vpn=off",
    "nec_ix_config.txt": "admin_http=off admin_ssh=unclear admin_telnet=off ipsec=on l2tp=off",
    "palo_alto_config.xml": "admin_http=off admin_https=on! admin_ssh=off admin_telnet=off "
    "ipsec=on ssl_vpn=on!",
    "sonicwall_config.txt": "admin_http=on admin_https=on! admin_ssh=on!",
    "sonicwall.exp": "admin_https=on! admin_ssh=off",
    "yamaha_config.txt": "admin_http=on admin_ssh=unclear admin_telnet=off ipsec=on l2tp=on "
    "pptp=on!",
}
"""Files with a whole configuration; the others say nothing about settings."""


def read(content: bytes) -> DeviceExport:
    found = []
    for reader in READERS:
        try:
            found.append(reader.function(content))
        except AttemptError:
            continue
    (facts,) = found
    assert isinstance(facts, DeviceExport)
    return facts


def test_every_reader_is_loaded_with_the_pack() -> None:
    wanted = {reader.name for reader in READERS}
    kind = Document("device_export")
    assert {item.name for _, item in load_packs().collectors if item.on == kind} >= wanted
    assert DeviceExport.method is Method.DEVICE_EXPORT


@pytest.mark.parametrize("name", WHAT)
def test_product_version_and_moment(name: str) -> None:
    facts = read(ALL[name])
    got = (facts.product, facts.version, facts.model, facts.build, facts.stated_at)
    assert got == WHAT[name]
    assert facts.sha256 == hashlib.sha256(ALL[name]).hexdigest()
    assert decode(DeviceExport, encode(facts)) == facts


@pytest.mark.parametrize("name", WHAT)
def test_settings(name: str) -> None:
    told = read(ALL[name]).settings
    text = " ".join(f"{item.id}={item.state}{'!' if item.outside else ''}" for item in told)
    assert text == SETTINGS.get(name, "")


def test_every_file_is_looked_at_and_a_switch_is_no_router() -> None:
    assert set(ALL) - set(WHAT) == {"yamaha_switch.txt"}
    assert understood(ALL["yamaha_switch.txt"]) == []


# --- what is not kept ------------------------------------------------------------------------

PLANTED = re.compile(rb"planted-[a-z-]+")
IDENTITIES = (
    "FGT60ABC3303F26X", "fw1", "pa1", "10.0.0.90", "JAD222605K8", "D12345678", "00:a0:de",
    "203.0.113", "192.168.77", "xxx", "ASA2", "CAT1451S15C", "router1",
)  # fmt: skip


@pytest.mark.parametrize("name", WHAT)
def test_no_name_key_address_or_number_of_the_device_is_kept(name: str) -> None:
    facts = json.dumps(encode(read(ALL[name])))
    assert "planted" not in facts
    for text in IDENTITIES:
        assert text not in facts


@settings(deadline=None, max_examples=60)
@given(name=st.sampled_from(sorted(WHAT)), data=st.data())
def test_a_secret_in_any_place_of_any_file_stays_there(name: str, data: st.DataObject) -> None:
    """Whatever word of a file is a secret: it is not in the facts, unless it is one of them."""
    content = FILES.get(name) or sonicwall_exp()
    words = sorted({match.span() for match in re.finditer(rb"[^\s\"'<>=:;,/()-]+", content)})
    start, end = data.draw(st.sampled_from(words))
    secret = b"S3cretZq"
    try:
        facts = read(content[:start] + secret + content[end:])
    except ValueError:
        return  # no reader knows it any more: nothing is kept at all
    kept = {**encode(facts), "model": ""}
    assert "S3cretZq" not in json.dumps(kept)
    # The model is short and of a maker's own series: a secret in its place must look like one.
    assert len(facts.model) <= 40


# --- how people save things ------------------------------------------------------------------


def test_other_encodings_line_ends_prompts_and_pagers() -> None:
    status = ALL["fortigate_status.txt"].decode()
    pasted = "FGT60F # get system status\r\n" + status.replace("\n", "\r\n").replace(
        "Branch point", "--More--\r         \rBranch point"
    )
    for content in (pasted.encode("utf-16"), pasted.encode("utf-8-sig"), pasted.encode()):
        assert read(content).version == "7.4.8"
    japanese = (
        "# show environment\nRTX830 Rev.15.02.30 (Tue Oct  3 10:11:12 2023)\n"
        "起動時刻: 2026/09/18 22:30:36 +09:00\n現在時刻: 2026/11/18 22:30:36 +09:00\n"
    )
    for encoding in ("cp932", "utf-8"):
        facts = read(japanese.encode(encoding))
        assert (facts.product, facts.version) == ("yamaha-rtx", "15.02.30")
        assert facts.stated_at == datetime(2026, 11, 18, 13, 30, 36, tzinfo=UTC)


def test_an_xml_version_counts_as_whole_only_with_its_hotfix() -> None:
    exact = ALL["palo_alto_config.xml"].replace(b'"10.2.7"', b'"10.2.7-h18"')
    assert read(exact).version == "10.2.7-h18"


def test_a_file_that_contradicts_itself_gives_no_version() -> None:
    other = ALL["fortigate_status.txt"].replace(b"v7.4.8", b"v7.2.1")
    assert read(ALL["fortigate_status.txt"] + other).version == ""
    assert read(ALL["fortigate_status.txt"] * 2).version == "7.4.8"


def test_a_clock_that_was_never_set_is_not_believed() -> None:
    unset = ALL["nec_ix_config.txt"].replace(b"Nov 20-Fri-2026", b"Jan 01-Wed-2014")
    assert read(unset).stated_at is None
    assert read(ALL["fortigate_status.txt"].replace(b" 2025", b" 2001")).stated_at is None


def test_other_products_of_the_same_makers_are_not_taken_for_these() -> None:
    for content in (
        b"#config-version=FAZVM64-7.4.1-FW-build2308-230831:opmode=0\n",
        b"#config-version=FWB-7.0.1-FW-build1234-230831:opmode=0\n",
        b"Version: FortiManager-VM64 v7.4.1,build2308,230831 (GA)\n",
        b"Cisco Nexus Operating System (NX-OS) Software\n  NXOS: version 9.3(11)\n",
        b'<configuration xmlns="http://xml.pulsesecure.net/ive-ic/9.1R1">',
    ):
        assert understood(content) == []


def test_quoted_text_cannot_name_another_device() -> None:
    comment = b'    set comment "Cisco Adaptive Security Appliance Software Version 9.16(4)"\n'
    config = ALL["fortigate.conf"].replace(b"config vpn ssl settings\n", comment, 1)
    assert understood(config) == ["fortigate_export"]


def test_an_encrypted_backup_says_so() -> None:
    with pytest.raises(AttemptError) as raised:
        READERS[1].function(b"#FGBK|4|FGT60F|7|04|2795|" + b"\x8a" * 40)
    assert raised.value.attempt is Attempt.PERMISSION_DENIED


# --- the FortiGate's settings, one by one ----------------------------------------------------

HEAD = b"#config-version=FGT60F-7.4.8-FW-build2795-250523:opmode=0:vdom=0\n"
WAN = b'config system interface\nedit "wan1"\nset role wan\nset allowaccess ping https\nnext\nend\n'


def told(body: bytes) -> dict[str, str]:
    facts = read(HEAD + body)
    return {item.id: item.state + ("!" if item.outside else "") for item in facts.settings}


LAN = WAN.replace(b"wan1", b"port1").replace(b"role wan", b"role lan")
PORT = WAN.replace(b"wan1", b"port1").replace(b"role wan", b"mode dhcp")
SSL = b"config vpn ssl settings\n%s\nend\n"
ADMIN = b'config system admin\nedit "a"\nset trusthost1 %s\nnext\nend\n'
ROUTE = b'config router static\nedit 1\n%sset device "port1"\nnext\nend\n'
RULE = b'config firewall local-in-policy\nedit 1\nset intf "wan1"\nnext\nend\n'
SDWAN = b'config system sdwan\nconfig members\nedit 1\nset interface "port1"\nnext\nend\nend\n'
ONE, ALL_OF_THEM = b"192.0.2.1 255.255.255.255", b"0.0.0.0 0.0.0.0"


@pytest.mark.parametrize(
    ("body", "setting", "state"),
    [
        (b"", "ssl_vpn", "unclear"),
        (SSL % b"set status disable", "ssl_vpn", "off"),
        (SSL % b'set source-interface "any"', "ssl_vpn", "on!"),
        (WAN + SSL % b'set source-interface "port1" "wan1"', "ssl_vpn", "on!"),
        (PORT + SSL % b'set source-interface "port1"', "ssl_vpn", "on!"),
        (LAN + SSL % b'set source-interface "port1"', "ssl_vpn", "on"),
        (WAN, "admin_https", "on!"),
        (WAN, "admin_ssh", "off"),
        (LAN, "admin_https", "on"),
        (WAN + RULE, "admin_https", "unclear"),
        (WAN + ADMIN % ONE, "admin_https", "unclear"),
        (WAN + ADMIN % ONE + (ADMIN % ALL_OF_THEM).replace(b'"a"', b'"b"'), "admin_https", "on!"),
        (WAN + ADMIN % ALL_OF_THEM, "admin_https", "on!"),
        # Which way port1 faces is not told, whatever else does face outwards.
        (PORT, "admin_https", "unclear"),
        (WAN.replace(b"https", b"ping") + PORT, "admin_https", "unclear"),
        (PORT + ROUTE % b"", "admin_https", "on!"),
        (LAN + ROUTE % b"set dst 192.0.2.0 255.255.255.0\n", "admin_https", "on"),
        (LAN + ROUTE % b"", "admin_https", "on!"),
        (PORT + SDWAN, "admin_https", "on!"),
        (PORT.replace(b"mode dhcp", b"ip 8.8.8.8 255.255.255.0"), "admin_https", "on!"),
        (PORT.replace(b"mode dhcp", b"ip 10.1.1.1 255.255.255.0"), "admin_https", "on"),
    ],
)
def test_fortigate_settings(body: bytes, setting: str, state: str) -> None:
    assert told(body)[setting] == state


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (b"telnetd host lan", "on"),
        (b"telnetd host lan1 192.168.0.1-192.168.0.9", "on"),
        (b"telnetd host lan\nip lan2 address dhcp", "unclear"),
        (b"telnetd host lan2\nip lan2 address 8.8.8.8/29", "unclear"),
        (b"telnetd host lan1\nip lan2 address dhcp", "on"),
        (b"telnetd host any", "unclear"),
        (b"telnetd host 8.8.8.8", "unclear"),
        (b"telnetd host none", "off"),
        (b"", "unclear"),
    ],
)
def test_yamaha_administration(lines: bytes, state: str) -> None:
    facts = read(b"# RTX1210 Rev.14.01.42\nip lan1 address 192.168.0.254/24\n" + lines + b"\n")
    assert {item.id: item.state for item in facts.settings}["admin_telnet"] == state


ASA_HEAD = b"ASA Version 9.16(4)\ninterface a\n nameif isp\n security-level %d\n"


@pytest.mark.parametrize(
    ("level", "line", "state"),
    [
        (0, b"ssh 0.0.0.0 0.0.0.0 isp", "on!"),
        (0, b"ssh 192.0.2.0 255.255.255.0 isp", "unclear"),
        (50, b"ssh 0.0.0.0 0.0.0.0 isp", "unclear"),
        (100, b"ssh 0.0.0.0 0.0.0.0 isp", "on"),
        (100, b"ssh 10.0.0.0 255.0.0.0 isp", "on"),
        (0, b"", "off"),
        (0, b"ssh timeout 5", "off"),
    ],
)
def test_asa_administration(level: int, line: bytes, state: str) -> None:
    facts = read(ASA_HEAD % level + line + b"\n")
    found = {item.id: item.state + ("!" if item.outside else "") for item in facts.settings}
    assert found["admin_ssh"] == state
