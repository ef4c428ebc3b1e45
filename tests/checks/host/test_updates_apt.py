"""Pending and automatic updates of Debian and Ubuntu; outputs modelled on measured ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from posture_scan.checks.host.apt_lists import read_head
from posture_scan.checks.host.updates_apt import UPGRADE, parse_upgrade, read_settings

from posture_scan.collect.programs import is_permitted
from posture_scan.sdk import Attempt
from tests.checks.computer import NOW, out
from tests.checks.host.updating import (
    BOTH,
    LISTS,
    OPENSSL,
    SETTINGS,
    STAMPS,
    debian,
    judge,
    state,
    systemctl,
    told,
    unit,
)

DAY = timedelta(days=1)


def test_the_command_is_a_simulation_that_is_permitted() -> None:
    assert "-s" in UPGRADE
    assert is_permitted(UPGRADE)


# --- what waits -------------------------------------------------------------------------------


def test_nothing_waits_with_young_lists() -> None:
    for name in ("pending", "overdue"):
        assert told(debian(), name) == ("pass", "none_waiting")


def test_what_was_not_on_offer_at_the_last_run_is_recent() -> None:
    assert told(debian(OPENSSL), "pending") == ("pass", "recent")
    assert told(debian(OPENSSL, ran=10 * DAY), "overdue") == ("pass", "recent")
    assert told(debian(OPENSSL, ran=20 * DAY), "pending") == ("unknown", "age_unknown")
    assert told(debian(OPENSSL, ran=20 * DAY), "overdue") == ("pass", "recent")


def test_without_any_run_the_age_is_unknown() -> None:
    verdict = judge(debian(OPENSSL, ran=None), "overdue")
    assert (verdict.reason, dict(verdict.values)["count"]) == ("age_unknown", 1)


def test_an_update_that_is_in_the_last_point_release_has_waited_since() -> None:
    verdict = judge(debian(OPENSSL + BOTH), "overdue")
    values = dict(verdict.values)
    assert (verdict.status.value, verdict.reason) == ("fail", "waiting")
    assert (values["count"], values["names"], values["since"]) == (1, "libtiff6", "2026-07-11")


def test_old_lists_prove_what_they_offer_and_nothing_else() -> None:
    assert told(debian(lists_age=8 * DAY), "pending") == ("unknown", "stale_metadata")
    assert told(debian(OPENSSL, lists_age=8 * DAY), "pending") == ("unknown", "stale_metadata")
    assert told(debian(OPENSSL, lists_age=20 * DAY), "pending") == ("fail", "waiting")
    assert told(debian(OPENSSL, lists_age=20 * DAY), "overdue") == ("unknown", "stale_metadata")
    assert told(debian(OPENSSL, lists_age=40 * DAY), "overdue") == ("fail", "waiting")


def test_lists_that_call_themselves_expired_are_not_believed() -> None:
    text = "Label: Debian-Security\nSuite: oldstable-security\nDate: {}\nValid-Until: {}\n"
    dates = ("Fri, 20 Nov 2026 00:00:00 UTC", "Sat, 21 Nov 2026 00:00:00 UTC")
    host = debian(files={f"{LISTS}-security_InRelease": text.format(*dates)})
    assert told(host, "pending") == ("unknown", "stale_metadata")


def test_an_archive_of_esm_may_be_older_than_the_others() -> None:
    esm = "Label: UbuntuESM\nSuite: jammy-infra-security\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n"
    host = debian(
        files={"/var/lib/apt/lists/esm.example_dists_jammy-infra-security_InRelease": esm}
    )
    assert told(host, "pending") == ("pass", "none_waiting")


def test_lists_from_the_future_speak_of_a_wrong_clock() -> None:
    assert told(debian(lists_age=-3 * DAY), "pending") == ("unknown", "clock_doubtful")


def test_without_a_security_source_an_empty_list_means_nothing() -> None:
    host = debian(files={f"{LISTS}-security_InRelease": "Label: Debian\nSuite: oldstable\n"})
    assert told(host, "pending") == ("unknown", "no_source")
    closed = debian(files={f"{LISTS}-security_InRelease": Attempt.PERMISSION_DENIED})
    verdict = judge(closed, "pending")
    assert (verdict.reason, dict(verdict.values)["lift"]) == ("not_seen", "administrator")


@pytest.mark.parametrize(
    "said",
    [
        out(""), out("E: broken\n", 100), Attempt.TIMEOUT, Attempt.TOOL_MISSING,
        Attempt.PERMISSION_DENIED, out("Inst openssl\n"), out("Inst " + "[" * 100_000 + "\n"),
    ],
)  # fmt: skip
def test_a_simulation_that_cannot_be_read_is_unknown(said: object) -> None:
    host = debian(commands={"apt-get -s": said})
    assert told(host, "pending") == ("unknown", "not_seen")
    assert told(host, "overdue") == ("unknown", "not_seen")


def test_a_held_package_counts_although_it_would_not_be_installed() -> None:
    held = {"dpkg-query -W -f=${db:Status-Want}": out("hold openssl\ninstall libc6\n")}
    host = debian(OPENSSL, commands=held)
    assert state(host).waiting[0].held
    assert told(host, "pending") == ("unknown", "age_unknown")
    stale = debian(OPENSSL, lists_age=40 * DAY, commands=held)
    verdict = judge(stale, "overdue")
    assert (verdict.reason, dict(verdict.values)["held"]) == ("waiting_held", 1)


def test_unknown_holds_and_kept_back_packages_are_not_taken_for_recent() -> None:
    unseen = debian(OPENSSL, commands={"dpkg-query -W -f=${db:Status-Want}": Attempt.TIMEOUT})
    assert told(unseen, "pending") == ("unknown", "age_unknown")
    kept = debian(OPENSSL, files={"/var/lib/unattended-upgrades/kept-back": "openssl libc6"})
    assert told(kept, "pending") == ("unknown", "age_unknown")


def test_only_installed_packages_of_security_archives_wait() -> None:
    lines = (
        "Inst linux-image-6.1.0-40 (6.1.5 Debian-Security:12/oldstable-security [amd64])\n"
        "Inst bash [5.1] (5.2 Debian:12.15/oldstable [amd64])\n"
        "Inst libssl3:i386 [3.0.1] (3.0.2 Ubuntu:22.04/jammy-security [i386]) []\n"
        "Conf openssl (3.0.2 Debian-Security:12/oldstable-security [amd64])\n"
    )
    found = parse_upgrade(lines, ())
    assert found
    assert [item.name for item in found] == ["libssl3"]


@pytest.mark.parametrize("date", ["", "gestern", "Mon, 99 Xxx 9999 99:99:99 UTC", "0"])
def test_a_broken_date_is_none(date: str) -> None:
    assert read_head(f"Label: Debian-Security\nDate: {date}\n").dated is None


# --- what runs by itself ------------------------------------------------------------------------


def test_automatic_updates_that_ran_pass() -> None:
    verdict = judge(debian(), "not_automatic")
    assert (verdict.status.value, verdict.reason) == ("pass", "running")
    assert dict(verdict.values)["last"] == "2026-11-22"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('Unattended-Upgrade "1"', 'Unattended-Upgrade "0"', "switched_off"),
        ('Update-Package-Lists "1"', 'Update-Package-Lists "0"', "switched_off"),
        ('APT::Periodic "";', 'APT::Periodic::Enable "0";', "switched_off"),
        ("label=Debian-Security", "label=Debian-Backports", "security_left_out"),
    ],
)
def test_settings_that_leave_something_out_fail(old: str, new: str, reason: str) -> None:
    host = debian(commands={"apt-config dump": out(SETTINGS.replace(old, new))})
    assert told(host, "not_automatic") == ("fail", reason)


def test_no_word_about_automatic_updates_is_off() -> None:
    host = debian(commands={"apt-config dump": out('APT "";\n')})
    assert told(host, "not_automatic") == ("fail", "switched_off")
    host = debian()
    assert isinstance(host.files, dict)
    del host.files["/usr/bin/unattended-upgrade"]
    assert told(host, "not_automatic") == ("fail", "not_installed")


@pytest.mark.parametrize("value", ["always", "7", "1d", "12h"])
def test_intervals_of_any_unit_are_on(value: str) -> None:
    text = SETTINGS.replace('Unattended-Upgrade "1"', f'Unattended-Upgrade "{value}"')
    assert told(debian(commands={"apt-config dump": out(text)}), "not_automatic")[0] == "pass"


def test_a_masked_timer_fails_and_an_unseen_one_is_unknown() -> None:
    masked = unit("apt-daily-upgrade.timer", LoadState="masked", ActiveState="inactive")
    host = debian(commands=systemctl(unit("apt-daily.timer"), masked))
    assert told(host, "not_automatic") == ("fail", "timer_stopped")
    for said in (Attempt.TOOL_MISSING, out("", 1, b"System has not been booted with systemd")):
        verdict = judge(debian(commands={"systemctl show": said}), "not_automatic")
        assert (verdict.status.value, verdict.reason) == ("unknown", "timer_unseen")


def test_a_dry_run_is_no_run() -> None:
    """A dry run leaves the stamp of the work, but not the one of the job."""
    stamp = f"{STAMPS}unattended-upgrades-stamp"
    host = debian(ran=None, files={stamp: ""}, times={stamp: NOW - timedelta(hours=1)})
    assert told(host, "not_automatic") == ("unknown", "no_run_seen")
    assert told(debian(OPENSSL, ran=None, files={stamp: ""}), "pending")[0] == "unknown"


def test_a_job_that_gave_up_at_once_is_no_run() -> None:
    """On battery the job ends well without any work: its stamp is new, the one of work is old."""
    host = debian(times={f"{STAMPS}upgrade-stamp": NOW, f"{STAMPS}x": NOW})
    assert told(host, "not_automatic") == ("unknown", "no_run_seen")
    assert told(debian(OPENSSL, times={f"{STAMPS}upgrade-stamp": NOW}), "pending")[0] == "unknown"


def test_a_run_long_ago_proves_nothing_about_now() -> None:
    assert told(debian(ran=20 * DAY), "not_automatic") == ("unknown", "no_recent_run")
    assert told(debian(ran=-5 * DAY), "not_automatic") == ("unknown", "clock_doubtful")


@pytest.mark.parametrize("said", [out(""), Attempt.TIMEOUT, out("x", 1)])
def test_settings_that_cannot_be_read_are_unknown(said: object) -> None:
    host = debian(commands={"apt-config dump": said})
    assert told(host, "not_automatic") == ("unknown", "not_seen")


def test_the_last_of_plain_values_is_in_force() -> None:
    assert read_settings('A "1";\nA "0";\n')["a"] == ["1", "0"]


def test_rights_change_nothing_in_what_is_judged() -> None:
    root, nobody = (debian(OPENSSL, elevated=elevated) for elevated in (True, False))
    for name in ("pending", "overdue", "not_automatic", "reboot_pending"):
        assert told(root, name) == told(nobody, name)
