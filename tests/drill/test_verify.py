"""Verifying: the right restore point, the right bytes, and every way to fall short."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from posture_scan.drill.engine import Point
from posture_scan.drill.record import SealRecord
from posture_scan.drill.verify import BAD, Drill, Outcome, temporary, verify, verify_by_hand
from posture_scan.errors import IncompleteError, UsageError
from tests.drill.samples import MINUTE, NOW, MemoryEngine, contents, sealed

OLD = Point("old", NOW - 2 * MINUTE)
GOOD = Point("good", NOW - MINUTE / 2)
NEWER = Point("newer", NOW - MINUTE / 4)
FUTURE = Point("future", NOW + MINUTE)


def run(record: SealRecord, engine: MemoryEngine) -> Drill:
    with temporary() as folder:
        return verify(record, engine, folder, lambda: NOW)


def outcomes(drill: Drill) -> list[Outcome]:
    return [item.outcome for item in drill.files]


def test_the_newest_point_since_the_seal_that_holds_it_is_taken(tmp_path: Path) -> None:
    record = sealed(tmp_path, "a", "b")
    held = contents(record)
    engine = MemoryEngine({OLD: held, GOOD: held, NEWER: {}, FUTURE: held})
    drill = run(record, engine)
    assert outcomes(drill) == [Outcome.PROVEN, Outcome.PROVEN]
    assert engine.asked == ["newer", "good"]
    assert {item.point for item in drill.files} == {"good"}
    assert drill.destination == "sftp:nas.example:/repo"
    assert (drill.evidence_class, drill.engine_version) == ("A", "1.0")


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ((), "drill.not_yet"), ((OLD,), "drill.not_yet"), ((FUTURE,), "drill.not_yet"),
        ((OLD, NEWER), "drill.not_in_backup"),
    ],
)  # fmt: skip
def test_no_run_since_the_seal_is_told_from_one_without_the_file(
    tmp_path: Path, points: tuple[Point, ...], code: str
) -> None:
    record = sealed(tmp_path, "a")
    with pytest.raises(IncompleteError) as caught:
        run(record, MemoryEngine({point: {} for point in points}))
    assert caught.value.code == code


def test_a_restore_point_of_the_same_second_may_hold_the_file(tmp_path: Path) -> None:
    record = sealed(tmp_path, "a")
    same = Point("same", record.sealed_at.replace(microsecond=0))
    assert outcomes(run(record, MemoryEngine({same: contents(record)}))) == [Outcome.PROVEN]


def test_other_bytes_fail_and_it_is_told_where_they_changed(tmp_path: Path) -> None:
    record = sealed(tmp_path, "a", "b", "c")
    first, second, third = record.canaries
    held = contents(record) | {first.name: b"x", second.name: b"y", third.name: None}
    second.path.write_bytes(b"y")
    drill = run(record, MemoryEngine({GOOD: held}))
    assert outcomes(drill) == [Outcome.MISMATCH, Outcome.CHANGED, Outcome.DAMAGED]
    assert len(drill.having(*BAD)) == 3
    assert not any(item.sha256_ok for item in drill.files)


def test_an_engine_that_says_it_is_damaged_fails_what_was_not_found(tmp_path: Path) -> None:
    record = sealed(tmp_path, "a", "b")
    one = record.canaries[0].name
    held = {NEWER: {one: contents(record)[one]}, GOOD: contents(record)}
    drill = run(record, MemoryEngine(held, damaged=(GOOD,)))
    assert outcomes(drill) == [Outcome.PROVEN, Outcome.DAMAGED]


def test_one_folder_that_is_not_saved_leaves_the_drill_partial(tmp_path: Path) -> None:
    record = sealed(tmp_path, "a", "b")
    one = record.canaries[0].name
    drill = run(record, MemoryEngine({GOOD: {one: contents(record)[one]}}))
    assert outcomes(drill) == [Outcome.PROVEN, Outcome.MISSING]


def test_a_link_or_a_huge_file_that_comes_back_is_no_proof(tmp_path: Path) -> None:
    record = sealed(tmp_path, "a")
    (canary,) = record.canaries

    class Linking(MemoryEngine):
        def restore(self, point: Point, inside: str, folder: Path) -> Path:
            del point
            (folder / inside).symlink_to(canary.path)
            return folder / inside

    class Outside(MemoryEngine):
        def restore(self, point: Point, inside: str, folder: Path) -> Path:
            del point, inside, folder
            return canary.path

    for kind in (Linking, Outside):
        drill = run(record, kind({GOOD: contents(record)}))
        assert outcomes(drill) == [Outcome.MISMATCH]
    huge = run(record, MemoryEngine({GOOD: {canary.name: b"x" * 2_000_000}}))
    assert outcomes(huge) == [Outcome.MISMATCH]


def test_the_temporary_folder_is_private_and_always_goes(tmp_path: Path) -> None:
    (tmp_path / "keep").mkdir()

    def interrupted() -> Path:
        with temporary() as folder:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            (folder / "a" / "b").mkdir(parents=True)
            (folder / "a" / "b" / "file").write_text("x")
            (folder / "a" / "out").symlink_to(tmp_path / "keep")
            (folder / "a" / "b").chmod(0o500)
            (folder / "a").chmod(0o000)
            seen.append(folder)
            raise KeyboardInterrupt

    seen: list[Path] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not seen[0].exists()
    assert (tmp_path / "keep").is_dir()


def test_by_hand_the_bytes_are_compared_and_the_class_is_lower(tmp_path: Path) -> None:
    record = sealed(tmp_path, "a", "b")
    first, second = record.canaries
    (tmp_path / "back").mkdir()
    copy = tmp_path / "back" / first.name.replace(".txt", " (1).txt")
    copy.write_bytes(first.path.read_bytes())
    drill = verify_by_hand(record, [copy], lambda: NOW)
    assert outcomes(drill) == [Outcome.PROVEN, Outcome.MISSING]
    assert (drill.engine, drill.evidence_class) == ("by_hand", "B")
    wrong = tmp_path / "back" / second.name
    wrong.write_bytes(first.path.read_bytes())
    assert outcomes(verify_by_hand(record, [wrong], lambda: NOW))[1] is Outcome.MISMATCH


def test_by_hand_the_live_file_and_strangers_are_refused(tmp_path: Path) -> None:
    record = sealed(tmp_path, "a")
    (canary,) = record.canaries
    (tmp_path / "other.txt").write_text("x")
    (tmp_path / canary.name).hardlink_to(canary.path)
    for path, code in (
        (canary.path, "drill.live_copy"), (tmp_path / canary.name, "drill.live_copy"),
        (tmp_path / "a" / ".." / "a" / canary.name, "drill.live_copy"),
        (tmp_path / "other.txt", "drill.not_sealed"), (tmp_path / "none", "drill.no_such_file"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            verify_by_hand(record, [path], lambda: NOW)
        assert caught.value.code == code
