"""Real apt, unattended-upgrades, dnf and zypper against repositories that this test makes.

Everything runs in a mount namespace of its own; the machine's packages and settings stay as they
are. The same look is taken as root and as nobody.
"""

from __future__ import annotations

import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.lab.daemon import need
from tests.lab.sandbox import Sandbox

pytestmark = pytest.mark.lab

DAY = 86_400
CHECKS = ("pending", "overdue", "not_automatic", "reboot_pending", "end_of_life")
APT = "apt-get -qq -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false update"


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


def only_unknowns_differ(said: dict[str, Any]) -> bool:
    """Whether rights decide about nothing but what stays unknown."""
    pairs = [(said["root"][name][0], said["nobody"][name][0]) for name in CHECKS]
    return all(one == other or "unknown" in (one, other) for one, other in pairs)


# --- apt --------------------------------------------------------------------------------------


def deb(folder: Path, version: str, name: str = "posture-lab") -> Path:
    tree = folder / f"{name}-{version}"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: L <l@lab.example>\n"
        "Description: lab\n"
    )
    target = folder / f"{name}_{version}_all.deb"
    subprocess.run(["dpkg-deb", "--build", tree, target], check=True, capture_output=True)
    return target


def archive(folder: Path, label: str, codename: str, packages: list[Path], age: int = 0) -> str:
    """Make an archive as apt-ftparchive does, dated ``age`` days back; returns its source line."""
    pool = folder / "dists" / codename / "main" / "binary-all"
    pool.mkdir(parents=True)
    for package in packages:
        (folder / package.name).write_bytes(package.read_bytes())
    listing = subprocess.run(
        ["apt-ftparchive", "packages", "."], check=True, capture_output=True, cwd=folder
    )
    for architecture in ("all", "amd64", "arm64"):
        place = pool.parent / f"binary-{architecture}"
        place.mkdir(exist_ok=True)
        (place / "Packages").write_bytes(listing.stdout)
    suite = codename.replace("bookworm", "oldstable")
    fields = {"Origin": "Debian", "Label": label, "Suite": suite, "Codename": codename,
              "Architectures": "all amd64 arm64", "Components": "main"}  # fmt: skip
    options = [f"-oAPT::FTPArchive::Release::{key}={value}" for key, value in fields.items()]
    release = subprocess.run(
        ["apt-ftparchive", *options, "release", f"dists/{codename}"],
        check=True, capture_output=True, cwd=folder,
    ).stdout.decode()  # fmt: skip
    form = "%a, %d %b %Y %H:%M:%S UTC"
    made = datetime.now(UTC) - timedelta(days=age)
    lines = [line for line in release.splitlines() if not line.startswith("Date:")]
    dated = f"Date: {made.strftime(form)}\nValid-Until: {(made + timedelta(7)).strftime(form)}"
    (folder / "dists" / codename / "Release").write_text("\n".join([dated, *lines]) + "\n")
    return f"deb [trusted=yes] file:{folder} {codename} main\n"


class Apt:
    """A Debian with the old version of one package, and archives that may hold the new one."""

    def __init__(self, folder: Path) -> None:
        need("apt-get", "apt-ftparchive", "dpkg-deb")
        self.folder = folder
        self.old, self.new = deb(folder, "1.0"), deb(folder, "1.1")

    def prepare(
        self, *, security: list[Path], age: int = 0, main: list[Path] | None = None,
        main_age: int = 100,
    ) -> str:  # fmt: skip
        sources = archive(
            self.folder / "security", "Debian-Security", "bookworm-security", security, age
        ) + archive(self.folder / "main", "Debian", "bookworm", main or [self.old], main_age)
        return (
            "rm -rf /etc/apt/sources.list* /var/lib/apt/lists/* /var/lib/apt/periodic/*\n"
            f"printf %s {shlex.quote(sources)} > /etc/apt/sources.list\n"
            f"dpkg -i {self.old}\n{APT}\n"
        )


@pytest.fixture
def apt(tmp_path: Path) -> Apt:
    return Apt(tmp_path)


def test_apt_has_nothing_to_offer(sandbox: Sandbox, apt: Apt) -> None:
    said = sandbox.look(apt.prepare(security=[apt.old]))
    for user in ("root", "nobody"):
        assert said[user]["pending"] == ["pass", "none_waiting"], said
        assert said[user]["mechanism"] == "apt"
    assert only_unknowns_differ(said)
    assert said["changed"] == []


def test_a_new_security_update_of_unknown_age(sandbox: Sandbox, apt: Apt) -> None:
    said = sandbox.look(apt.prepare(security=[apt.old, apt.new]))
    for user in ("root", "nobody"):
        assert said[user]["waiting"] == [["posture-lab", False]], said
        assert said[user]["pending"] == said[user]["overdue"] == ["unknown", "age_unknown"]
    assert said["changed"] == []


def test_what_the_last_point_release_carries_has_waited_since(sandbox: Sandbox, apt: Apt) -> None:
    said = sandbox.look(apt.prepare(security=[apt.new], main=[apt.new], main_age=20))
    for user in ("root", "nobody"):
        assert said[user]["pending"] == ["fail", "waiting"], said
        assert said[user]["overdue"] == ["unknown", "age_unknown"]


def test_expired_lists_are_no_proof_of_nothing(sandbox: Sandbox, apt: Apt) -> None:
    said = sandbox.look(apt.prepare(security=[apt.old], age=40))
    assert said["root"]["pending"] == said["nobody"]["pending"] == ["unknown", "stale_metadata"]


def test_expired_lists_prove_what_they_offer(sandbox: Sandbox, apt: Apt) -> None:
    said = sandbox.look(apt.prepare(security=[apt.new], age=40))
    assert said["root"]["overdue"] == said["nobody"]["overdue"] == ["fail", "waiting"], said


def test_a_held_package_is_still_seen(sandbox: Sandbox, apt: Apt) -> None:
    hold = "apt-mark hold posture-lab\n"
    said = sandbox.look(apt.prepare(security=[apt.new]) + hold)
    assert said["root"]["waiting"] == said["nobody"]["waiting"] == [["posture-lab", True]], said


def test_without_a_security_archive_nothing_is_believed(sandbox: Sandbox, apt: Apt) -> None:
    said = sandbox.look(
        f"{apt.prepare(security=[apt.new])}sed -i 1d /etc/apt/sources.list\n{APT}\n"
    )
    assert said["root"]["pending"] == ["unknown", "no_source"], said
    assert said["root"]["end_of_life"][0] != "pass"


AUTO = """cat > /etc/apt/apt.conf.d/20auto-upgrades <<'X'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
X
"""


def test_a_dry_run_is_no_run_and_the_daily_job_is_one(sandbox: Sandbox, apt: Apt) -> None:
    need("unattended-upgrade")
    ready = apt.prepare(security=[apt.new]) + AUTO
    trial = sandbox.look(f"{ready}unattended-upgrade --dry-run --verbose\n"
                         "test -e /var/lib/apt/periodic/unattended-upgrades-stamp\n")  # fmt: skip
    for user in ("root", "nobody"):
        assert trial[user]["not_automatic"] == ["unknown", "no_run_seen"], trial
        assert trial[user]["pending"] == ["unknown", "age_unknown"]


def test_the_daily_job_installs_and_proves_it(sandbox: Sandbox, apt: Apt) -> None:
    need("unattended-upgrade")
    ready = apt.prepare(security=[apt.new]) + AUTO
    done = sandbox.look(f"{ready}/usr/lib/apt/apt.systemd.daily install\n")
    for user in ("root", "nobody"):
        assert done[user]["not_automatic"] == ["pass", "running"], done
        assert done[user]["pending"] == ["pass", "none_waiting"]
    assert only_unknowns_differ(done)


def test_what_came_after_the_daily_job_is_recent(sandbox: Sandbox, apt: Apt) -> None:
    need("unattended-upgrade")
    ready = apt.prepare(security=[apt.old]) + AUTO
    (apt.folder / "later").mkdir()
    line = archive(
        apt.folder / "later", "Debian-Security", "bookworm-security", [apt.new]
    )  # fmt: skip
    then = (
        f"/usr/lib/apt/apt.systemd.daily install\n"
        f"printf %s {shlex.quote(line)} > /etc/apt/sources.list\n{APT}\n"
    )
    said = sandbox.look(ready + then)
    assert said["root"]["pending"] == said["nobody"]["pending"] == ["pass", "recent"], said


# --- dnf and zypper ---------------------------------------------------------------------------

SPEC = """Name: posture-lab
Version: %{v}
Release: 1
Summary: lab
License: MIT
BuildArch: noarch
%description
lab
%files
"""
ADVISORY = """<update from="l@lab.example" status="final" type="{kind}" version="1"><id>{name}</id>
<title>{name}</title><issued date="{day}"/><updated date="{day}"/><severity>{severity}</severity>
<description>x</description><references/><pkglist><collection short="x"><name>x</name>
<package name="posture-lab" version="1.1" release="1" epoch="0" arch="noarch" src="x.src.rpm">
<filename>posture-lab-1.1-1.noarch.rpm</filename></package></collection></pkglist></update>"""


class Rpm:
    """A computer kept by rpm, with the old version of one package and a source with the new one."""

    def __init__(self, folder: Path) -> None:
        need("rpmbuild", "createrepo_c", "modifyrepo_c", "rpm")
        self.folder, self.repo = folder, folder / "repo"
        self.repo.mkdir()
        (folder / "lab.spec").write_text(SPEC)
        for version in ("1.0", "1.1"):
            self._do("rpmbuild", "-bb", "--quiet", "--define", f"v {version}", "--define",
                     f"_topdir {folder}/top", "--define", f"_rpmdir {folder}/out",
                     str(folder / "lab.spec"))  # fmt: skip

    def _do(self, *argv: str) -> None:
        subprocess.run(argv, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)

    def offer(self, *advisories: tuple[str, str, int], without: bool = False) -> None:
        """Publish the new version with advisories of a kind, a severity and an age in days."""
        package = "posture-lab-1.1-1.noarch.rpm"
        (self.repo / package).write_bytes((self.folder / "out/noarch" / package).read_bytes())
        self._do("createrepo_c", "-q", str(self.repo))
        if without:
            return
        day = datetime.now(UTC)
        texts = [
            ADVISORY.format(
                kind=kind, severity=severity, name=f"LAB-{number}",
                day=(day - timedelta(days=age)).strftime("%Y-%m-%d %H:%M:%S"),
            )
            for number, (kind, severity, age) in enumerate(advisories)
        ]  # fmt: skip
        listing = self.folder / "updateinfo.xml"
        listing.write_text(f"<?xml version='1.0'?><updates>{''.join(texts)}</updates>")
        self._do("modifyrepo_c", "--mdtype=updateinfo", str(listing), str(self.repo / "repodata"))

    def prepare(self, tool: str, *, has: str = "1.0") -> str:
        """Empty dpkg's records, so that this is no Debian, and fill rpm's."""
        folder, fetch = TOOLS[tool]
        source = (
            f"[lab]\nname=lab\nenabled=1\ngpgcheck=0\nautorefresh=1\nbaseurl=file://{self.repo}\n"
        )
        return (
            "mv /var/lib/dpkg /var/lib/dpkg-aside\n"
            "mkdir -p /etc/rpm /etc/yum.repos.d /etc/zypp/repos.d /etc/dnf/vars\n"
            "echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros\necho 9 > /etc/dnf/vars/releasever\n"
            "rm -rf /var/lib/rpm/* /var/cache/dnf/* /var/cache/zypp/*\nrpmdb --initdb\n"
            f"rpm -i --nodeps --justdb {self.folder}/out/noarch/posture-lab-{has}-1.noarch.rpm\n"
            f"printf %s {shlex.quote(source)} > {folder}/lab.repo\n{fetch}\n"
        )


TOOLS = {
    "dnf": ("/etc/yum.repos.d", "dnf -q makecache"),
    "zypper": ("/etc/zypp/repos.d", "zypper -q --non-interactive --no-gpg-checks refresh"),
}


@pytest.fixture(params=sorted(TOOLS))
def tool(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    need(name)
    return name


@pytest.fixture
def rpm(tmp_path: Path) -> Rpm:
    return Rpm(tmp_path)


def test_a_security_advisory_has_waited_since_its_day(
    sandbox: Sandbox, rpm: Rpm, tool: str
) -> None:
    """Three days old, it is recent; lists that are old by then prove that it has waited."""
    rpm.offer(("bugfix", "None", 90), ("security", "Important", 3))
    now, then, later = sandbox.looks(rpm.prepare(tool), 0, 15 * DAY, 30 * DAY)
    recent, failed, stale = ["pass", "recent"], ["fail", "waiting"], ["unknown", "stale_metadata"]
    for user in ("root", "nobody"):
        assert now[user]["mechanism"] == tool, now
        assert (now[user]["pending"], now[user]["overdue"]) == (recent, recent), now
        assert (then[user]["pending"], then[user]["overdue"]) == (failed, stale), then
        assert (later[user]["pending"], later[user]["overdue"]) == (failed, failed), later


def test_a_bugfix_is_no_security_update(sandbox: Sandbox, rpm: Rpm, tool: str) -> None:
    rpm.offer(("bugfix", "None", 90))
    now, later = sandbox.looks(rpm.prepare(tool), 0, 8 * DAY)
    for user in ("root", "nobody"):
        assert now[user]["pending"] == ["pass", "none_waiting"], now
        assert later[user]["pending"] == ["unknown", "stale_metadata"], later


def test_an_installed_repair_does_not_wait(sandbox: Sandbox, rpm: Rpm, tool: str) -> None:
    rpm.offer(("security", "Critical", 90))
    said = sandbox.look(rpm.prepare(tool, has="1.1"))
    assert said["root"]["overdue"] == said["nobody"]["overdue"] == ["pass", "none_waiting"], said


def test_a_source_without_advisories_says_nothing(sandbox: Sandbox, rpm: Rpm, tool: str) -> None:
    rpm.offer(without=True)
    said = sandbox.look(rpm.prepare(tool))
    assert said["root"]["pending"] == said["nobody"]["pending"] == ["unknown", "no_source"], said


def test_a_source_that_was_never_fetched_is_no_proof(sandbox: Sandbox, rpm: Rpm, tool: str) -> None:
    rpm.offer(("bugfix", "None", 1))
    clean = "rm -rf /var/cache/dnf/* /var/cache/zypp/*\n"
    said = sandbox.look(rpm.prepare(tool) + clean)
    assert said["root"]["pending"] == ["unknown", "nobody_looked"], said
