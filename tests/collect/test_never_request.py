"""What is never requested: refused in every disguise, before a byte leaves, whoever asks."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.collect.never_request import REASONS, TABLE, refuse_message, refused
from posture_scan.model.evidence import Attempt, Connection, Service
from posture_scan.model.world import AttemptError
from tests.collect.fixture import ADDRESS, real_net
from tests.collect.scripted import serving

DANGEROUS = {
    "/api/v2/cmdb/system/admin": "fortios_api",
    "/remote/fgt_lang?lang=/../../../../dev/cmdb/sslvpn_websession": "fortios_language",
    "/api/v1/totp/user-backup-code": "ivanti_totp",
    "/api/v1/license/keys-status": "ivanti_license",
    "/oauth/idp/.well-known/openid-configuration": "citrix_openid",
    "/vpns/portal/scripts/newbm.pl": "citrix_vpns",
    "/clients/MyCRL": "checkpoint_crl",
    "/ssl-vpn/hipreport.esp": "panos_hipreport",
    "/php/ztp_gate.php/.js.map": "panos_ztp",
    "/+CSCOT+/translation-table": "cisco_translation",
    "/webui/logoutconfirm.html?logon_hash=1": "cisco_implant",
    "/mgmt/tm/util/bash": "f5_api",
    "/api/sonicos/is-sslvpn-enabled": "sonicos_api",
    "/portal/info.jsp": "horizon_info",
    "/_cat/indices": "elastic_data",
    "/customers/_search": "elastic_data",
    "/cgi-bin/luci?x=1": "cgi_parameters",
    "/cgi-bin/luci/;stok=/locale": "cgi_parameters",
    "/a/../b": "traversal",
    "/vpn/..;/vpns/": "traversal",
    "api/v2/cmdb": "not_a_path",
    "//api/v2/cmdb": "fortios_api",
    "http://elsewhere/": "not_a_path",
    "@elsewhere/": "not_a_path",
    "": "not_a_path",
    "/a%00b": "disguised",
    "/a%0d%0aX:%20y": "disguised",
    "/%c0%ae%c0%ae/x": "disguised",
}
HARMLESS = (
    "/", "/remote/login", "/remote/login?lang=en", "/+CSCOE+/logon.html", "/+CSCOU+/portal.css",
    "/dana-na/auth/url_default/welcome.cgi", "/dana-na/nc/nc_gina_ver.txt", "/cgi-bin/welcome",
    "/cgi-bin/authLogin.cgi", "/cgi-bin/home.tcl", "/global-protect/prelogin.esp",
    "/ssl-vpn/prelogin.esp", "/vpn/index.html", "/vpn/js/rdx/core/lang/rdx_en.json.gz",
    "/logon/LogonPoint/index.html", "/my.policy", "/tmui/login.jsp", "/sslvpn/Login/Login",
    "/portal/webclient/index.html", "/prx/000/http/localhost/login", "/webui/", "/php/login.php",
    "/login?redir=/ng/", "/sdk", "/owa/", "/version", "/api/v1/pods", "/search?q=..", "/%E6%97%A5",
    "/a%20b", "/clients", "/.well-known/security.txt", "/RDWeb/Pages/en-US/login.aspx",
    "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/", "/vpnsvc/connect.cgi", "/wsman",
)  # fmt: skip


@pytest.mark.parametrize(("path", "reason"), DANGEROUS.items())
def test_dangerous_paths_are_refused(path: str, reason: str) -> None:
    assert refused(path) == reason
    assert REASONS[reason]


@pytest.mark.parametrize("path", HARMLESS)
def test_what_any_visitor_may_ask_is_allowed(path: str) -> None:
    assert refused(path) == ""


def test_every_row_of_the_table_has_a_case() -> None:
    assert {item.id for item in TABLE} | {"cgi_parameters", "traversal"} <= set(DANGEROUS.values())


def makers() -> Iterator[str]:
    """The paths that the packs' own data files ask for."""
    root = Path(__file__).parents[2] / "checks"
    for file in sorted(root.glob("**/*.toml")):
        yield from _paths(tomllib.loads(file.read_text("utf-8")))


def _paths(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("path"), str) and value["path"].startswith("/"):
            yield value["path"]
        for inner in value.values():
            yield from _paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner)


def test_our_own_fingerprints_ask_for_nothing_of_it() -> None:
    paths = set(makers())
    assert len(paths) > 15
    assert {path: refused(path) for path in paths if refused(path)} == {}


def encoded(letter: str, how: int) -> str:
    once = f"%{ord(letter):02x}"
    return [letter, once, once.upper(), "%25" + once[1:], "%2525" + once[1:], letter.swapcase()][
        how
    ]


@given(st.sampled_from([p for p in DANGEROUS if p.startswith("/") and "?" not in p]), st.data())
def test_no_disguise_gets_through(path: str, data: st.DataObject) -> None:
    hidden = ""
    for letter in path[1:]:
        if letter == "/":
            hidden += data.draw(
                st.sampled_from(["/", "//", "///", "%2f", "%2F", "%252f", "\\", "%5c"])
            )
        elif letter in "%;":
            hidden += letter
        else:
            hidden += encoded(letter, data.draw(st.integers(0, 5)))
    assert refused("/" + hidden) != ""
    assert refused("/" + hidden + "?x=/%2e%2e") != ""


@given(st.text(max_size=40))
def test_any_text_is_judged_without_failing(text: str) -> None:
    assert refused("/" + text) in {"", *REASONS}
    assert refused("/" + quote(text)) in {"", *REASONS}


@pytest.mark.parametrize(
    "message",
    [
        b"GET /api/v2/cmdb/system/admin HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /mgmt/tm/util/bash HTTP/1.1\r\nHost: x\r\n\r\n{}",
        b"GET /%61pi/v2/cmdb HTTP/1.0\r\n\r\n",
        b"GET http://x/clients/MyCRL HTTP/1.1\r\n\r\n",
        b"GET /api/sonicos\r\n",
        b"GET / HTTP/1.1\r\nHost: " + b"a" * 24_000 + b"\r\n\r\n",
        b"POST /cgi-bin/status HTTP/1.1\r\nHost: x\r\n\r\nx=() { :;}; id",
    ],
)
def test_requests_written_by_hand_are_judged_too(message: bytes) -> None:
    with pytest.raises(AttemptError) as caught:
        refuse_message(message)
    assert caught.value.attempt is Attempt.OUT_OF_SCOPE
    assert caught.value.detail.startswith("never_request:")


@pytest.mark.parametrize(
    "message",
    [
        b"", b"EHLO scan.example.jp\r\n", b"OPTIONS * RTSP/1.0\r\n\r\n", b"AUTH TLS\r\n",
        b"OPTIONS rtsp://x/../y RTSP/1.0\r\n", b"\x16\x03\x01GET /api/v2/cmdb HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"VNC /../ ", b"*1\r\n$4\r\nPING\r\n",
        b"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n\r\n",
    ],
)  # fmt: skip
def test_other_protocols_may_speak(message: bytes) -> None:
    refuse_message(message)


class Counter:
    """A real server that counts the connections and bytes that reach it."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") -> None:
        self.answer = answer
        self.connections = 0
        self.received = b""

    def __call__(self, connection: socket.socket) -> None:
        self.connections += 1
        connection.settimeout(1)
        data = connection.recv(65_536)
        self.received += data
        if data:
            connection.sendall(self.answer)


@pytest.mark.parametrize("path", [path for path in DANGEROUS if path.startswith("/")])
def test_not_a_byte_arrives_nor_a_connection(path: str) -> None:
    record: list[Connection] = []
    server = Counter()
    with serving(server) as port:
        service = Service("http", address=ADDRESS, port=port)
        for method in ("GET", "HEAD", "POST"):
            with pytest.raises(AttemptError) as caught:
                real_net(record).http(service, path, method=method)
            assert caught.value.attempt is Attempt.OUT_OF_SCOPE
            assert caught.value.detail.startswith("never_request:")
    assert (server.connections, server.received, record) == (0, b"", [])


def test_a_host_longer_than_any_name_is_not_sent() -> None:
    server = Counter()
    with serving(server) as port:
        service = Service("http", address=ADDRESS, port=port)
        for more in ({"headers": {"Host": "a" * 24_000}}, {"name": "a" * 256}):
            with pytest.raises(AttemptError) as caught:
                real_net([]).http(service, "/", **more)
            assert caught.value.detail == "never_request:long_host"
    assert server.connections == 0


def test_by_hand_a_connection_opens_and_not_a_byte_arrives() -> None:
    server = Counter()
    message = b"GET /api/v2/cmdb/system/admin HTTP/1.1\r\nHost: x\r\n\r\n"
    with serving(server) as port:
        service = Service("http", address=ADDRESS, port=port)
        with pytest.raises(AttemptError), real_net([]).connect(service) as channel:
            channel.send(message)
        with pytest.raises(AttemptError):
            real_net([]).exchange(service, message)
    assert server.received == b""


@pytest.mark.parametrize(
    "location", ["/api/v2/cmdb/x", "/%61pi/v2/cmdb", "//{host}/clients/MyCRL", "/cgi-bin/x?y=1"]
)
def test_no_redirect_leads_there(location: str) -> None:
    server = Counter()
    with serving(server) as port:
        goal = location.replace("{host}", f"{ADDRESS}:{port}")
        server.answer = (
            f"HTTP/1.1 302 Found\r\nLocation: {goal}\r\nContent-Length: 0\r\n\r\n".encode()
        )
        service = Service("http", address=ADDRESS, port=port)
        answer = real_net([]).http(service, "/")
    assert answer.status == 302
    assert answer.redirect_refused
    assert server.connections == 1
    assert server.received.startswith(b"GET / HTTP/1.1\r\n")
