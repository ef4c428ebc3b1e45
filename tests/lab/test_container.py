"""Docker and etcd against Debian's own daemons; truth comes from dpkg and their configuration."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from posture_scan.checks.exposure import docker, kubernetes
from posture_scan.checks.exposure.collect_docker import docker_version
from posture_scan.checks.exposure.collect_kubernetes import kubernetes_front

from posture_scan.sdk import Attempt, AttemptError, Service, Status
from tests.lab import looking
from tests.lab.daemon import program
from tests.lab.naming import scanned
from tests.lab.pki import Authority
from tests.lab.servers_container import dockerd, etcd
from tests.lab.test_remote_access import package_version

pytestmark = pytest.mark.lab

ADDRESS = "127.63.0.4"


def found_by(service: Service) -> Service:
    """What discovery makes of the port by itself."""
    (found,) = scanned(service, "builtin", [])
    return found


def packaged(name: str) -> str:
    """The version that the package of this program has, without epoch and revision."""
    asked = subprocess.run(
        ["dpkg-query", "-S", program(name)], check=True, capture_output=True, text=True
    )
    return package_version(asked.stdout.split(":")[0]).split(":")[-1].rsplit("-", 1)[0]


def test_docker_that_listens_for_everyone(tmp_path: Path) -> None:
    with dockerd(ADDRESS, tmp_path) as service:
        named = found_by(service)
        seen = looking.collect(docker_version, named)
        other = looking.collect(kubernetes_front, named)
    assert (named.protocol, named.tls) == ("http", False)
    assert seen.found
    assert seen.version == packaged("dockerd")
    assert looking.judge(docker.exposed, seen, service).status is Status.FAIL
    assert other.part == ""


def test_docker_behind_tls_without_asking_who_comes(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    chain, key = authority.leaf("docker.example.jp")
    options = (
        "--tls",
        "--tlsverify=false",
        f"--tlscacert={authority.file}",
        f"--tlscert={chain}",
        f"--tlskey={key}",
    )
    with dockerd(ADDRESS, tmp_path, *options, tls=True) as service:
        seen = looking.collect(docker_version, service)
    assert seen.found
    assert looking.judge(docker.exposed, seen, service).status is Status.FAIL


def test_docker_that_wants_a_certificate_is_not_called_open(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    chain, key = authority.leaf("docker.example.jp")
    options = ("--tlsverify", f"--tlscacert={authority.file}", f"--tlscert={chain}",
               f"--tlskey={key}")  # fmt: skip
    with dockerd(ADDRESS, tmp_path, *options, tls=True) as service:
        named = found_by(service)
        with pytest.raises(AttemptError) as error:
            looking.collect(docker_version, service)
    assert (named.protocol, named.tls) == ("tls", True)
    assert error.value.attempt is Attempt.PROTOCOL_MISMATCH


def test_etcd_that_listens_for_everyone(tmp_path: Path) -> None:
    with etcd(ADDRESS, tmp_path) as service:
        named = found_by(service)
        seen = looking.collect(kubernetes_front, named)
        other = looking.collect(docker_version, named)
    assert (named.protocol, seen.part, seen.access) == ("http", "etcd", "unseen")
    assert seen.version == packaged("etcd")
    assert looking.judge(kubernetes.exposed, seen, service).status is Status.FAIL
    assert looking.judge(kubernetes.no_auth, seen, service).status is Status.UNKNOWN
    assert not other.found


def test_etcd_that_wants_a_certificate_is_not_called_open(tmp_path: Path) -> None:
    with etcd(ADDRESS, tmp_path, Authority(tmp_path)) as service:
        named = found_by(service)
        with pytest.raises(AttemptError):
            looking.collect(kubernetes_front, service)
    assert (named.protocol, named.tls) == ("tls", True)
