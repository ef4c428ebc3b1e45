"""Remote access over HTTPS: what really goes over the wire, and who must not be taken for it.

nginx plays the parts. Its own log tells what was asked; the answers of the Windows roles and of
ScreenConnect are constructed from their specifications.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from posture_scan.checks.remote_access import rd_gateway, rd_web, screenconnect
from posture_scan.checks.remote_access.collect_rd_gateway import rd_gateway_front
from posture_scan.checks.remote_access.collect_rd_web import rd_web_front
from posture_scan.checks.remote_access.collect_screenconnect import screenconnect_front

from posture_scan.sdk import Service, Verdict
from tests.lab import looking
from tests.lab.daemon import self_signed
from tests.lab.servers_web import nginx

pytestmark = pytest.mark.lab

ADDRESS = "127.62.5.1"
LOG = "log_format asked '$request|$http_upgrade|$http_authorization$http_cookie|$http_user_agent';"
LOGON = "add_header WWW-Authenticate Negotiate always; add_header WWW-Authenticate NTLM always;"
GATEWAY = f"location /remoteDesktopGateway/ {{ {LOGON} return 401; }}"
RD_WEB = """
location = /RDWeb/Pages/en-US/login.aspx {
  default_type text/xml; add_header Set-Cookie "TSWAFeatureCheckCookie=true; path=/RDWeb/";
  return 200 '<?xml version="1.0"?><RDWAPage helpurl="x"></RDWAPage>'; }
"""
ARTICLE = """
location / { default_type text/html; return 200 '<title>RD Web Access and ScreenConnect, compared</title>
 <p>RDWAStrings, TSWAAuthHttpOnlyCookie, &lt;RDWAPage&gt;, /RDWeb/Pages/en-US/login.aspx'; }
"""  # noqa: E501
ANSWER = 'location / { return 200 "hello"; }'
NOTHING = ("other_web_service", "other_web_service", "other_web_service")


@pytest.mark.parametrize(
    ("site", "reasons"),
    [
        (ANSWER, NOTHING),
        (GATEWAY + ANSWER, ("reachable", "other_web_service", "other_web_service")),
        (RD_WEB + ANSWER, ("other_web_service", "reachable", "other_web_service")),
        # Every page asks for a Windows logon: there may be a gateway behind it, or none.
        (
            f"{LOGON} location / {{ return 401; }}",
            ("logon_everywhere", "other_web_service", "other_web_service"),
        ),
        (f"{LOGON} location / {{ return 403; }}", NOTHING),
        # A page about all of this, on every path, is none of it.
        (ARTICLE, ("other_web_service", "other_web_service", "named_by_title")),
    ],
)
def test_roles_of_windows_are_told_from_pages_about_them(
    tmp_path: Path, site: str, reasons: tuple[str, str, str]
) -> None:
    with web(tmp_path, site) as service:
        found = tuple(verdict.reason for verdict in verdicts(service))
    asked = (tmp_path / "asked").read_text().splitlines()
    assert found == reasons
    assert "RDG_OUT_DATA /remoteDesktopGateway/ HTTP/1.1|websocket|" in asked[0]
    for line in asked:
        _, _, secrets, agent = line.split("|")
        assert secrets == "-" * 2
        assert agent.startswith("posture-scan/")
    assert len(asked) <= 5


def web(folder: Path, site: str) -> AbstractContextManager[Service]:
    chain, key = self_signed(folder)
    server = f"ssl_certificate {chain}; ssl_certificate_key {key}; {site}"
    server = f"access_log {folder}/asked asked; {server}"
    return nginx(ADDRESS, folder, server, http=LOG, tls=True)


def verdicts(service: Service) -> list[Verdict]:
    pairs = (
        (rd_gateway_front, rd_gateway.exposed),
        (rd_web_front, rd_web.exposed),
        (screenconnect_front, screenconnect.exposed),
    )
    return [looking.judge(check, looking.collect(item, service), service) for item, check in pairs]


def test_what_was_heard_already_is_not_asked_again(tmp_path: Path) -> None:
    with web(tmp_path, ANSWER) as service:
        heard = replace(service, greeting=b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n")
        verdicts(heard)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.split()[0] for line in asked] == ["RDG_OUT_DATA", "GET"]
