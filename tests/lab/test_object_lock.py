"""restic saves into a bucket with object lock, and the bucket is asked what that is worth."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from posture_scan.checks.backup.backup import not_protected
from posture_scan.checks.backup.facts import BackupJob, ObjectLock, Place, Proof

import posture_scan.collect.object_store as asking
from posture_scan.assess.buckets import ask_buckets, parse_bucket
from posture_scan.assess.machine import Surveyed, read, write
from posture_scan.collect.object_store import S3Store
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Asset, Attempt, Evidence
from posture_scan.sdk import AttemptError, Context, Service, Vantage
from tests.checks.backup.scene import job, seen_with
from tests.lab.daemon import free_port, need, program
from tests.lab.servers_s3 import KEYS, certificate, dripping, http, moto, s3, says, without_aws

pytestmark = pytest.mark.lab

ADDRESS = "127.60.31.1"
OTHER = "127.60.31.2"
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def packs() -> PackSet:
    return load_packs()


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with moto(ADDRESS, tmp_path_factory.mktemp("moto") / "log") as found:
        yield found


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_aws(monkeypatch, tmp_path)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def restic(place: str, folder: Path, *words: str) -> None:
    environment = {**KEYS, "PATH": os.environ["PATH"], "HOME": str(folder),
                   "RESTIC_PASSWORD": "lab", "RESTIC_REPOSITORY": place}  # fmt: skip
    ran = subprocess.run(
        [program("restic"), *words], env=environment, capture_output=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")


def saved(
    endpoint: str, bucket: str, tmp_path: Path, *, lock: bool = True,
    rule: dict[str, Any] | None = None, folder: str = "",
) -> str:  # fmt: skip
    """Make a bucket, let restic save into it, and return restic's name for the place."""
    need("restic")
    client = s3(endpoint)
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=lock)
    if rule:
        client.put_object_lock_configuration(
            Bucket=bucket,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": rule}
            },
        )  # fmt: skip
    place = f"s3:{endpoint}/{bucket}{folder}"
    (tmp_path / "letter").write_text("大事な書類")
    restic(place, tmp_path, "init")
    restic(place, tmp_path, "backup", str(tmp_path / "letter"))
    return place


def asked(place: str, packs: PackSet, deadline: float = asking.DEADLINE) -> Evidence:
    machine = Surveyed(Asset("host:pc", "host"), (), packs, elevated=True)
    surveyed, asked = ask_buckets(
        machine, [parse_bucket(place)], now=NOW, store=lambda there: S3Store(there, deadline)
    )
    (record,) = surveyed.evidence
    assert asked == (record,)
    assert "hunter2" not in repr(record)
    return record


def lock_of(record: Evidence) -> ObjectLock:
    assert record.attempt is Attempt.OK, record.detail
    assert isinstance(record.facts, ObjectLock)
    return record.facts


def backup_to(place: str) -> BackupJob:
    return dataclasses.replace(
        job(destination=place, destination_class=Place.OBJECT_STORAGE),
        proofs=(Proof("engine_message", "A", NOW),), integrity_at=NOW,
    )  # fmt: skip


def judged(record: Evidence, place: str, after: timedelta = timedelta()) -> tuple[str, str]:
    """Judge the computer whose restic saves to this place; its run is always a fresh one."""
    now = NOW + after
    saving = dataclasses.replace(
        backup_to(place), proofs=(Proof("engine_message", "A", now),), integrity_at=now
    )
    beside = (record.facts,) if record.facts else ()
    verdict = not_protected.judge(
        seen_with(saving), Context(now, now, Service(), Vantage.HOST, beside)
    )
    return verdict.status.value, verdict.reason


def test_thirty_days_of_compliance_protect_while_the_copy_is_fresh(
    endpoint: str, tmp_path: Path, packs: PackSet
) -> None:
    rule = {"Mode": "COMPLIANCE", "Days": 30}
    place = saved(endpoint, "compliance", tmp_path, rule=rule, folder="/pc1")
    record = asked(place, packs)
    lock = lock_of(record)
    assert (lock.lock_enabled, lock.default_mode, lock.default_days) == (True, "COMPLIANCE", 30)
    assert (lock.versioning, lock.layout, lock.objects_seen) == ("Enabled", "restic", 1)
    assert lock.newest_mode == "COMPLIANCE"
    assert lock.newest_until is not None
    assert abs(lock.newest_until - NOW - 30 * DAY) < timedelta(minutes=5)
    assert judged(record, place) == ("pass", "protected")
    assert judged(record, place, 6 * DAY) == ("pass", "protected")
    assert judged(record, place, 8 * DAY) == ("unknown", "lock_copy_old")
    assert judged(record, f"s3:{endpoint}/compliance/pc2") == ("unknown", "protection_unseen")


def retain_the_snapshot(endpoint: str, bucket: str, *, days: int) -> None:
    """Lock the only snapshot of a bucket by hand."""
    client = s3(endpoint)
    (item,) = client.list_objects_v2(Bucket=bucket, Prefix="snapshots/")["Contents"]
    client.put_object_retention(
        Bucket=bucket, Key=item["Key"],
        Retention={"Mode": "COMPLIANCE", "RetainUntilDate": NOW + days * DAY},
    )  # fmt: skip


def test_the_newest_snapshot_counts_and_not_the_ones_before(
    endpoint: str, tmp_path: Path, packs: PackSet
) -> None:
    place = saved(endpoint, "short", tmp_path, rule={"Mode": "COMPLIANCE", "Days": 3})
    retain_the_snapshot(endpoint, "short", days=300)
    assert judged(asked(place, packs), place) == ("pass", "protected")
    time.sleep(1.1)  # the store tells times in whole seconds
    restic(place, tmp_path, "backup", str(tmp_path / "letter"))
    record = asked(place, packs)
    assert lock_of(record).objects_seen == 2
    assert judged(record, place) == ("fail", "lock_too_short")


def test_governance_does_not_count_while_the_key_may_lift_it(
    endpoint: str, tmp_path: Path, packs: PackSet
) -> None:
    place = saved(endpoint, "governance", tmp_path, rule={"Mode": "GOVERNANCE", "Days": 30})
    record = asked(place, packs)
    assert lock_of(record).newest_mode == "GOVERNANCE"
    assert judged(record, place) == ("unknown", "lock_governance")


def test_a_bucket_with_versions_alone_is_not_locked(
    endpoint: str, tmp_path: Path, packs: PackSet
) -> None:
    place = saved(endpoint, "plain", tmp_path, lock=False)
    s3(endpoint).put_bucket_versioning(
        Bucket="plain", VersioningConfiguration={"Status": "Enabled"}
    )
    record = asked(place, packs)
    lock = lock_of(record)
    assert (lock.lock_enabled, lock.versioning) == (False, "Enabled")
    assert judged(record, place) == ("fail", "not_locked")


def test_object_lock_without_a_default_is_not_taken_for_a_lock(
    endpoint: str, tmp_path: Path, packs: PackSet
) -> None:
    """moto cannot confirm that an object has no retention (it answers 500): that stays open."""
    place = saved(endpoint, "nodefault", tmp_path)
    record = asked(place, packs)
    lock = lock_of(record)
    assert (lock.lock_enabled, lock.default_mode, lock.newest_mode) == (True, "", "")
    assert lock.newest_at is not None
    assert judged(record, place)[0] == "unknown"


def test_a_retention_on_the_object_itself_counts_without_a_default(
    endpoint: str, tmp_path: Path, packs: PackSet
) -> None:
    place = saved(endpoint, "byhand", tmp_path)
    retain_the_snapshot(endpoint, "byhand", days=60)
    record = asked(place, packs)
    assert lock_of(record).default_mode == ""
    assert judged(record, place) == ("pass", "protected")


def test_a_repository_without_a_snapshot_has_no_copy(
    endpoint: str, tmp_path: Path, packs: PackSet
) -> None:
    need("restic")
    s3(endpoint).create_bucket(Bucket="empty", ObjectLockEnabledForBucket=True)
    place = f"s3:{endpoint}/empty"
    restic(place, tmp_path, "init")
    record = asked(place, packs)
    assert lock_of(record).newest_at is None
    assert judged(record, place) == ("unknown", "lock_no_copy")


def test_a_bucket_that_is_not_there_is_a_failed_attempt(endpoint: str, packs: PackSet) -> None:
    record = asked(f"s3:{endpoint}/nowhere", packs)
    assert record.attempt is Attempt.PROTOCOL_MISMATCH
    assert record.detail == "get_object_lock_configuration NoSuchBucket"


def test_asking_changes_nothing(endpoint: str, tmp_path: Path, packs: PackSet) -> None:
    place = saved(endpoint, "quiet", tmp_path, rule={"Mode": "COMPLIANCE", "Days": 30})
    client = s3(endpoint)
    before = client.list_object_versions(Bucket="quiet")["Versions"]
    asked(place, packs)
    assert client.list_object_versions(Bucket="quiet")["Versions"] == before


def test_a_key_that_may_not_read_leaves_it_unknown(tmp_path: Path, packs: PackSet) -> None:
    """moto with its IAM switched on refuses whatever the user's policy does not allow."""
    with moto(ADDRESS, tmp_path / "log", signed=True) as endpoint:
        iam, client = s3(endpoint, "iam"), s3(endpoint)
        client.create_bucket(Bucket="closed", ObjectLockEnabledForBucket=True)
        client.put_object(Bucket="closed", Key="snapshots/a", Body=b"x")
        iam.create_user(UserName="backup")
        allow = {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_user_policy(UserName="backup", PolicyName="p", PolicyDocument=policy)
        key = iam.create_access_key(UserName="backup")["AccessKey"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
            patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
            client.list_buckets()  # the last request that nobody weighs
            place = f"s3:{endpoint}/closed"
            record = asked(place, packs)
        lock = lock_of(record)
        assert {item.lift for item in lock.not_read} == {"s3:GetBucketVersioning", "s3:GetObject"}
        assert judged(record, place) == ("unknown", "lock_object_closed")


def test_nobody_at_the_endpoint_is_a_failed_attempt(packs: PackSet) -> None:
    record = asked(f"s3:http://{ADDRESS}:{free_port(ADDRESS)}/bucket", packs)
    assert (record.attempt, record.facts) == (Attempt.REFUSED, None)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(packs: PackSet, status: int) -> None:
    with http(OTHER, says(200)) as (elsewhere, heard):
        away = says(
            status, b"<Error><Code>PermanentRedirect</Code></Error>",
            Location=f"{elsewhere}/bucket", x_amz_bucket_region="eu-west-1",
        )  # fmt: skip
        with http(ADDRESS, away) as (endpoint, asks):
            record = asked(f"s3:{endpoint}/bucket", packs)
        assert asks
        assert heard == []
    assert (record.attempt, record.detail) == (Attempt.OUT_OF_SCOPE, "redirect")


@pytest.mark.parametrize(
    "body", [b"", b"garbage", b"<html><body>welcome</body></html>", b"<a>" * 5000,
             b"<ObjectLockConfiguration/>", b"\xff\xfe\x00", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"],
)  # fmt: skip
def test_what_is_no_answer_of_s3_is_never_taken_for_one(packs: PackSet, body: bytes) -> None:
    with http(ADDRESS, says(200, body)) as (endpoint, _):
        record = asked(f"s3:{endpoint}/bucket", packs)
    assert (record.attempt, record.facts) == (Attempt.PROTOCOL_MISMATCH, None)


def test_a_server_that_always_fails_is_asked_twice_and_no_more(packs: PackSet) -> None:
    with http(ADDRESS, says(503, b"<Error><Code>SlowDown</Code></Error>")) as (endpoint, asks):
        record = asked(f"s3:{endpoint}/bucket", packs)
    assert record.attempt is Attempt.PROTOCOL_MISMATCH
    assert len(asks) == 2


def test_an_endless_answer_is_cut_off(packs: PackSet) -> None:
    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"<a>" * 20_000)

    with http(ADDRESS, endless) as (endpoint, _):
        record = asked(f"s3:{endpoint}/bucket", packs)
    assert (record.attempt, record.facts) == (Attempt.LIMIT_REACHED, None)


def test_a_header_that_never_ends_is_left_at_the_deadline(packs: PackSet) -> None:
    began = time.monotonic()
    with dripping(ADDRESS) as endpoint:
        record = asked(f"s3:{endpoint}/bucket", packs, deadline=2.0)
    assert (record.attempt, record.facts) == (Attempt.TIMEOUT, None)
    assert time.monotonic() - began < 10


def test_a_certificate_is_trusted_only_by_a_known_authority(
    packs: PackSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pem = certificate(tmp_path, ADDRESS)
    with http(ADDRESS, constructed((200, CONFIRMED)), pem) as (endpoint, asks):
        assert endpoint.startswith("https://")
        record = asked(f"s3:{endpoint}/bucket", packs)
        assert (record.attempt, record.facts) == (Attempt.PROTOCOL_MISMATCH, None)
        assert asks == []
        monkeypatch.setenv("AWS_CA_BUNDLE", str(pem))
        assert lock_of(asked(f"s3:{endpoint}/bucket", packs)).newest_mode == "COMPLIANCE"
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "not-there.pem"))
        assert asked(f"s3:{endpoint}/bucket", packs).detail == "AWS_CA_BUNDLE"


def test_a_listing_without_end_is_not_followed_for_ever() -> None:
    page = (
        b"<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated><KeyCount>0"
        b"</KeyCount><NextContinuationToken>again</NextContinuationToken></ListBucketResult>"
    )
    with http(ADDRESS, says(200, page)) as (endpoint, asks):
        listing = S3Store(parse_bucket(f"s3:{endpoint}/bucket")).listed("snapshots/")
    assert (listing.objects, listing.whole) == ((), False)
    assert len(asks) == asking.MOST_PAGES


CONFIRMED = (
    b"<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate>"
    b"</Retention>"
)


def constructed(retention: tuple[int, bytes], head: int = 200) -> Any:
    """S3's answers as Amazon documents them, for what moto does not imitate."""
    lock = b"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    listing = (
        b"<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated><Contents>"
        b"<Key>snapshots/a</Key><LastModified>%s</LastModified>"
        b"</Contents></ListBucketResult>" % NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z").encode()
    )

    def answer(handler: Any) -> None:
        query = handler.path.partition("?")[2]
        if handler.command == "HEAD":
            return says(head)(handler)
        if query == "object-lock":
            return says(200, lock + b"</ObjectLockConfiguration>")(handler)
        if query == "versioning":
            return says(200, b"<VersioningConfiguration/>")(handler)
        return says(*(retention if query == "retention" else (200, listing)))(handler)

    return answer


@pytest.mark.parametrize(
    ("retention", "head", "told"),
    [
        ((404, b"<Error><Code>NoSuchObjectLockConfiguration</Code></Error>"), 200,
         ("fail", "newest_not_locked")),
        ((403, b"<Error><Code>AccessDenied</Code></Error>"), 200,
         ("unknown", "lock_retention_closed")),
        ((500, b"<Error><Code>InternalError</Code></Error>"), 200, ("unknown", "lock_unclear")),
        ((200, b""), 403, ("unknown", "lock_object_closed")),
        ((200, CONFIRMED), 200, ("pass", "protected")),
    ],
)  # fmt: skip
def test_a_silent_head_proves_nothing_by_itself(
    packs: PackSet, retention: tuple[int, bytes], head: int, told: tuple[str, str]
) -> None:
    """A key without s3:GetObjectRetention hears of no lock either: only a confirmed no counts."""
    with http(ADDRESS, constructed(retention, head)) as (endpoint, _):
        place = f"s3:{endpoint}/bucket"
        assert judged(asked(place, packs), place) == told


def test_each_question_goes_over_a_connection_of_its_own() -> None:
    ports: list[int] = []
    answers = constructed((200, CONFIRMED))

    def kept_open(handler: Any) -> None:
        ports.append(handler.client_address[1])
        answers(handler)
        handler.close_connection = False

    with http(ADDRESS, kept_open) as (endpoint, _):
        store = S3Store(parse_bucket(f"s3:{endpoint}/bucket"))
        store.lock_rule()
        store.versioning()
        store.retention("snapshots/a")
    assert len(ports) == len(set(ports)) == 4


def test_a_proxy_of_the_environment_is_not_used(
    endpoint: str, packs: PackSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with http(OTHER, says(200)) as (proxy, heard):
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "AWS_ENDPOINT_URL",
                     "AWS_ENDPOINT_URL_S3"):  # fmt: skip
            monkeypatch.setenv(name, proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        record = asked(f"s3:{endpoint}/nowhere", packs)
        assert record.detail.endswith("NoSuchBucket")
        assert heard == []


def test_without_a_key_no_service_is_asked_for_one(
    packs: PackSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither instance metadata nor a container's, nor a program that a profile names."""
    without_aws(monkeypatch, tmp_path)
    mark = tmp_path / "started"
    (tmp_path / "config").write_text(f"[default]\ncredential_process = /usr/bin/touch {mark}\n")
    with http(OTHER, says(200)) as (service, heard), http(ADDRESS, says(200)) as (endpoint, asks):
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{service}/keys")
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", service)
        record = asked(f"s3:{endpoint}/bucket", packs)
        assert (heard, asks) == ([], [])
    assert (record.attempt, record.detail) == (Attempt.TOOL_MISSING, "credentials")
    assert not mark.exists()


def test_a_profile_of_the_aws_tools_is_taken(
    endpoint: str, packs: PackSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_aws(monkeypatch, tmp_path)
    keys = "".join(f"{name.lower()} = {value}\n" for name, value in KEYS.items())
    (tmp_path / "credentials").write_text(f"[office]\n{keys}")
    monkeypatch.setenv("AWS_PROFILE", "office")
    assert asked(f"s3:{endpoint}/nowhere", packs).detail.endswith("NoSuchBucket")
    monkeypatch.setenv("AWS_PROFILE", "another")
    assert asked(f"s3:{endpoint}/nowhere", packs).detail == "credentials"


def test_the_file_of_the_computer_carries_it(endpoint: str, tmp_path: Path, packs: PackSet) -> None:
    place = saved(endpoint, "carried", tmp_path, rule={"Mode": "COMPLIANCE", "Days": 30})
    machine = Surveyed(Asset("host:pc", "host"), (), packs, elevated=True)
    surveyed, _ = ask_buckets(machine, [parse_bucket(place)], now=NOW)
    write(tmp_path / "pc.json", surveyed)
    assert read(tmp_path / "pc.json", packs).evidence == surveyed.evidence
    assert "hunter2" not in (tmp_path / "pc.json").read_text("utf-8")


def command(folder: Path, *words: str, lang: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "posture_scan", "host", "--out", "pc.json", *words], cwd=folder,
        env={**os.environ, "LANG": lang, "HOME": str(folder)}, capture_output=True, text=True,
        timeout=120, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_command_asks_and_says_so(endpoint: str, tmp_path: Path) -> None:
    place = saved(endpoint, "commanded", tmp_path, rule={"Mode": "COMPLIANCE", "Days": 30})
    ran = command(tmp_path, "--object-lock", place)
    assert ran.returncode == 0, ran.stderr
    assert f"{place}: asked." in ran.stderr
    kinds = [item["kind"] for item in json.loads((tmp_path / "pc.json").read_text())["evidence"]]
    assert "backup.ObjectLock" in kinds


def test_the_command_without_boto3_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "boto3.py").write_text("raise ImportError('not here')\n")
    (tmp_path / "botocore.py").write_text("raise ImportError('not here')\n")
    place = "s3:http://127.60.31.9/bucket"
    ran = command(tmp_path, "--object-lock", place, "--json", lang="ja_JP.UTF-8")
    assert ran.returncode == 0, ran.stderr
    assert 'pip install "posture-scan[s3]"' in ran.stderr
    (told,) = json.loads(ran.stdout)["object_lock"]
    assert (told["attempt"], told["detail"]) == ("tool_missing", "boto3")


def test_a_key_in_the_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    ran = command(tmp_path, "--object-lock", "s3:https://AKIA:topsecret@host/bucket")
    assert ran.returncode == 2
    assert "topsecret" not in ran.stderr + ran.stdout
    assert not (tmp_path / "pc.json").exists()


def test_the_sender_refuses_any_other_origin() -> None:
    from posture_scan.collect.exact_sender import ExactSender

    class Request:
        url = "http://127.60.31.2:80/bucket"

    with pytest.raises(AttemptError) as caught:
        ExactSender("http://127.60.31.1:80")(Request())
    assert caught.value.attempt is Attempt.OUT_OF_SCOPE
