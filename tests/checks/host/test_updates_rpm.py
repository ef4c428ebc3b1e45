"""Pending and automatic updates of the Red Hat family and SUSE.

The outputs of dnf 4 and zypper 1.14 are modelled on real ones, which the lab makes; that of dnf 5
is constructed after its documentation.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from posture_scan.checks.host.updates_rpm import DNF, DNF_DATES, ZYPPER, parse_dnf, parse_zypper

from posture_scan.collect.programs import is_permitted
from posture_scan.sdk import Attempt
from tests.checks.computer import NOW, FakeHost, out
from tests.checks.host.updating import judge, state, systemctl, told, unit

DAY = timedelta(days=1)
ROW = "RLSA-2026:0001 Important/Sec. openssl-3.0.7-28.el9_4.x86_64\n"
INFO = "====\n  fix\n====\n  Update ID: RLSA-2026:0001\n       Type: security\n    Updated: {}\n"
TIMER, SERVICE = "dnf-automatic.timer", "dnf-automatic.service"
RAN = {"ExecMainExitTimestamp": "Sat 2026-11-21 21:03:35 UTC"}
CONF = "[commands]\nupgrade_type = security\napply_updates = {}\n"


def rocky(
    rows: str = "", *, issued: str = "2026-11-20 00:00:00", fetched: timedelta = DAY, **more: Any
) -> FakeHost:
    """A Rocky Linux with one source that has advisories, fetched yesterday."""
    place = "/var/cache/dnf/baseos-0123456789abcdef/repodata/"
    files: dict[str, Any] = {
        "/usr/bin/dnf": "x",
        "/etc/yum.repos.d/rocky.repo": (
            "[baseos]\nname=x\nenabled=1\n[debug]\nname=d\nenabled=0\n"
        ),
        f"{place}repomd.xml": "x", f"{place}ab-updateinfo.xml.gz": "x",
        "/etc/dnf/automatic.conf": CONF.format("yes"),
    }  # fmt: skip
    times = {f"{place}repomd.xml": NOW - fetched}
    commands: dict[str, Any] = {
        " ".join(DNF): out(rows), " ".join(DNF_DATES): out(INFO.format(issued)),
        **systemctl(unit(TIMER), unit(SERVICE, ActiveState="inactive", **RAN)),
    }  # fmt: skip
    return FakeHost(
        files | more.pop("files", {}), commands | more.pop("commands", {}),
        times=times | more.pop("times", {}), **more,
    )  # fmt: skip


def test_the_commands_are_permitted() -> None:
    assert all(is_permitted(argv) for argv in (DNF, DNF_DATES, ZYPPER))


def test_no_advisory_waits() -> None:
    assert told(rocky(), "pending") == ("pass", "none_waiting")


@pytest.mark.parametrize(
    ("issued", "pending", "overdue"),
    [
        ("2026-11-20 00:00:00", ("pass", "recent"), ("pass", "recent")),
        ("2026-11-01 00:00:00", ("fail", "waiting"), ("pass", "recent")),
        ("2026-10-01 00:00:00", ("fail", "waiting"), ("fail", "waiting")),
        ("irgendwann", ("unknown", "age_unknown"), ("unknown", "age_unknown")),
    ],
)
def test_an_advisory_has_waited_since_its_day(
    issued: str, pending: tuple[str, str], overdue: tuple[str, str]
) -> None:
    host = rocky(ROW, issued=issued)
    assert (told(host, "pending"), told(host, "overdue")) == (pending, overdue)


def test_severity_and_kind_stand_in_one_word() -> None:
    """A reader that expects the bare word "security" finds nothing and calls that fine."""
    for word in ("Important", "Moderate", "Unknown", "None"):
        found = parse_dnf(f"X-1 {word}/Sec. bash-5.1-1.noarch\n", {})
        assert found
        assert found[0].name == "bash-5.1-1.noarch"


def test_the_table_of_dnf_5_is_read_too() -> None:
    text = (
        "Name                   Type     Severity  Package               Issued\n"
        "FEDORA-2026-0123456789 security Important openssl-3.2.1-2.fc44  2026-11-01 01:02:03\n"
    )
    found = parse_dnf(text, {})
    assert found
    assert found[0].out_by == datetime.fromisoformat("2026-11-01T01:02:03+00:00")


def test_lists_that_are_old_or_were_never_fetched_are_not_believed() -> None:
    assert told(rocky(fetched=8 * DAY), "pending") == ("unknown", "stale_metadata")
    assert told(rocky(ROW, issued="2026-10-01", fetched=8 * DAY), "pending")[0] == "fail"
    more = {"/etc/yum.repos.d/new.repo": "[appstream]\nname=y\n"}
    assert told(rocky(files=more), "pending") == ("unknown", "nobody_looked")


def test_the_oldest_of_several_sources_counts() -> None:
    place = "/var/cache/dnf/epel-0123456789abcdef/repodata/repomd.xml"
    files = {"/etc/yum.repos.d/epel.repo": "[epel]\nenabled=true\n", place: "x"}
    host = rocky(files=files, times={place: NOW - 20 * DAY})
    assert told(host, "pending") == ("unknown", "stale_metadata")


def test_a_source_without_advisories_says_nothing() -> None:
    host = rocky()
    assert isinstance(host.files, dict)
    del host.files["/var/cache/dnf/baseos-0123456789abcdef/repodata/ab-updateinfo.xml.gz"]
    assert told(host, "pending") == ("unknown", "no_source")
    for text in ("[baseos]\nenabled=0\n", "# [baseos]\n#enabled=1\n"):
        none = rocky(files={"/etc/yum.repos.d/rocky.repo": text})
        assert told(none, "pending") == ("unknown", "no_source")


@pytest.mark.parametrize(
    "said",
    [Attempt.TIMEOUT, Attempt.PERMISSION_DENIED, out("x", 1), out("a b c d\n"), out("エラー\n")],
)
def test_an_answer_of_dnf_that_cannot_be_read_is_unknown(said: Any) -> None:
    assert told(rocky(commands={" ".join(DNF): said}), "pending") == ("unknown", "not_seen")


def test_closed_or_broken_sources_are_unknown() -> None:
    for text in ("no section\n", Attempt.PERMISSION_DENIED):
        host = rocky(files={"/etc/yum.repos.d/rocky.repo": text})
        assert told(host, "pending") == ("unknown", "not_seen")
    closed = rocky(closed=("/var/cache/dnf/*/repodata/*",))
    assert told(closed, "pending") == ("unknown", "not_seen")


def test_dnf_automatic_has_to_install_and_to_have_run() -> None:
    assert told(rocky(), "not_automatic") == ("pass", "running")
    notifies = rocky(files={"/etc/dnf/automatic.conf": CONF.format("no")})
    assert told(notifies, "not_automatic") == ("fail", "only_notifies")
    never = rocky(commands=systemctl(unit(TIMER), unit(SERVICE, ActiveState="inactive")))
    assert told(never, "not_automatic") == ("unknown", "no_run_seen")
    off = unit(TIMER, ActiveState="inactive", UnitFileState="disabled")
    assert told(rocky(commands=systemctl(off)), "not_automatic") == ("fail", "not_set_up")
    closed = rocky(files={"/etc/dnf/automatic.conf": Attempt.PERMISSION_DENIED})
    assert told(closed, "not_automatic") == ("unknown", "not_seen")
    unclear = rocky(files={"/etc/dnf/automatic.conf": CONF.format("perhaps")})
    assert told(unclear, "not_automatic") == ("unknown", "not_seen")
    without = rocky()
    assert isinstance(without.files, dict)
    del without.files["/etc/dnf/automatic.conf"]
    assert told(without, "not_automatic") == ("unknown", "not_seen")
    failed = unit(SERVICE, Result="exit-code", **RAN)
    assert told(rocky(commands=systemctl(unit(TIMER), failed)), "not_automatic")[0] == "unknown"
    install = systemctl(
        unit("dnf-automatic-install.timer"), unit("dnf-automatic-install.service", **RAN)
    )
    host = rocky(commands=install, files={"/etc/dnf/automatic.conf": CONF.format("no")})
    assert told(host, "not_automatic") == ("pass", "running")


# --- SUSE -------------------------------------------------------------------------------------

PATCH = (
    '<update kind="patch" name="{}" status="{}" category="{}">'
    '<issue-date time_t="{}" text="x"/></update>'
)


def listing(*patches: str) -> str:
    return (
        "<?xml version='1.0'?><stream><update-status version=\"0.6\"><update-list>"
        f"{''.join(patches)}</update-list></update-status></stream>"
    )


def suse(text: Any = None, **more: Any) -> FakeHost:
    place = "/var/cache/zypp/raw/repo-update/repodata/"
    files: dict[str, Any] = {
        "/usr/bin/zypper": "x", "/etc/zypp/repos.d/u.repo": "[repo-update]\nenabled=1\n",
        f"{place}repomd.xml": "x", f"{place}ab-updateinfo.xml.gz": "x",
    }  # fmt: skip
    said = text if text is not None else listing()
    reply = said if isinstance(said, Attempt) else out(said)
    commands: dict[str, Any] = {
        "zypper": reply, **systemctl(unit("transactional-update.timer", ActiveState="inactive")),
    }  # fmt: skip
    return FakeHost(
        files | more.pop("files", {}), commands | more.pop("commands", {}),
        times={f"{place}repomd.xml": NOW - DAY}, **more,
    )  # fmt: skip


def seconds(days: int) -> int:
    return int((NOW - days * DAY).timestamp())


def test_only_needed_security_patches_wait() -> None:
    text = listing(
        PATCH.format("SUSE-1", "needed", "recommended", seconds(90)),
        PATCH.format("SUSE-2", "applied", "security", seconds(90)),
        PATCH.format("SUSE-3", "not-needed", "security", seconds(90)),
    )
    assert told(suse(text), "pending") == ("pass", "none_waiting")
    waiting = listing(PATCH.format("SUSE-4", "needed", "security", seconds(20)))
    assert told(suse(waiting), "pending") == ("fail", "waiting")
    assert told(suse(waiting), "overdue") == ("pass", "recent")
    undated = listing(PATCH.format("SUSE-5", "needed", "security", "x"))
    assert told(suse(undated), "overdue") == ("unknown", "age_unknown")


@pytest.mark.parametrize(
    "text",
    ["", "<", "<stream/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><stream/>", "<a>" * 50_000,
     Attempt.TIMEOUT, Attempt.PERMISSION_DENIED],
)  # fmt: skip
def test_an_answer_of_zypper_that_cannot_be_read_is_unknown(text: Any) -> None:
    assert told(suse(text), "pending") == ("unknown", "not_seen")


def test_xml_without_a_list_is_none() -> None:
    assert parse_zypper(b"<stream><message>x</message></stream>") is None


def test_suse_installs_by_a_timer_or_by_the_job_of_yast() -> None:
    assert told(suse(), "not_automatic") == ("fail", "not_set_up")
    path = "/etc/sysconfig/automatic_online_update"
    job = suse(files={path: 'AOU_ENABLE_CRONJOB="true"\n'})
    assert told(job, "not_automatic") == ("unknown", "no_run_seen")
    off = suse(files={path: 'AOU_ENABLE_CRONJOB="false"\n'})
    assert told(off, "not_automatic")[0] == "fail"
    timer = systemctl(
        unit("transactional-update.timer"), unit("transactional-update.service", **RAN)
    )
    assert told(suse(commands=timer), "not_automatic") == ("pass", "running")
    unseen = judge(suse(commands={"systemctl show": Attempt.TOOL_MISSING}), "not_automatic")
    assert (unseen.reason, dict(unseen.values)["lift"]) == ("timer_unseen", "systemd")


# --- which tool it is ---------------------------------------------------------------------------


def test_a_tool_that_is_merely_installed_is_not_asked() -> None:
    host = FakeHost({"/var/lib/dpkg/status": "x", "/usr/bin/dnf": "x", "/usr/bin/zypper": "x"})
    assert state(host).mechanism == "apt"
    assert not any(argv[0] in ("dnf", "zypper") for argv in host.asked)


def test_of_two_tools_for_rpm_the_one_with_sources_is_asked() -> None:
    both = {"/usr/bin/dnf": "x", "/usr/bin/zypper": "x"}
    assert state(FakeHost({**both, "/etc/yum.repos.d/x.repo": "[x]\n"})).mechanism == "dnf"
    assert state(FakeHost({**both, "/etc/zypp/repos.d/x.repo": "[x]\n"})).mechanism == "zypper"


def test_a_system_with_another_tool_is_told_so() -> None:
    for name in ("pending", "overdue", "not_automatic"):
        assert told(FakeHost({"/sbin/apk": "x"}), name) == ("unknown", "no_tool")
