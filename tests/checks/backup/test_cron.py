"""cron and anacron: what is planned, and that a start proves nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posture_scan.checks.backup.cron import longest_gap, parse_anacrontab, parse_crontab

from posture_scan.sdk import Attempt, CommandResult
from tests.checks.backup.scene import judge, survey, told
from tests.checks.computer import NOW, FakeHost, out

DAY = 86_400
CRON = {"/usr/sbin/cron": "", "/home/yuki/a": ""}
RESTIC = "0 3 * * * root restic -r s3:s3.example/b backup /home\n"


@pytest.mark.parametrize(
    ("plan", "seconds"),
    [
        ("0 3 * * *", DAY), ("*/15 * * * *", 900), ("0 */4 * * *", 4 * 3600),
        ("0 3 * * 1", 7 * DAY), ("30 2 1 * *", 31 * DAY), ("0 3 * * mon-fri", 3 * DAY),
        ("0 3 * * 0,7", 7 * DAY), ("0 3 29 2 *", 0), ("0 3 * jan *", 336 * DAY),
        ("0 22 * * 1-5", 3 * DAY), ("99 3 * * *", 0), ("0 3 L * *", 0), ("0 3 31 2 *", 0),
        ("0 3 1 * 1", 7 * DAY), ("5/0 * * * *", 0),
    ],
)  # fmt: skip
def test_the_longest_gap_of_a_plan(plan: str, seconds: int) -> None:
    assert longest_gap(plan.split()) == seconds


@given(st.lists(st.text("0123456789*/,-abc", min_size=1, max_size=6), min_size=5, max_size=5))
def test_no_plan_breaks_the_reader(plan: list[str]) -> None:
    assert longest_gap(plan) >= 0


def test_a_table_with_and_without_users() -> None:
    text = (
        'MAILTO=""\n# 0 3 * * * root restic backup /\n\n0 3 * * * root /b.sh a\\%b%input\n'
        "@weekly root x\n@reboot root y\nbroken\n0 3 * *\n"
    )
    first, second, third = parse_crontab(text, "/etc/crontab", "")
    assert (first.where, first.user, first.command) == ("/etc/crontab:4", "root", "/b.sh a%b")
    assert first.mail_off
    assert (second.seconds, third.seconds) == (7 * DAY, 0)
    (own,) = parse_crontab("0 3 * * * restic backup /", "spool", "yuki")
    assert (own.user, own.command) == ("yuki", "restic backup /")


def test_anacron_without_its_run_parts() -> None:
    text = "SHELL=/bin/sh\n1\t5\tcron.daily\trun-parts /etc/cron.daily\n7 10 b restic backup /\n"
    (found,) = parse_anacrontab(text)
    assert (found.seconds, found.command) == (7 * DAY, "restic backup /")


def test_a_cron_line_is_a_plan_and_proves_no_run() -> None:
    seen = survey(FakeHost(CRON | {"/etc/cron.d/restic": RESTIC}))
    assert told(seen, "none") == ("pass", "configured")
    assert told(seen, "stale") == ("unknown", "starts_only")
    assert judge(seen, "none").actual == "1C"


def test_an_anacron_stamp_proves_no_run() -> None:
    files = CRON | {"/etc/cron.daily/job": "#!/bin/sh\nrestic -r s3:x backup /home\n",
                    "/var/spool/anacron/cron.daily": "20261122\n"}  # fmt: skip
    times = {"/var/spool/anacron/cron.daily": NOW}
    seen = survey(FakeHost(files, times=times))
    assert seen.jobs[0].schedule_seconds == DAY
    assert told(seen, "stale") == ("unknown", "starts_only")


def test_without_a_cron_daemon_nothing_is_started() -> None:
    seen = survey(FakeHost({"/home/a": "", "/etc/cron.d/restic": RESTIC}))
    assert told(seen, "none") == ("fail", "no_cron_daemon")


def test_names_that_cron_does_not_take_are_dead() -> None:
    seen = survey(FakeHost(CRON | {"/etc/cron.d/restic.bak": RESTIC}))
    assert seen.jobs == ()


def test_commented_samples_are_no_backup() -> None:
    sample = "# 0 */4\t\t* * *\troot\t/usr/bin/rsnapshot alpha\n"
    seen = survey(FakeHost(CRON | {"/etc/cron.d/rsnapshot": sample}))
    assert told(seen, "none") == ("fail", "nothing_found")


def test_one_level_of_script_is_followed() -> None:
    files = CRON | {
        "/etc/cron.d/job": "0 3 * * * root /usr/local/bin/b.sh >> /var/log/b.log 2>&1\n",
        "/usr/local/bin/b.sh": "#!/bin/sh\nexport RESTIC_REPOSITORY=s3:x\nrestic backup /home\n",
        "/var/log/b.log": "snapshot 619802ad saved\n",
    }
    seen = survey(FakeHost(files, times={"/var/log/b.log": NOW - timedelta(hours=2)}))
    assert [(job.engine, job.log) for job in seen.jobs] == [("restic", "/var/log/b.log")]
    assert told(seen, "stale") == ("unknown", "one_trace_only")


def test_a_closed_script_may_be_a_backup() -> None:
    files = CRON | {
        "/etc/cron.d/job": "0 3 * * * root /root/b.sh\n",
        "/root/b.sh": Attempt.PERMISSION_DENIED,
    }
    assert told(survey(FakeHost(files)), "none") == ("unknown", "closed_administrator")


def test_the_tables_of_others_stay_closed_without_rights() -> None:
    host = FakeHost(
        CRON, {"crontab -l": out("", 1, b"no crontab for yuki")},
        closed=("/var/spool/cron/crontabs/*",), elevated=False,
    )  # fmt: skip
    seen = survey(host)
    assert told(seen, "none") == ("unknown", "closed_administrator")
    assert ("crontab", "-l") in host.asked


def test_ones_own_table_is_read_without_rights() -> None:
    own: CommandResult = out("0 3 * * * restic -r s3:x backup /home\n")
    host = FakeHost(CRON, {"crontab -l": own}, elevated=False)
    assert told(survey(host), "none") == ("pass", "configured")


def test_a_source_that_is_not_there_is_told_although_restic_exits_with_0() -> None:
    line = "0 3 * * * root restic -r s3:x backup /mnt/data >> /var/log/r.log 2>&1\n"
    log = "open repository\n/mnt/data does not exist, skipping\nsnapshot 619802ad saved\n"
    files = CRON | {"/etc/cron.d/r": line, "/var/log/r.log": log}
    seen = survey(FakeHost(files, times={"/var/log/r.log": NOW}))
    assert told(seen, "stale") == ("fail", "source_missing")
