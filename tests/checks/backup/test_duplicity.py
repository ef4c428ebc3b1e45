"""duplicity: which cache belongs to which address, whole chains, and no look at lists of files."""

from __future__ import annotations

import hashlib

from posture_scan.checks.backup.duplicity import judge, parse_compact
from posture_scan.checks.backup.facts import Place, Proof

from tests.checks.backup.scene import survey, told
from tests.checks.computer import DAY, HOUR, NOW, FakeHost

ADDRESS = "sftp://yuki@nas/b"
FOLDER = (
    f"/root/.cache/duplicity/{hashlib.md5(ADDRESS.encode(), usedforsecurity=False).hexdigest()}"
)
PLAN = {
    "/usr/sbin/cron": "", "/home/a": "",
    "/etc/cron.d/d": f"0 3 * * * root duplicity incr /home {ADDRESS} >> /var/log/d.log 2>&1\n",
}  # fmt: skip
FULL = "duplicity-full.20261101T024000Z.manifest"
INC = "duplicity-inc.20261101T024000Z.to.20261122T024000Z.manifest"
HEAD = "Hostname firm\nLocaldir /home\nVolume 1:\n    StartingPath   salaries.xlsx\n"
LOG = "SourceFiles 20\nSourceFileSize {size} (x)\nErrors 0\n"


def test_the_cache_that_the_address_confirms_and_the_log_agree() -> None:
    files = PLAN | {f"{FOLDER}/{FULL}": HEAD, f"{FOLDER}/{INC}": HEAD,
                    "/var/log/d.log": LOG.format(size=100)}  # fmt: skip
    seen = survey(FakeHost(files, times={"/var/log/d.log": NOW - 9 * HOUR}))
    (job,) = seen.jobs
    moment = parse_compact("20261122T024000")
    assert moment is not None
    assert Proof("manifest_name", "B", moment) in job.proofs
    assert job.destination_class is Place.OTHER_HOST
    assert "yuki" not in repr(seen)
    assert "salaries" not in repr(seen)
    assert told(seen, "stale") == ("pass", "fresh")


def test_anothers_cache_proves_nothing_for_this_address() -> None:
    other = "/root/.cache/duplicity/0123456789abcdef0123456789abcdef"
    seen = survey(FakeHost(PLAN | {f"{other}/{FULL}": HEAD, f"{other}/{INC}": HEAD}))
    planned, alone = seen.jobs
    assert planned.proofs == ()
    assert alone.enabled is None
    assert alone.source_paths == ("/home",)
    assert told(seen, "stale") == ("unknown", "starts_only")


def test_a_cache_may_have_a_name_of_its_own() -> None:
    line = "0 3 * * * root duplicity --name firm /home s3:///bucket\n"
    files = PLAN | {"/etc/cron.d/d": line, f"/root/.cache/duplicity/firm/{FULL}": HEAD}
    (job,) = survey(FakeHost(files)).jobs
    assert [proof.artefact for proof in job.proofs] == ["manifest_name"]


def test_an_address_made_by_a_script_is_matched_only_where_there_is_no_choice() -> None:
    line = '0 3 * * * root duplicity /home "$TARGET"\n'
    one = PLAN | {"/etc/cron.d/d": line, f"/root/.cache/duplicity/a/{FULL}": HEAD}
    assert len(survey(FakeHost(one)).jobs) == 1
    two = one | {f"/root/.cache/duplicity/b/{FULL}": HEAD}
    assert [len(job.proofs) for job in survey(FakeHost(two)).jobs] == [0, 1, 1]


def test_an_increment_without_its_chain_is_a_failed_run() -> None:
    orphan = "duplicity-inc.20261110T024000Z.to.20261122T024000Z.manifest"
    assert judge("x", [FULL, INC]).broken is False
    assert judge("x", [FULL, orphan]).broken is True
    assert judge("x", [orphan]).points == ()
    seen = survey(FakeHost(PLAN | {f"{FOLDER}/{FULL}": HEAD, f"{FOLDER}/{orphan}": HEAD}))
    assert told(seen, "stale") == ("fail", "last_run_failed")


def test_a_deep_chain_has_versions_and_a_short_one_says_nothing() -> None:
    names = [FULL]
    last = "20261101T024000Z"
    for day in range(2, 16):
        this = f"202611{day:02}T024000Z"
        names.append(f"duplicity-inc.{last}.to.{this}.manifest")
        last = this
    deep = survey(FakeHost(PLAN | {f"{FOLDER}/{name}": HEAD for name in names}))
    assert deep.jobs[0].versioned is True
    short = survey(FakeHost(PLAN | {f"{FOLDER}/{name}": HEAD for name in names[:3]}))
    assert short.jobs[0].versioned is None


def test_a_source_that_has_nearly_vanished_is_no_good_run() -> None:
    log = LOG.format(size=1000) + LOG.format(size=199)
    files = PLAN | {"/var/log/d.log": log}
    seen = survey(FakeHost(files, times={"/var/log/d.log": NOW - HOUR}))
    assert told(seen, "stale") == ("fail", "shrunk")
    seen = survey(FakeHost(files | {"/var/log/d.log": LOG.format(size=1000) * 2}))
    assert "shrunk" not in seen.jobs[0].traps


def test_a_verification_planned_by_itself_is_a_check_of_the_data() -> None:
    verify = f"0 5 * * 0 root duplicity verify {ADDRESS} /home >> /var/log/v.log\n"
    good = "Verify complete: 20 files compared, 0 differences found.\n"
    files = PLAN | {"/etc/cron.d/v": verify, "/var/log/v.log": good}
    (job,) = survey(FakeHost(files, times={"/var/log/v.log": NOW - 3 * DAY})).jobs
    assert (job.integrity_at, job.integrity_grade) == (NOW - 3 * DAY, "data")
    for bad in (good.replace(" 0 ", " 2 "), good.replace("20", "0"), good + "Errors 0\n", ""):
        (job,) = survey(FakeHost(files | {"/var/log/v.log": bad})).jobs
        assert job.integrity_at is None


def test_times_that_are_none() -> None:
    assert parse_compact("99999999T999999") is None
    assert judge("x", ["duplicity-full.99999999T999999Z.manifest", "x.manifest"]).newest == ""
    assert judge("x", [f"{FULL}.part"]).points == ()
