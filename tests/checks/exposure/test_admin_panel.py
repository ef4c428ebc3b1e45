"""Administration pages: named by marks of their own, never by words that anybody can write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.exposure import admin_panel
from posture_scan.checks.exposure.collect_admin_panel import AdminPage, admin_page
from posture_scan.checks.exposure.panel import Mark, panels

from posture_scan.model.codec import decode, encode
from posture_scan.sdk import Attempt, HttpResponse, Method, Service, Status
from tests.checks.edge_device.sites import DECOYS
from tests.fakes import FakeNet, page

WEB = Service("http", address="192.0.2.1", port=8080)


def look(pages: dict[str, HttpResponse | Attempt]) -> AdminPage:
    facts: AdminPage = admin_page.function(WEB, FakeNet(pages=pages))
    assert decode(AdminPage, encode(facts)) == facts
    return facts


GRAFANA = (
    "<html><head><title>Grafana</title></head><body><script nonce=''>\n"
    'window.grafanaBootData = {"user":{"name":""},"settings":{"buildInfo":{"hideVersion":false,'
    '"version":"10.4.2","commit":"x"}}};</script></body></html>'
)
ZABBIX = (
    '<title>Zabbix</title><footer>Zabbix 5.0.42. &copy; 2001&ndash;2024, <a class="grey" '
    'target="_blank" href="https://www.zabbix.com/">Zabbix SIA</a></footer>'
)
KIBANA = (
    '<title>Elastic</title><kbn-injected-metadata data="{&quot;version&quot;:&quot;8.11.3&quot;,'
    '&quot;buildNumber&quot;:68312}"></kbn-injected-metadata>'
)
GITLAB = '<title>Sign in · GitLab</title><meta content="GitLab" property="og:site_name">'


@pytest.mark.parametrize(
    ("front", "panel", "version"),
    [
        (page("", server="pve-api-daemon/3.0"), "proxmox", ""),
        (page("<title>pve1 - Proxmox Virtual Environment</title>"
              '<script src="/pve2/js/pvemanagerlib.js">'), "proxmox", ""),
        (page("", server="MiniServ/2.105"), "webmin", "2.105"),
        (page("", server="MiniServ"), "webmin", ""),
        (page("", server="cpsrvd/11.110.0.30"), "cpanel", "11.110.0.30"),
        (page("<title>Plesk Obsidian 18.0.62</title>", server="sw-cp-server"), "plesk", "18.0.62"),
        (page('<title>pfSense - Login</title><input name="usernamefld">'), "pfsense", ""),
        (page("x", status=403, x_jenkins="2.568"), "jenkins", "2.568"),
        (page(GRAFANA), "grafana", "10.4.2"),
        (page("", x_gitlab_meta='{"correlation_id":"01H","version":"1"}'), "gitlab", ""),
        (page("", cookies=("_gitlab_session",)), "gitlab", ""),
        (page(GITLAB), "gitlab", ""),
        (page("", cookies=("zbx_session",)), "zabbix", ""),
        (page(ZABBIX), "zabbix", "5.0.42"),
        (page(KIBANA, kbn_name="kibana"), "kibana", "8.11.3"),
    ],
)  # fmt: skip
def test_administration_pages(front: HttpResponse, panel: str, version: str) -> None:
    seen = look({"/": front})
    assert (seen.panel, seen.version) == (panel, version)
    verdict = admin_panel.exposed.function(seen)
    assert verdict.status is Status.FAIL
    assert dict(verdict.values)["product"] == f"{seen.title} {version}".rstrip()


def test_what_rests_on_two_weak_marks_is_less_sure() -> None:
    weak = admin_panel.exposed.function(look({"/": page(GRAFANA)}))
    strong = admin_panel.exposed.function(look({"/": page("", x_jenkins="2.568")}))
    assert (weak.method, strong.method) == (Method.ANALYSIS, None)


TITLES = (
    "pfSense - Login", "Grafana", "Login | OPNsense", "Sign in · GitLab", "Zabbix",
    "pve1 - Proxmox Virtual Environment",
)  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_a_title_alone_names_nothing_and_passes_nothing(title: str) -> None:
    seen = look({"/": page(f"<title>{title}</title><p>How we use it</p>")})
    assert seen.panel == ""
    verdict = admin_panel.exposed.function(seen)
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, "unsure")


WORDPRESS = page('<link href="/wp-content/themes/x/style.css">')
LOGIN = page('<form name="loginform" id="loginform" action="x">')


def test_a_logon_page_that_stands_elsewhere_is_asked_for_on_a_hint_only() -> None:
    assert look({"/": WORDPRESS, "/wp-login.php": LOGIN}).panel == "wordpress"
    restricted = look({"/": WORDPRESS, "/wp-login.php": page("", status=403)})
    assert admin_panel.exposed.function(restricted).status is Status.PASS
    broken = look({"/": WORDPRESS, "/wp-login.php": Attempt.TIMEOUT})
    assert admin_panel.exposed.function(broken).status is Status.UNKNOWN
    assert look({"/": page("bread"), "/wp-login.php": LOGIN}).panel == ""


@pytest.mark.parametrize(
    "front",
    [
        page("<title>Webmin is great</title> phpMyAdmin Synology DiskStation RouterOS"),
        page("<title>How to reach the Vigor Login Page</title>"),
        page("", status=401, www_authenticate='Basic realm="Staff"'),
        page("", server="nginx", cookies=("session",)),
        page("<title>Monitoring with Grafana</title><pre>window.grafanaBootData = {}</pre>"),
        page("<title>Zabbix training</title>" + ZABBIX.replace("<title>Zabbix</title>", "")),
        page("<title>Jenkins</title>Dashboard [Jenkins] X-Jenkins: 2.568"),
        page("<title>About Kibana</title>kbn-name: kibana"),
        page("<title>Welcome</title>" + GITLAB.split("</title>")[1]),
        *(site.pages["/"] for site in DECOYS.values() if "/" in site.pages),
    ],
)
def test_pages_that_only_mention_or_protect_something_are_not_named(front: HttpResponse) -> None:
    assert look({"/": front}).panel == ""


def test_every_panel_can_be_named_and_only_by_marks_that_suffice() -> None:
    ids = [panel.id for panel in panels()]
    assert len(set(ids)) == len(ids)
    for panel in panels():
        strong = [mark for mark in panel.marks if mark.strength == "strong"]
        weak = {mark.where for mark in panel.marks if mark.strength == "weak"}
        assert strong or len(weak) >= 2 or any(mark.alone for mark in panel.marks), panel.id
        assert all(_anchored(mark) or panel.path for mark in strong), panel.id
        assert not re.search(r"[?]|\.\.", panel.path)


def _anchored(mark: Mark) -> bool:
    return mark.where != "body" and str(mark.pattern.pattern).startswith("^")


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_header_and_page_is_survived(header: str, body: str) -> None:
    value = header.replace("\r", "").replace("\n", "")
    front = page(f"<title>{body}", server=value, x_jenkins=value, kbn_name=value.strip())
    seen = look({"/": front})
    assert all(" " < sign <= "~" for sign in seen.version)
