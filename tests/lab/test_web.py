"""Web pages of real servers: each configuration shows exactly its own weaknesses and no others."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from posture_scan.checks.web.collect_http import WebAnswer, web_answer

from posture_scan.discovery.hosts import discover
from posture_scan.discovery.world import Target, World
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Connection
from posture_scan.sdk import Service, Status
from tests.checks.web.judging import CHECKS, judge
from tests.collect.fixture import scope
from tests.lab import looking
from tests.lab.daemon import self_signed
from tests.lab.servers_http import apache_site, caddy, lighttpd, python_server
from tests.lab.servers_web import nginx

pytestmark = pytest.mark.lab

ADDRESS = "127.71.3.1"
NAME = "www.example.jp"
PAGE = "<!doctype html><html><head><title>Bread</title></head><body>hello</body></html>"
BARE = {"clickjacking", "no_nosniff", "no_csp"}
"""What a page fails whose server was left as it came."""
NGINX_SOUND = """
add_header Strict-Transport-Security "max-age=31536000" always;
add_header X-Content-Type-Options nosniff always;
add_header Content-Security-Policy "default-src 'self'; frame-ancestors 'none'" always;
"""
APACHE_SOUND = """
Header always set Strict-Transport-Security "max-age=31536000; includeSubDomains"
Header always set X-Content-Type-Options "nosniff"
Header always set Content-Security-Policy "script-src 'self'"
Header always set X-Frame-Options "SAMEORIGIN"
"""
LISTS = "<Directory {root}>\nOptions +Indexes\n</Directory>\n"
CADDY_SOUND = """
header Strict-Transport-Security "max-age=31536000"
header X-Content-Type-Options nosniff
header Content-Security-Policy "default-src 'none'; frame-ancestors 'self'"
"""
TEXT = "default_type text/html;"
SHOWN = f"{TEXT} location / {{ return 200 '{PAGE}'; }}"


@dataclass(frozen=True)
class Case:
    """One configuration, the checks that must fail, and those that cannot be told."""

    id: str
    server: str
    """``nginx``, ``apache``, ``lighttpd``, ``caddy`` or ``python``; with ``+tls`` over TLS."""
    site: str
    failing: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    folder: str = "page"
    """``page`` has a front page, ``files`` has none."""


CASES = [
    Case("as_it_comes", "nginx", SHOWN, {"plaintext", *BARE}),
    Case("redirect", "nginx", "return 301 https://$host$request_uri;"),
    Case("redirect_elsewhere", "nginx", "return 302 http://other.example.com/;",
         unknown={"plaintext"}),
    Case("acme_only", "nginx",
         "location /.well-known/acme-challenge/ { root /nowhere; } location / { return 404; }"),
    Case("asks_a_password", "nginx",
         "location / { auth_basic x; auth_basic_user_file /nowhere; }", {"plaintext"}),
    Case("busy", "nginx", "return 503;", unknown={"plaintext", *BARE, "directory_listing"}),
    Case("two_steps", "nginx", f"{TEXT} location = / {{ return 302 /ja/; }} "
         f"location /ja/ {{ return 200 '{PAGE}'; }}", {"plaintext", *BARE}),
    Case("two_steps_to_https", "nginx", "location = / { return 302 /ja/; } "
         "location /ja/ { return 301 https://$host/ja/; }"),
    Case("tls_as_it_comes", "nginx+tls", SHOWN, {"no_hsts", *BARE}),
    Case("tls_sound", "nginx+tls", NGINX_SOUND + SHOWN),
    Case("tls_errors_only", "nginx+tls", "location / { return 404; }", unknown={"no_hsts"}),
    Case("tls_headers_left_off_errors", "nginx+tls",
         NGINX_SOUND.replace(" always", "") + "location / { return 403; }", unknown={"no_hsts"}),
    Case("tls_short_hsts_and_open_cookies", "nginx+tls",
         SHOWN.replace("return", "add_header Strict-Transport-Security max-age=86400; "
                       "add_header Set-Cookie 'sid=secret; HttpOnly'; return"),
         {"no_hsts", "insecure_cookie", *BARE}),
    Case("tls_headers_on_the_page_behind", "nginx+tls",
         f"{TEXT} location = / {{ return 302 /ja/; }} "
         f"location /ja/ {{ {NGINX_SOUND} return 200 '{PAGE}'; }}"),
    Case("tls_list", "nginx+tls", NGINX_SOUND + "autoindex on; root {root};",
         {"directory_listing"}, folder="files"),
    Case("list", "apache", LISTS, {"plaintext", "directory_listing", *BARE}, folder="files"),
    Case("list_in_a_table", "apache", LISTS + "IndexOptions FancyIndexing HTMLTable",
         {"plaintext", "directory_listing", *BARE}, folder="files"),
    Case("redirect", "apache", f"Redirect permanent / https://{NAME}/"),
    Case("no_list", "apache", "<Directory {root}>\nOptions -Indexes\n</Directory>", folder="files"),
    Case("tls_sound", "apache+tls", APACHE_SOUND),
    Case("tls_sound_but_a_list", "apache+tls", APACHE_SOUND + LISTS, {"directory_listing"},
         folder="files"),
    Case("tls_header_twice", "apache+tls",
         'Header always add Strict-Transport-Security "max-age=60"\n'
         'Header always add Strict-Transport-Security "max-age=31536000"', {"no_hsts", *BARE}),
    Case("list", "lighttpd", 'dir-listing.activate = "enable"',
         {"plaintext", "directory_listing", *BARE}, folder="files"),
    Case("redirect", "lighttpd", f'url.redirect = ("" => "https://{NAME}/")'),
    Case("list", "caddy", "root * {root}\nfile_server browse",
         {"plaintext", "directory_listing", *BARE}, folder="files"),
    Case("redirect", "caddy", f"redir https://{NAME}{{uri}} permanent"),
    Case("tls_sound", "caddy+tls", CADDY_SOUND + "root * {root}\nfile_server"),
    Case("tls_cookie_of_a_platform", "caddy+tls", CADDY_SOUND + "root * {root}\nfile_server\n"
         'header Set-Cookie "PHPSESSID=secret; Path=/; Secure"', {"insecure_cookie"}),
    Case("list", "python", "", {"plaintext", "directory_listing", *BARE}, folder="files"),
    Case("page", "python", "", {"plaintext", *BARE}),
]  # fmt: skip


@pytest.fixture(scope="module")
def ground() -> Iterator[Path]:
    """Folders that servers can read which gave their rights away, and a certificate."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for kind, file in (("page", "index.html"), ("files", "minutes.txt")):
            (folder / kind).mkdir()
            (folder / kind / file).write_text(PAGE)
        (folder / "files" / "old").mkdir()
        self_signed(folder)
        yield folder


def served(case: Case, work: Path, ground: Path) -> AbstractContextManager[Service]:
    server, _, tls = case.server.partition("+")
    root = ground / case.folder
    site = case.site.replace("{root}", str(root))
    certificate = (ground / "cert.pem", ground / "key.pem") if tls else None
    if server == "nginx":
        keys = "ssl_certificate {}; ssl_certificate_key {};".format(*certificate or ("", ""))
        return nginx(ADDRESS, work, (keys if certificate else "") + site, tls=bool(certificate))
    if server == "apache":
        return apache_site(ADDRESS, work, root, site, certificate=certificate)
    if server == "caddy":
        return caddy(ADDRESS, work, site, certificate=certificate)
    if server == "lighttpd":
        return lighttpd(ADDRESS, work, root, site)
    return python_server(ADDRESS, work, root)


def discovered(service: Service) -> Service:
    """Find the service as a scan does: with every pack's protocols, under its name."""
    world = World(
        scope(f"{ADDRESS}/32"), lambda _purpose, most: looking.net(ADDRESS, connections=most),
        lambda _line: None, lambda: looking.NOW, time.monotonic() + 60,
    )  # fmt: skip
    specs = tuple(spec for spec in load_packs().protocols if spec.transport == "tcp")
    (scan,) = discover(
        [Target(ADDRESS, (NAME,))], specs=specs, world=world, engine="builtin",
        ports=[service.port], probes_per_second=0,
    )  # fmt: skip
    ((seen, _),) = scan.services
    return seen


def found(seen: WebAnswer, service: Service, status: Status) -> set[str]:
    asked = (name for name, check in CHECKS.items() if check.wants(service))
    return {name for name in asked if judge(name, seen).status is status}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.server}-{case.id}")
def test_each_configuration_shows_its_own_weaknesses(
    case: Case, tmp_path: Path, ground: Path
) -> None:
    with served(case, tmp_path, ground) as bare:
        service = replace(bare, names=(NAME,))
        asked: WebAnswer = looking.collect(web_answer, service)
        heard = discovered(bare)
        lines: list[Connection] = []
        net = looking.net(ADDRESS, connections=web_answer.max_connections, record=lines)
        again: WebAnswer = web_answer.function(heard, net)
    assert (heard.protocol, heard.tls, heard.names) == ("http", service.tls, (NAME,))
    for seen in (asked, again):
        assert found(seen, service, Status.FAIL) == case.failing
        assert found(seen, service, Status.UNKNOWN) == case.unknown
        assert "secret" not in repr(seen)
    assert len(lines) <= (2 if "ja" in case.site else 1)


def test_a_bare_address_is_not_judged_for_hsts(tmp_path: Path, ground: Path) -> None:
    case = Case("tls", "nginx+tls", SHOWN)
    with served(case, tmp_path, ground) as service:
        seen = looking.collect(web_answer, service)
    verdict = judge("no_hsts", seen)
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "no_name")


def test_nothing_but_the_front_page_is_asked_for(tmp_path: Path) -> None:
    log = "log_format asked '$request|$http_cookie$http_authorization|$http_user_agent';"
    site = f"access_log {tmp_path}/asked asked; add_header Set-Cookie 'sid=secret'; {SHOWN}"
    with nginx(ADDRESS, tmp_path, site, http=log) as service:
        looking.collect(web_answer, service)
    (line,) = (tmp_path / "asked").read_text().splitlines()
    assert line.startswith("GET / HTTP/1.1|--|posture-scan/")
