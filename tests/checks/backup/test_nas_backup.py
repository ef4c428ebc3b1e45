"""Exports of a NAS's own record: which words prove what, and that nobody logs in to a NAS."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.backup import nas_backup
from posture_scan.checks.backup.export_qnap import qnap_hybrid_backup
from posture_scan.checks.backup.export_synology import synology_hyper_backup
from posture_scan.checks.backup.nas_facts import NasBackups, nas_moment

from posture_scan.engine.documents import HandedIn, read_document
from posture_scan.engine.judge import judge
from posture_scan.engine.packs import load_packs
from posture_scan.errors import UsageError
from posture_scan.model.codec import decode, encode
from posture_scan.model.evidence import Asset
from posture_scan.sdk import Attempt, AttemptError, Context, Method, Service, Vantage, Verdict
from tests.checks.computer import DAY, HOUR, NOW

DATA = Path(__file__).parents[2] / "data" / "nas_exports"
READERS = (synology_hyper_backup, qnap_hybrid_backup)
MADE = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def content(name: str) -> bytes:
    return (DATA / f"{name}.json").read_bytes()


def told(seen: NasBackups, made: datetime = MADE, now: datetime = NOW) -> tuple[str, str]:
    context = Context(now, made, Service(), Vantage.HOST)
    first = nas_backup.none.judge(seen, context)
    second = nas_backup.stale.judge(seen, context)
    assert isinstance(first, Verdict)
    assert isinstance(second, Verdict)
    assert_spoken("none", first)
    assert_spoken("stale", second)
    return f"{first.status}:{first.reason}", f"{second.status}:{second.reason}"


WORDS = tomllib.loads(Path(str(nas_backup.__file__)).with_suffix(".toml").read_text("utf-8"))


def assert_spoken(check: str, verdict: Verdict) -> None:
    """Each reason has its sentence in both languages, and its values fill it."""
    for language in ("ja", "en"):
        sentence = WORDS[check][language]["reasons"][verdict.reason]
        assert set(re.findall(r"\{(\w+)\}", sentence)) <= dict(verdict.values).keys()


def read(value: Any) -> NasBackups:
    data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    seen = synology_hyper_backup.function(data)
    assert isinstance(seen, NasBackups)
    return seen


def tasks(*items: dict[str, Any]) -> dict[str, Any]:
    base = {
        "state": "backupable", "status": "none", "last_bkp_result": "done",
        "last_bkp_end_time": "2026/11/22 01:16", "next_bkp_time": "2026/11/23 01:00",
    }  # fmt: skip
    return {"data": {"task_list": [base | {"task_id": n} | m for n, m in enumerate(items, 1)]}}


def test_answers_that_somebody_recorded() -> None:
    seen = read(content("hyper_backup_4_2"))
    (job,) = seen.jobs
    assert [proof.at for proof in job.proofs] == [datetime(2026, 7, 20, 11, 21, 37, tzinfo=UTC)]
    assert (job.enabled, job.last_run_failed) == (None, False)
    made = datetime(2026, 7, 21, 0, 0, tzinfo=UTC)
    assert told(seen, made) == ("unknown:schedule_unseen", "pass:fresh")


def test_a_nas_that_saves_its_folders() -> None:
    seen = read(content("hyper_backup_ja"))
    assert [job.job for job in seen.jobs] == ["共有フォルダー 夜間", "経理データ"]
    assert told(seen) == ("pass:configured", "pass:fresh")


def test_one_broken_task_counts_although_another_succeeds() -> None:
    seen = read(content("hyper_backup_ja_broken"))
    assert told(seen) == ("pass:configured", "fail:last_run_failed")


@pytest.mark.parametrize("word", ["error", "failed", "partial", "cksum_failed", "dest_missing"])
def test_words_of_failure(word: str) -> None:
    assert told(read(tasks({"last_bkp_result": word})))[1] == "fail:last_run_failed"


@pytest.mark.parametrize("word", ["backingup", "none", "cancel", "suspended", "成功", "", None, 5])
def test_words_that_prove_nothing(word: object) -> None:
    assert told(read(tasks({"last_bkp_result": word})))[1] == "unknown:no_success_seen"


def test_a_running_task_keeps_its_last_success() -> None:
    running = {"last_bkp_result": "backingup", "last_bkp_success_time": "2026/11/21 13:00"}
    assert told(read(tasks(running)))[1] == "pass:fresh"


def test_no_tasks_and_tasks_switched_off() -> None:
    assert told(read(tasks())) == ("fail:nothing_found", "fail:no_backup")
    off = tasks({"schedule": {"schedule_enable": False}})
    assert told(read(off)) == ("fail:disabled", "fail:no_backup")
    unseen = tasks({"next_bkp_time": ""})
    assert told(read(unseen))[0] == "unknown:schedule_unseen"


@pytest.mark.parametrize(
    ("last", "expected"),
    [("2026/11/20 18:00", "pass:fresh"), ("2026/11/20 10:00", "unknown:zone_unseen"),
     ("2026/11/18 12:00", "fail:stale"), ("2026/12/01 00:00", "unknown:time_in_future")],
)  # fmt: skip
def test_a_clock_without_its_zone_never_makes_a_backup_younger(last: str, expected: str) -> None:
    assert told(read(tasks({"last_bkp_end_time": last})))[1] == expected


def test_times() -> None:
    assert nas_moment(1_784_568_084) == datetime(2026, 7, 20, 17, 21, 24, tzinfo=UTC)
    assert nas_moment("2026/07/21 01:21:24") == datetime(2026, 7, 20, 11, 21, 24, tzinfo=UTC)
    for bad in ("", "21.07.2026 01:21", None, 0, -5, True, 2**40, "0001/01/01 00:00"):
        assert nas_moment(bad) is None


def test_jobs_of_a_qnap() -> None:
    seen = qnap_hybrid_backup.function(content("hbs3_ja"))
    assert [(str(job.kind), job.enabled) for job in seen.jobs] == [("mirror", True), ("sync", True)]
    assert told(seen) == ("pass:configured", "pass:fresh")


def test_a_qnap_that_only_synchronises() -> None:
    rows = json.loads(content("hbs3_ja"))
    seen = qnap_hybrid_backup.function(json.dumps(rows[1:2]).encode())
    assert told(seen) == ("fail:only_sync", "fail:no_backup")


def test_a_qnap_job_that_did_not_finish_or_is_switched_off() -> None:
    rows = json.loads(content("hbs3_ja"))
    started = qnap_hybrid_backup.function(json.dumps(rows[:3]).encode())
    assert told(started)[1] == "unknown:no_success_seen"
    rows[0]["value"] = rows[0]["value"].replace("true", "false")
    assert told(qnap_hybrid_backup.function(json.dumps(rows).encode()))[0] == "fail:disabled"
    rows[0]["value"] = '{"enable": true, "type": "backup"}'
    assert told(qnap_hybrid_backup.function(json.dumps(rows).encode()))[0] == (
        "unknown:schedule_unseen"
    )


OTHERS = [
    b"", b"[]", b"{}", b"null", b"[1]", b'{"data": 5}',
    b'{"success": false, "error": {"code": 402}}',
    b'{"task_list": 5}', b'{"task_list": ["x"]}', b'{"task_list": [{"name": "x"}]}', b"[" * 9000,
    b'[{"key": "a", "value": "5"}]', b'[{"key": 1, "value": "{}"}]', b"config-version=FGT60F-7.4",
    '{"task_list": [{"task_id": "壊れ'.encode("cp932"),
]  # fmt: skip


@pytest.mark.parametrize("data", OTHERS, ids=range(len(OTHERS)))
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: str(reader.name))
def test_what_is_no_such_record_is_refused(data: bytes, reader: Any) -> None:
    with pytest.raises(AttemptError) as refused:
        reader.function(data)
    assert refused.value.attempt is Attempt.PROTOCOL_MISMATCH


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=12)
    | st.sampled_from(["2026/11/22 01:16", "done", "sync"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)  # fmt: skip
FIELDS = st.sampled_from(["task_id", "name", "state", "last_bkp_result", "last_bkp_end_time",
                          "last_bkp_success_time", "schedule", "next_bkp_time"])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(FIELDS, VALUES))
def test_anything_in_a_task(changed: dict[str, Any]) -> None:
    try:
        seen = read(tasks(changed))
    except AttemptError:
        return
    assert decode(NasBackups, encode(seen)) == seen
    told(seen)


def handed(name: str, dated: datetime | None = MADE) -> HandedIn:
    return HandedIn("device_export", "192.0.2.10", name, content(name), dated)


@pytest.mark.parametrize("name", ["hyper_backup_ja", "hyper_backup_4_2", "hbs3_ja"])
def test_the_door_of_device_exports_takes_it(name: str) -> None:
    packs = load_packs()
    record = read_document(packs, handed(name), now=NOW)
    assert (record.asset, record.method) == ("192.0.2.10", Method.DEVICE_EXPORT)
    found = judge(packs, [record], [Asset("192.0.2.10", "address", "192.0.2.10")], now=NOW)
    mine = {item.check: item for item in found if item.check.startswith("nas_backup.")}
    assert set(mine) == {"nas_backup.none", "nas_backup.stale"}
    assert {item.asset for item in mine.values()} == {"192.0.2.10"}
    assert not [item for item in found if item.check.startswith(("device", "backup."))
                and item.status.value in ("pass", "fail")]  # fmt: skip


def test_without_an_export_a_nas_is_not_asked_about() -> None:
    packs = load_packs()
    found = judge(packs, [], [Asset("192.0.2.10", "address", "192.0.2.10")], now=NOW)
    assert not [item for item in found if item.check.startswith("nas_backup.")]


def test_a_record_that_nobody_dates_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        read_document(load_packs(), handed("hyper_backup_ja", None), now=NOW)
    assert refused.value.code == "document.undated"


def test_a_record_made_after_its_declared_day_began_is_not_from_the_future() -> None:
    seen = read(tasks({"last_bkp_end_time": "2026/11/22 20:00"}))
    assert told(seen, made=NOW - 12 * HOUR)[1] == "pass:fresh"
    assert told(seen, made=NOW - 12 * HOUR, now=NOW - 3 * DAY)[1] == "unknown:time_in_future"
