"""Real engines make real backups in a folder that stands for a computer, and are then judged."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from posture_scan.checks.backup.collect import backup_survey
from posture_scan.checks.backup.facts import BackupSurvey, Place

from posture_scan.collect.host import LocalHost
from tests.checks.backup.scene import judge
from tests.checks.backup.scene import told as told_at
from tests.lab.daemon import need, program

pytestmark = pytest.mark.lab


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
        self, argv: Sequence[str], env: Mapping[str, str] | None = None, log: str = ""
    ) -> subprocess.CompletedProcess[bytes]:
        """Run an engine with the computer's home, and append what it prints to a log."""
        result = subprocess.run(
            argv, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=60, cwd=self.root,
            env={"PATH": os.environ["PATH"], "HOME": str(self.path("/root")), **(env or {})},
        )  # fmt: skip
        if log:
            with self.path(log).open("ab") as file:
                file.write(result.stdout)
        return result

    def survey(self, after: timedelta = timedelta(minutes=1)) -> BackupSurvey:
        now = datetime.now(UTC) + after  # noqa: DTZ005, RUF100 -- the lab's own clock
        host = LocalHost(now, root=str(self.root), homes=("/root",), elevated=True)
        seen = backup_survey.function(host)
        assert isinstance(seen, BackupSurvey)
        return seen


def told(seen: BackupSurvey, name: str, later: timedelta = timedelta(0)) -> tuple[str, str]:
    assert seen.collected_at is not None
    return told_at(seen, name, seen.collected_at + later)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path / "tree")


RESTIC = {"RESTIC_PASSWORD": "test"}


def restic(computer: Computer, *words: str, log: str = "") -> int:
    argv = (program("restic"), "-r", str(computer.path("/srv/repo")), *words)
    return computer.run(argv, RESTIC, log).returncode


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
    assert told(seen, "none") == ("pass", "configured")
    assert told(seen, "stale") == ("pass", "fresh")
    assert told(seen, "stale", timedelta(hours=49)) == ("fail", "stale")
    assert judge(seen, "stale", seen.collected_at or datetime.now(UTC)).actual == "2B"
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
        pytest.skip("needs Debian's rsnapshot and dpkg: tests/run installs them as root with apt")
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
