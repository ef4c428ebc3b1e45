"""restic's cache: a backup leaves one new file, a look at the list leaves many at once."""

from __future__ import annotations

from datetime import datetime

from posture_scan.checks.backup.facts import BackupSurvey
from posture_scan.checks.backup.messages import last_run
from posture_scan.checks.backup.restic import judge_cache

from tests.checks.backup.scene import survey, told
from tests.checks.computer import DAY, HOUR, NOW, FakeHost

REPO = "ab" * 32
PLAN = "0 3 * * * root restic -r sftp:nas:/r backup /home >> /var/log/r.log 2>&1\n"
BASE = {"/usr/sbin/cron": "", "/home/yuki/a": "", "/etc/cron.d/restic": PLAN}
SAVED = "open repository\nFiles: 1 new\nsnapshot 619802ad saved\n"


def cached(times: list[datetime]) -> tuple[dict[str, str], dict[str, datetime]]:
    names = [f"/root/.cache/restic/{REPO}/snapshots/{n:02x}/{n:064x}" for n in range(len(times))]
    return dict.fromkeys(names, ""), dict(zip(names, times, strict=True))


def seen(times: list[datetime], log: str = SAVED, logged: datetime = NOW) -> BackupSurvey:
    files, moments = cached(times)
    if log:
        files["/var/log/r.log"] = log
    return survey(FakeHost(BASE | files, times=moments | {"/var/log/r.log": logged}))


def test_cache_and_log_together_prove_a_fresh_backup() -> None:
    found = seen([NOW - 9 * HOUR - n * DAY for n in range(20)], logged=NOW - 9 * HOUR)
    assert told(found, "stale") == ("pass", "fresh")
    assert told(found, "not_separate") == ("pass", "separated")
    assert told(found, "not_protected") == ("unknown", "protection_unseen")


def test_a_cache_alone_is_one_trace() -> None:
    assert told(seen([NOW - 9 * HOUR], log=""), "stale") == ("unknown", "one_trace_only")


def test_an_old_cache_is_stale() -> None:
    assert told(seen([NOW - 9 * DAY], log=""), "stale") == ("fail", "stale")


def test_files_of_one_second_come_from_a_listing() -> None:
    moment = NOW - HOUR
    found = seen([moment] * 3, log="")
    assert found.jobs[0].proofs == ()
    assert told(found, "stale") == ("unknown", "listing_only")
    mixed = judge_cache(REPO, "/root", [moment] * 3 + [NOW - 5 * DAY])
    assert mixed.saved == (NOW - 5 * DAY,)


def test_few_versions_are_not_known_to_be_enough() -> None:
    found = seen([NOW - 9 * HOUR, NOW - 33 * HOUR], logged=NOW - 9 * HOUR)
    assert told(found, "not_separate") == ("unknown", "versions_unseen")


def test_a_log_that_grows_with_failures_is_a_failure() -> None:
    log = SAVED + "Fatal: unable to open repository at sftp:nas:/r\n" * 5
    found = seen([NOW - 9 * HOUR], log=log)
    assert told(found, "stale") == ("fail", "last_run_failed")


def test_a_trace_of_today_without_a_plan_is_unknown_and_an_old_one_is_abandoned() -> None:
    for age, answer in ((HOUR, ("unknown", "schedule_unseen")), (90 * DAY, ("fail", "abandoned"))):
        files, moments = cached([NOW - age])
        assert told(survey(FakeHost(files, times=moments)), "none") == answer


def test_the_last_run_speaks_for_itself() -> None:
    skipped = ["/data does not exist, skipping", "snapshot 619802ad saved"]
    good = ["open repository", "snapshot 619802ad saved"]
    assert last_run("restic", skipped).source_missing
    assert not last_run("restic", skipped + good).source_missing
    assert last_run("restic", good + skipped).source_missing
    assert last_run("restic", [*skipped, "repository 1 opened", "Applying Policy"]).source_missing
    assert last_run("restic", ["Fatal: x", *good]).saved
    assert not last_run("restic", [*good, "Fatal: x"]).saved
    assert last_run("restic", ['{"message_type":"summary","snapshot_id":"619802ad"}']).saved
    assert not last_run("restic", ['{"message_type":"status"', "snapshot saved"]).saved
    assert not last_run("robocopy", good).saved


def test_a_snapshot_of_30_hours_ago_in_japan_is_30_hours_old() -> None:
    japan = datetime.fromisoformat("2026-11-21T15:00:00+09:00")
    found = seen([japan], logged=japan)
    assert NOW - found.jobs[0].proofs[0].at == 30 * HOUR
    assert told(found, "stale") == ("pass", "fresh")
    assert told(found, "stale", NOW + 19 * HOUR) == ("fail", "stale")
