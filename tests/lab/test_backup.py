"""Real engines make real backups in a folder that stands for a computer, and are then judged."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from posture_scan.checks.backup.collect import backup_survey
from posture_scan.checks.backup.facts import BackupSurvey, Place

from posture_scan.collect.host import LocalHost
from tests.checks.backup.scene import judge
from tests.checks.backup.scene import told as told_at
from tests.lab.bacula import (
    CLIENT_CONF,
    DIRECTOR_CONF,
    SCHEMA,
    STORAGE_CONF,
    bacula,
    filled,
)
from tests.lab.daemon import need, program
from tests.lab.installed import lacking

pytestmark = pytest.mark.lab

MINUTE = timedelta(minutes=1)


class Computer:
    """A folder that stands for ``/``, with a cron daemon, a home for root and some data."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("etc/cron.d", "usr/sbin", "root", "data", "srv", "var/log"):
            (root / name).mkdir(parents=True)
        self.write("/usr/sbin/cron", "")
        for number in range(20):
            self.write(f"/data/letter{number}.txt", f"大事な書類 {number}\n" * 50)
            os.utime(self.path(f"/data/letter{number}.txt"), (1e9 + number, 1e9 + number))

    def path(self, name: str) -> Path:
        return self.root / name.lstrip("/")

    def write(self, name: str, text: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, "utf-8")

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        log: str = "",
        user: int | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run an engine with the computer's home, and append what it prints to a log."""
        result = subprocess.run(
            argv, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=60, cwd=self.root, user=user,
            env={"PATH": os.environ["PATH"], "HOME": str(self.path("/root")), **(env or {})},
        )  # fmt: skip
        if log:
            with self.path(log).open("ab") as file:
                file.write(result.stdout)
        return result

    def survey(self, after: timedelta = timedelta(minutes=1)) -> BackupSurvey:
        seen = backup_survey.function(host_of(self, after))
        assert isinstance(seen, BackupSurvey)
        return seen


def host_of(computer: Computer, after: timedelta = timedelta(0)) -> LocalHost:
    now = datetime.now(UTC) + after
    return LocalHost(now, root=str(computer.root), homes=("/root",), elevated=True)


def told(seen: BackupSurvey, name: str, later: timedelta = timedelta(0)) -> tuple[str, str]:
    assert seen.collected_at is not None
    return told_at(seen, name, seen.collected_at + later)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path / "tree")


RESTIC = {"RESTIC_PASSWORD": "test"}


def restic(computer: Computer, *words: str, log: str = "", user: int | None = None) -> int:
    argv = (program("restic"), "-r", str(computer.path("/srv/repo")), *words)
    return computer.run(argv, RESTIC, log, user).returncode


def plan_restic(computer: Computer, source: str = "/data", destination: str = "/srv/repo") -> None:
    computer.write(
        "/etc/cron.d/restic",
        f"0 3 * * * root restic -r {destination} backup {source} >> /var/log/restic.log 2>&1\n",
    )


def test_restic_that_ran_is_fresh_and_decays(computer: Computer) -> None:
    need("restic")
    plan_restic(computer)
    assert restic(computer, "init") == 0
    assert restic(computer, "backup", str(computer.path("/data")), log="/var/log/restic.log") == 0
    seen = computer.survey()
    assert {proof.artefact for proof in seen.jobs[0].proofs} == {"log", "cache"}
    first = seen.jobs[0].oldest_at
    assert first is not None
    time.sleep(1.1)  # two points of the same second look like a listing
    assert restic(computer, "backup", str(computer.path("/data")), log="/var/log/restic.log") == 0
    assert computer.survey().jobs[0].oldest_at == first
    assert told(seen, "none") == ("pass", "configured")
    assert told(seen, "stale") == ("pass", "fresh")
    assert told(seen, "stale", timedelta(hours=49)) == ("fail", "stale")
    assert judge(seen, "stale", seen.collected_at or datetime.now(UTC)).actual.startswith("2B ")
    assert told(seen, "restore_untested") == ("unknown", "no_restore_record")


def test_restic_that_was_planned_and_never_ran(computer: Computer) -> None:
    need("restic")
    plan_restic(computer)
    assert restic(computer, "init") == 0
    seen = computer.survey()
    assert told(seen, "none") == ("pass", "configured")
    assert told(seen, "stale") == ("unknown", "starts_only")


def test_restic_saves_nothing_of_a_missing_folder_and_exits_with_0(computer: Computer) -> None:
    need("restic")
    plan_restic(computer, "/data /mnt/disk")
    assert restic(computer, "init") == 0
    sources = (str(computer.path("/data")), str(computer.path("/mnt/disk")))
    assert restic(computer, "backup", *sources, log="/var/log/restic.log") == 0
    assert b"does not exist, skipping" in computer.path("/var/log/restic.log").read_bytes()
    assert told(computer.survey(), "stale") == ("fail", "source_missing")


def test_restic_that_saves_the_empty_place_of_a_disk(computer: Computer) -> None:
    need("restic")
    plan_restic(computer, "/data /disk")
    computer.write("/etc/fstab", "UUID=1-2 /disk ext4 defaults 0 2\n")
    computer.path("/disk").mkdir()
    assert restic(computer, "init") == 0
    sources = (str(computer.path("/data")), str(computer.path("/disk")))
    assert restic(computer, "backup", *sources, log="/var/log/restic.log") == 0
    assert told(computer.survey(), "stale") == ("fail", "source_empty")
    computer.write("/disk/letter.txt", "mounted")
    assert told(computer.survey(), "stale") == ("pass", "fresh")


def test_restic_that_may_not_read_a_file_saves_the_rest_and_fails(computer: Computer) -> None:
    need("restic")
    if os.geteuid() != 0:
        pytest.skip("needs root, to run restic as somebody who may not read a file")
    plan_restic(computer)
    assert restic(computer, "init") == 0
    computer.path("/data/letter1.txt").chmod(0)
    for path in (computer.root, *computer.root.rglob("*")):
        os.chown(path, 65_534, 65_534)
    os.chown(computer.path("/data/letter1.txt"), 0, 0)
    for folder in computer.root.parents:  # pytest's own folders are closed to others
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o711)
    code = restic(
        computer, "backup", str(computer.path("/data")), log="/var/log/restic.log", user=65_534
    )
    text = computer.path("/var/log/restic.log").read_text("utf-8")
    assert (code, "saved" in text) == (3, True)
    assert told(computer.survey(), "stale") == ("fail", "last_run_failed")


def test_restics_checks_and_how_deep_they_went(computer: Computer) -> None:
    need("restic")
    plan_restic(computer)
    computer.write(
        "/etc/cron.d/check", "0 5 * * 0 root restic -r /srv/repo check >> /var/log/check.log\n"
    )
    assert restic(computer, "init") == 0
    data = str(computer.path("/data"))
    assert restic(computer, "backup", data, log="/var/log/restic.log") == 0
    for words, grade in (((), "structure"), (("--read-data-subset=50%",), "data")):
        assert restic(computer, "check", *words, log="/var/log/check.log") == 0
        (job,) = computer.survey().jobs
        assert (job.integrity_at is not None, job.integrity_grade) == (True, grade)
    before = job.proofs
    assert restic(computer, "forget", "--keep-last", "1", "--prune") == 0
    assert computer.survey().jobs[0].proofs == before
    pack = next(path for path in computer.path("/srv/repo/data").rglob("*") if path.is_file())
    pack.chmod(0o600)
    pack.write_bytes(b"rotten" + pack.read_bytes()[6:])
    assert restic(computer, "check", "--read-data", log="/var/log/check.log") != 0
    assert computer.survey().jobs[0].integrity_at is None


def test_restic_whose_repository_is_gone_keeps_a_fresh_log_and_fails(computer: Computer) -> None:
    need("restic")
    plan_restic(computer)
    assert restic(computer, "init") == 0
    data = str(computer.path("/data"))
    assert restic(computer, "backup", data, log="/var/log/restic.log") == 0
    shutil.rmtree(computer.path("/srv/repo"))
    assert restic(computer, "backup", data, log="/var/log/restic.log") != 0
    assert told(computer.survey(), "stale") == ("fail", "last_run_failed")


def test_a_look_at_resticas_list_is_no_backup(computer: Computer) -> None:
    need("restic")
    plan_restic(computer)
    assert restic(computer, "init") == 0
    for number in range(4):
        computer.write("/data/letter.txt", f"{number}")
        assert restic(computer, "backup", str(computer.path("/data"))) == 0
    shutil.rmtree(computer.path("/root/.cache"))
    assert restic(computer, "snapshots") == 0
    seen = computer.survey()
    files = list(computer.path("/root/.cache/restic").glob("*/snapshots/*/*"))
    assert len(files) == 4
    if len({int(path.stat().st_mtime) for path in files}) == 1:
        assert seen.jobs[0].proofs == ()
        assert told(seen, "stale") == ("unknown", "listing_only")
    else:  # the list was written across the turn of a second
        assert told(seen, "stale")[0] == "unknown"


def test_a_repository_on_the_same_disk_is_not_separate(computer: Computer) -> None:
    need("restic", "findmnt", "lsblk")
    plan_restic(computer, "/etc", str(computer.path("/srv/repo")))
    assert restic(computer, "init") == 0
    assert restic(computer, "backup", "/etc/hostname", log="/var/log/restic.log") == 0
    seen = computer.survey()
    place = seen.jobs[0].destination_class
    if place is Place.UNKNOWN:
        pytest.skip("lsblk shows no disk below this folder: a container or an overlay")
    assert place is Place.SAME_DISK
    assert told(seen, "not_separate") == ("fail", "same_disk")
    assert told(seen, "not_protected") == ("fail", "not_separated")


def borg(computer: Computer, *words: str) -> subprocess.CompletedProcess[bytes]:
    env = {"BORG_PASSPHRASE": "test", "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes"}
    return computer.run((program("borg"), *words), env)


def test_borg_that_ran_and_borg_that_was_only_pruned(computer: Computer) -> None:
    need("borg")
    repo = str(computer.path("/srv/borg"))
    computer.write("/etc/cron.d/borg", f"0 3 * * * root borg create {repo}::x /data\n")
    assert borg(computer, "init", "-e", "repokey", repo).returncode == 0
    assert told(computer.survey(), "stale") == ("unknown", "starts_only")
    assert borg(computer, "create", f"{repo}::one", str(computer.path("/data"))).returncode == 0
    seen = computer.survey()
    assert [proof.artefact for proof in seen.jobs[0].proofs] == ["manifest_and_files"]
    assert told(seen, "stale") == ("pass", "fresh")
    old = (datetime.now(UTC) - timedelta(days=40)).timestamp()
    (files,) = computer.path("/root/.cache/borg").glob("*/files")
    os.utime(files, (old, old))
    assert borg(computer, "prune", "--keep-last", "1", repo).returncode == 0
    assert borg(computer, "delete", f"{repo}::one").returncode == 0
    seen = computer.survey()
    assert "pruned_only" in seen.jobs[0].traps
    assert told(seen, "stale") == ("fail", "stale")


def test_looking_at_a_borg_repository_is_no_backup(computer: Computer) -> None:
    need("borg")
    repo = str(computer.path("/srv/borg"))
    computer.write("/etc/cron.d/borg", f"0 3 * * * root borg create {repo}::x /data\n")
    assert borg(computer, "init", "-e", "repokey", repo).returncode == 0
    assert borg(computer, "create", f"{repo}::one", str(computer.path("/data"))).returncode == 0
    before = computer.survey().jobs[0].proofs
    assert borg(computer, "list", repo).returncode == 0
    assert borg(computer, "check", repo).returncode == 0
    assert computer.survey().jobs[0].proofs == before


def test_borgmatic_installed_without_a_configuration(computer: Computer) -> None:
    need("borgmatic")
    computer.write("/etc/cron.d/borgmatic", "0 3 * * * root /usr/bin/borgmatic --verbosity -1\n")
    assert computer.run((program("borgmatic"), "--verbosity", "-1")).returncode != 0
    assert told(computer.survey(), "none") == ("fail", "unconfigured")


def test_borgmatic_that_ran_with_its_checks(computer: Computer) -> None:
    need("borgmatic", "borg")
    repo = str(computer.path("/srv/borg"))
    computer.write("/etc/cron.d/borgmatic", "0 3 * * * root /usr/bin/borgmatic --verbosity -1\n")
    config = (
        "location:\n    source_directories:\n        - /data\n    repositories:\n"
        f"        - {repo}\nretention:\n    keep_daily: 14\nconsistency:\n    checks:\n"
        "        - name: repository\n"
    )
    computer.write("/etc/borgmatic/config.yaml", config)
    real = config.replace("- /data", f"- {computer.path('/data')}")
    computer.write("/srv/real.yaml", real)
    assert borg(computer, "init", "-e", "none", repo).returncode == 0
    result = computer.run((program("borgmatic"), "-c", str(computer.path("/srv/real.yaml"))))
    assert result.returncode == 0, result.stdout.decode(errors="replace")[-2000:]
    (job,) = computer.survey().jobs
    assert (job.engine, job.versioned) == ("borgmatic", True)
    assert job.integrity_at is not None
    assert told(computer.survey(), "stale") == ("pass", "fresh")


def rsnapshot(computer: Computer, conf: str) -> int:
    argv = (program("rsnapshot"), "-c", str(computer.path(conf)), "daily")
    return computer.run(argv).returncode


def rsnapshot_conf(computer: Computer, prefix: str, rsync: str) -> str:
    return (
        f"config_version\t1.2\nsnapshot_root\t{prefix}/srv/snap/\ncmd_cp\t/bin/cp\ncmd_rm\t/bin/rm\n"
        f"cmd_rsync\t{rsync}\nretain\tdaily\t14\nverbose\t1\nloglevel\t3\n"
        f"logfile\t{prefix}/var/log/rsnapshot\nlockfile\t{computer.path('/srv/lock')}\n"
        f"backup\t{prefix}/data/\tlocalhost/\n"
    )


def test_rsnapshot_that_worked_and_then_failed_with_fresh_folders(computer: Computer) -> None:
    need("rsnapshot", "rsync")
    computer.write("/etc/cron.d/rsnapshot", "0 3 * * * root /usr/bin/rsnapshot daily\n")
    computer.write("/etc/rsnapshot.conf", rsnapshot_conf(computer, "", program("rsync")))
    shutil.copy("/etc/localtime", computer.path("/etc/localtime"))
    prefix = str(computer.root)
    computer.write("/srv/good.conf", rsnapshot_conf(computer, prefix, program("rsync")))
    computer.write("/srv/bad.conf", rsnapshot_conf(computer, prefix, "/bin/false"))
    assert told(computer.survey(), "stale") == ("unknown", "starts_only")
    assert rsnapshot(computer, "/srv/good.conf") == 0
    assert told(computer.survey(), "stale") == ("pass", "fresh")
    for _ in range(3):
        assert rsnapshot(computer, "/srv/bad.conf") != 0
    fresh = computer.path("/srv/snap/daily.0").stat().st_mtime
    assert datetime.now(UTC).timestamp() - fresh < 60
    assert told(computer.survey(), "stale") == ("fail", "last_run_failed")


def test_debians_own_samples_are_no_backup(computer: Computer) -> None:
    samples = [Path("/etc/cron.d/rsnapshot"), Path("/etc/rsnapshot.conf"),
               Path("/etc/cron.daily/dpkg"), Path("/usr/libexec/dpkg/dpkg-db-backup")]  # fmt: skip
    there = [path for path in samples if path.is_file()]
    if not there:
        lacking("rsnapshot")
    for path in there:
        computer.path(str(path)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, computer.path(str(path)))
    seen = computer.survey()
    assert seen.jobs == ()
    assert told(seen, "none") == ("fail", "nothing_found")


def test_a_machine_not_booted_with_systemd_is_unknown() -> None:
    need("systemctl")
    if Path("/run/systemd/system").is_dir():
        pytest.skip("this machine was booted with systemd")
    seen = backup_survey.function(LocalHost(datetime.now(UTC), homes=()))
    assert ("systemd", "systemd") in {(note.what, note.lift) for note in seen.not_read}
    if not seen.jobs:
        # Without root what other users planned cannot be read either, and that is said first.
        reason = "closed_systemd" if os.geteuid() == 0 else "closed_administrator"
        assert told(seen, "none") == ("unknown", reason)


def bacula_files(computer: Computer, storage_address: str) -> None:
    """Write the configuration as it would stand on this computer, seen from its own ``/``."""
    texts = {"dir": DIRECTOR_CONF, "fd": CLIENT_CONF, "sd": STORAGE_CONF}
    for name, text in texts.items():
        computer.write(f"/etc/bacula/bacula-{name}.conf", filled(text, "", storage_address))


def test_bacula_by_its_catalogue_and_by_its_log(computer: Computer) -> None:
    need("bacula-dir", "bacula-fd", "bacula-sd", "bconsole")
    if not SCHEMA.is_file():
        lacking("bacula-director-sqlite3")
    shutil.copy("/usr/share/zoneinfo/Asia/Tokyo", computer.path("/etc/localtime"))
    bacula_files(computer, "nas.example")
    with bacula(computer.root, "Asia/Tokyo") as console:
        assert told(computer.survey(), "stale") == ("unknown", "starts_only")
        console.say("run job=Papers yes", "wait", "run job=CheckPapers yes")
        console.say("restore jobid=1 restorejob=RestorePapers client=lab-fd all done yes")
        saved_checked_and_restored(computer)
        # Bacula ends "normally" (T) although the folder is gone; only its errors tell.
        shutil.rmtree(computer.path("/data"))
        console.say("run job=Papers yes")
    rows = host_of(computer).select(
        "/var/lib/bacula/bacula.db", "SELECT JobStatus AS status, JobErrors AS errors FROM Job"
    )
    assert [dict(row) for row in rows][-1] == {"status": "T", "errors": 1}
    computer.write("/data/back.txt", "connected again")
    assert told(computer.survey(), "stale") == ("fail", "last_run_failed")
    computer.path("/var/lib/bacula/bacula.db").unlink()
    known_by_the_log_alone(computer)


def saved_checked_and_restored(computer: Computer) -> None:
    (job,) = computer.survey().jobs
    now = datetime.now(UTC)
    assert [(one.artefact, one.evidence_class) for one in job.proofs] == [("catalogue", "A")]
    for moment in (job.proofs[0].at, job.integrity_at, job.restore_proven_at):
        # The catalogue's own times are local ones without a zone: nine hours ahead here.
        assert moment is not None
        assert now - moment < 2 * MINUTE
    assert job.integrity_grade == "structure"
    assert len(list(computer.path("/restored").rglob("letter*.txt"))) == 20
    assert (job.schedule_seconds, job.enabled) == (86_400, True)
    assert job.destination_class is Place.OTHER_HOST
    assert told(computer.survey(), "stale") == ("pass", "fresh")
    assert told(computer.survey(), "stale", timedelta(hours=49)) == ("fail", "stale")


def known_by_the_log_alone(computer: Computer) -> None:
    assert told(computer.survey(), "stale") == ("fail", "last_run_failed")
    log = computer.path("/var/log/bacula/bacula.log")
    text = log.read_text("utf-8")
    log.write_text(text[: text.index("Termination:            Restore OK") + 40], "utf-8")
    (job,) = computer.survey().jobs
    assert [(one.artefact, one.evidence_class) for one in job.proofs] == [("catalogue", "B")]
    assert (job.integrity_grade, job.restore_proven_at) == ("structure", None)
    assert told(computer.survey(), "stale") == ("unknown", "one_trace_only")


def test_baculas_shipped_sample_is_no_backup(computer: Computer) -> None:
    sample = Path("/usr/share/bacula-common/defconfig/bacula-dir.conf")
    if not sample.is_file():
        lacking("bacula-director")
    computer.write("/etc/bacula/bacula-dir.conf", sample.read_text("utf-8"))
    seen = computer.survey()
    assert {job.job.rsplit(" ", 1)[-1] for job in seen.jobs} == {"BackupClient1", "BackupCatalog"}
    assert told(seen, "none") == ("fail", "unconfigured")
    assert "Password" not in repr(seen)


def test_a_computer_that_only_runs_baculas_client(computer: Computer) -> None:
    sample = Path("/usr/share/bacula-common/defconfig/bacula-fd.conf")
    if not sample.is_file():
        lacking("bacula-fd")
    computer.write("/etc/bacula/bacula-fd.conf", sample.read_text("utf-8"))
    assert told(computer.survey(), "none") == ("unknown", "schedule_unseen")


def duplicity(computer: Computer, *words: str, log: str = "") -> int:
    argv = (program("duplicity"), *words, "--no-encryption")
    return computer.run(argv, None, log).returncode


def test_duplicity_by_the_cache_that_its_address_confirms(computer: Computer) -> None:
    need("duplicity")
    address = f"file://{computer.path('/srv/dup')}"
    data = str(computer.path("/data"))
    computer.write(
        "/etc/cron.d/dup",
        f"0 3 * * * root duplicity --no-encryption /data {address} >> /var/log/dup.log 2>&1\n"
        f"0 5 * * 0 root duplicity verify --no-encryption {address} /data >> /var/log/v.log\n",
    )
    assert told(computer.survey(), "stale") == ("unknown", "starts_only")
    assert duplicity(computer, "full", data, f"{address}2") == 0
    assert told(computer.survey(), "stale") == ("unknown", "starts_only")  # another's cache
    assert duplicity(computer, "full", data, address, log="/var/log/dup.log") == 0
    seen = computer.survey()
    job = next(one for one in seen.jobs if one.job.startswith("/etc/cron.d"))
    assert {proof.artefact for proof in job.proofs} == {"log", "manifest_name"}
    assert job.oldest_at == next(x.at for x in job.proofs if x.artefact == "manifest_name")
    assert told(seen, "stale") == ("pass", "fresh")
    assert duplicity(computer, "verify", address, data, log="/var/log/v.log") == 0
    assert b"0 differences found" in computer.path("/var/log/v.log").read_bytes()
    job = next(one for one in computer.survey().jobs if one.job.startswith("/etc/cron.d"))
    assert (job.integrity_at is not None, job.integrity_grade) == (True, "data")
    computer.write("/data/new.txt", "not yet saved")
    assert duplicity(computer, "verify", "--compare-data", address, data, log="/var/log/v.log") != 0
    job = next(one for one in computer.survey().jobs if one.job.startswith("/etc/cron.d"))
    assert job.integrity_at is None


def test_duplicity_whose_source_has_nearly_vanished(computer: Computer) -> None:
    need("duplicity")
    address = f"file://{computer.path('/srv/dup')}"
    data = str(computer.path("/data"))
    computer.write("/data/big.bin", "x" * 200_000)
    computer.write(
        "/etc/cron.d/dup", f"0 3 * * * root duplicity /data {address} >> /var/log/dup.log 2>&1\n"
    )
    assert duplicity(computer, data, address, log="/var/log/dup.log") == 0
    shutil.rmtree(computer.path("/data"))
    computer.path("/data").mkdir()
    time.sleep(1.1)  # two sets of the same second are refused
    assert duplicity(computer, data, address, log="/var/log/dup.log") == 0
    assert told(computer.survey(), "stale") == ("fail", "source_empty")
    computer.write("/data/one.txt", "a letter that came since")
    assert told(computer.survey(), "stale") == ("fail", "shrunk")


def rdiff(computer: Computer, *words: str, zone: str = "UTC") -> int:
    return computer.run((program("rdiff-backup"), *words), {"TZ": zone}).returncode


def test_rdiff_backup_by_its_session_statistics(computer: Computer) -> None:
    need("rdiff-backup")
    target, data = str(computer.path("/srv/rdiff")), str(computer.path("/data"))
    computer.write("/etc/cron.d/rdiff", "0 3 * * * root rdiff-backup backup /data /srv/rdiff\n")
    assert told(computer.survey(), "stale") == ("unknown", "starts_only")
    assert rdiff(computer, "backup", data, target, zone="Asia/Tokyo") == 0
    seen = computer.survey()
    (job,) = seen.jobs
    assert [(one.artefact, one.evidence_class) for one in job.proofs] == [
        ("session_statistics", "A")
    ]
    assert job.oldest_at == job.proofs[0].at
    assert timedelta(0) <= (seen.collected_at or job.proofs[0].at) - job.proofs[0].at < 5 * MINUTE
    assert told(seen, "stale") == ("pass", "fresh")
    # A second mark is what a run leaves that was cut off; the engine then refuses to go on.
    (mark,) = computer.path("/srv/rdiff/rdiff-backup-data").glob("current_mirror.*")
    shutil.copy(mark, mark.with_name("current_mirror.2026-01-01T00:00:00Z.data"))
    assert rdiff(computer, "backup", data, target) != 0
    assert told(computer.survey(), "stale") == ("fail", "last_run_failed")
