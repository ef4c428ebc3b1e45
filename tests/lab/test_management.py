"""Management services and administration pages over real sockets and real TLS.

The products themselves are not to be had here: what they answer is constructed after their
makers' words and served by nginx and openssl.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from posture_scan.checks.exposure import admin_panel, kubernetes, management
from posture_scan.checks.exposure.collect_admin_panel import admin_page
from posture_scan.checks.exposure.collect_kubernetes import kubernetes_front
from posture_scan.checks.exposure.collect_management import management_face

from posture_scan.sdk import Service, Status
from tests.lab import looking
from tests.lab.pki import Authority
from tests.lab.servers_web import nginx, s_server

pytestmark = pytest.mark.lab

ADDRESS = "127.63.0.5"


@pytest.mark.parametrize(
    ("name", "service"), [("Veeam Backup Server Certificate", "veeam"), ("nas.example.jp", "")]
)
def test_the_certificate_of_a_backup_server(tmp_path: Path, name: str, service: str) -> None:
    certificate = Authority(tmp_path).leaf(name)
    with s_server(ADDRESS, tmp_path, certificate) as place:
        silent = Service("tls", tls=True, address=place.address, port=place.port)
        seen = looking.collect(management_face, silent)
    assert seen.service == service
    wanted = Status.FAIL if service else Status.PASS
    assert looking.judge(management.exposed, seen, silent).status is wanted


JENKINS = 'add_header X-Jenkins 2.568 always; return 403 "Authentication required";'
GRAFANA = (
    "location = / { return 302 /login; } location /login { default_type text/html; return 200 "
    "'<title>Grafana</title><script>window.grafanaBootData = "
    '{"settings":{"buildInfo":{"version":"11.2.0"}}};</script>\'; }'
)
DECOY = "default_type text/html; return 200 '<title>Grafana and Jenkins</title>X-Jenkins: 2.568';"


@pytest.mark.parametrize(
    ("server", "panel", "version"),
    [(JENKINS, "jenkins", "2.568"), (GRAFANA, "grafana", "11.2.0"), (DECOY, "", "")],
    ids=["jenkins", "grafana", "decoy"],
)
def test_administration_pages(tmp_path: Path, server: str, panel: str, version: str) -> None:
    with nginx(ADDRESS, tmp_path, server) as service:
        seen = looking.collect(admin_page, service)
    assert (seen.panel, seen.version) == (panel, version)
    wanted = Status.FAIL if panel else Status.PASS
    assert looking.judge(admin_panel.exposed, seen, service).status is wanted


REFUSAL = '{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}'
CLUSTER = (
    f"location = / {{ return 403 '{REFUSAL}'; }} "
    'location = /version { return 200 \'{"gitVersion":"v1.30.2"}\'; }'
)


def test_an_api_server_behind_tls_on_an_odd_port(tmp_path: Path) -> None:
    chain, key = Authority(tmp_path).leaf("kube.example.jp")
    server = f"ssl_certificate {chain}; ssl_certificate_key {key}; {CLUSTER}"
    with nginx(ADDRESS, tmp_path, server, tls=True) as service:
        seen = looking.collect(kubernetes_front, service)
    assert (seen.part, seen.access, seen.version) == ("api", "refused", "v1.30.2")
    assert looking.judge(kubernetes.exposed, seen, service).reason == "reachable_refused"
    assert looking.judge(kubernetes.no_auth, seen, service).status is Status.PASS
