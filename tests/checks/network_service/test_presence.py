"""Services that fail by answering at all: what is kept of them, and what is sent."""

from __future__ import annotations

import pytest
from posture_scan.checks.network_service import (
    collect_kerberos,
    collect_ldap,
    collect_netbios,
    collect_ntp,
    collect_rpc,
    collect_rtsp,
    collect_slp,
    collect_ssdp,
    rtsp,
)

from posture_scan.sdk import AttemptError, Collector, Facts, Service
from tests.checks.network_service.samples import KERBEROS, SAMPLES
from tests.fakes import FakeNet, Talk

BOTH = {"rtsp": collect_rtsp.rtsp_options}
SPECS = {
    spec.name: spec
    for spec in (
        collect_ldap.cldap, collect_netbios.netbios_ns, collect_rpc.rpcbind_udp, collect_ntp.ntp,
        collect_ssdp.ssdp, collect_slp.slp,
    )
}  # fmt: skip


@pytest.mark.parametrize(("name", "collector"), BOTH.items())
def test_what_discovery_heard_is_enough(name: str, collector: Collector) -> None:
    net = FakeNet()
    for sample in SAMPLES[name]:
        facts = collector.function(Service(name, address="192.0.2.1", greeting=sample), net)
        assert isinstance(facts, Facts)
    assert net.sent == []


@pytest.mark.parametrize(("name", "collector"), BOTH.items())
def test_without_it_one_question_is_asked(name: str, collector: Collector) -> None:
    sample = SAMPLES[name][0]
    net = FakeNet(talks=(Talk(replies=(sample,)),), datagrams=(sample,))
    assert isinstance(collector.function(Service(name, address="192.0.2.1"), net), Facts)
    assert len(net.sent) == 1
    for wrong in (net.sent[0], b"\x00\x00\x00\x00", sample[:3]):
        net = FakeNet(talks=(Talk(replies=(wrong,)),), datagrams=(wrong,))
        with pytest.raises(AttemptError):
            collector.function(Service(name, address="192.0.2.1"), net)


@pytest.mark.parametrize("name", SPECS)
def test_a_question_over_udp_is_small_and_asked_by_hand_of_nobody(name: str) -> None:
    assert 0 < len(SPECS[name].sends) <= 120
    assert not SPECS[name].mute


def test_the_names_asked_of_netbios_are_nobodys() -> None:
    assert collect_netbios.encoded(b"*" + bytes(15)) == b" CK" + b"A" * 30 + b"\x00"
    assert collect_netbios.QUERY[-4:] == b"\x00\x20\x00\x01"  # NB, never NBSTAT (0x21)
    assert len(collect_netbios.SESSION_REQUEST) == 72


def test_time_is_asked_for_as_a_client_does() -> None:
    sent = collect_ntp.ntp.sends
    assert (len(sent), sent[0] & 7, sent[0] >> 3 & 7) == (48, 3, 4)
    for mode in (1, 2, 3, 5, 6, 7):
        assert not collect_ntp.ntp.recognise(bytes([0x20 | mode]) + SAMPLES["ntp"][0][1:])
    assert not collect_ntp.ntp.recognise(SAMPLES["ntp"][0][:24] + bytes(24))


def test_kerberos_is_told_by_a_complete_error_alone() -> None:
    assert collect_kerberos.kerberos.sends == b"\x80\x00\x00\x00"
    for cut in range(len(KERBEROS)):
        assert not collect_kerberos.kerberos.recognise(KERBEROS[:cut])
    other = KERBEROS.replace(b"\xa0\x03\x02\x01\x05", b"\xa0\x03\x02\x01\x04")
    assert not collect_kerberos.kerberos.recognise(other)


def test_a_video_servers_name_is_kept_short_and_printable() -> None:
    said = b"RTSP/1.0 200 OK\r\nServer: Cam\x1b[31m" + b"x" * 500 + b"\r\n\r\n"
    seen = collect_rtsp.rtsp_options.function(Service("rtsp", greeting=said), FakeNet())
    assert seen.server == "Cam"
    long = b"RTSP/1.0 200 OK\r\nserver:" + b"y" * 500 + b"\r\n\r\n"
    seen = collect_rtsp.rtsp_options.function(Service("rtsp", greeting=long), FakeNet())
    assert len(seen.server) == 80
    assert rtsp.exposed.function(seen).reason == "reachable_server"
    assert rtsp.exposed.function(collect_rtsp.RtspAnswer()).reason == "reachable"
