"""A bucket of S3 object storage, asked and never changed, at the one address that was named.

botocore signs the questions and reads the answers; the bytes travel through ``exact_sender``,
so that no redirect, proxy or setting leads anywhere else. The key comes from the environment or
a profile of the AWS tools; no service is asked for one (instance metadata, SSO, roles), and it
is neither stored nor shown.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC
from typing import Any, Final, TypeVar

from posture_scan.collect.exact_sender import ExactSender
from posture_scan.model.evidence import Attempt
from posture_scan.model.store import Listing, LockRule, Retention, StoreAddress, StoredObject
from posture_scan.model.world import AttemptError

Answer = TypeVar("Answer")

DEADLINE: Final = 60.0
"""Seconds that all questions to one bucket may take together."""
MOST_PAGES: Final = 20
"""Pages of 1,000 keys that are listed; more restore points than a small firm keeps."""
_REGION: Final = "us-east-1"
_AWS_HOST: Final = re.compile(r"https?://s3[.-]([a-z]{2}-[a-z-]+-\d)\.amazonaws\.com")
_DENIED: Final = frozenset({"AccessDenied", "AllAccessDisabled", "Forbidden", "403", "401"})
_BAD_KEY: Final = frozenset({
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken",
    "RequestTimeTooSkewed", "TokenRefreshRequired", "InvalidSecurity",
})  # fmt: skip
_ELSEWHERE: Final = frozenset({
    "PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
})  # fmt: skip
_NO_LOCK: Final = "ObjectLockConfigurationNotFoundError"
_NO_RETENTION: Final = "NoSuchObjectLockConfiguration"


class S3Store:
    """One bucket with the key that the AWS tools would use."""

    def __init__(self, address: StoreAddress, deadline: float = DEADLINE) -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            address: the bucket.
            deadline: seconds that all questions may take together, from the first one on.
        """
        self.address = address
        self._deadline = deadline
        self._made: Any = None
        self._until = 0.0

    def lock_rule(self) -> LockRule:
        """Ask for the bucket's object lock."""
        try:
            answer = self._ask(
                "get_object_lock_configuration", "s3:GetBucketObjectLockConfiguration"
            )
        except _SaidError as said:
            if said.code == _NO_LOCK:
                return LockRule(enabled=False)
            raise said.meant() from said
        configuration = answer.get("ObjectLockConfiguration") or {}
        if configuration.get("ObjectLockEnabled") != "Enabled":
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no lock configuration in the answer")
        rule = (configuration.get("Rule") or {}).get("DefaultRetention") or {}
        days = int(rule.get("Days") or 0) + 365 * int(rule.get("Years") or 0)
        return LockRule(enabled=True, mode=_word(rule.get("Mode")), days=min(days, 10**6))

    def versioning(self) -> str:
        """Return ``Enabled``, ``Suspended`` or, where it never was on, an empty string."""
        return _word(self._plain("get_bucket_versioning", "s3:GetBucketVersioning").get("Status"))

    def listed(self, prefix: str) -> Listing:
        """List the current objects whose keys begin with the prefix, at most 20,000."""
        found: list[StoredObject] = []
        more: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            page = self._plain("list_objects_v2", "s3:ListBucket", Prefix=prefix, **more)
            if "IsTruncated" not in page:
                raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no listing in the answer")
            found += [
                StoredObject(item["Key"], item["LastModified"].astimezone(UTC))
                for item in page.get("Contents") or ()
            ]
            token = page.get("NextContinuationToken")
            if not page["IsTruncated"]:
                return Listing(tuple(found), whole=True)
            if not token:
                break
            more = {"ContinuationToken": token}
        return Listing(tuple(found), whole=False)

    def retention(self, key: str) -> Retention:
        """Ask for one object's lock.

        HeadObject leaves the lock out for a key without ``s3:GetObjectRetention``, so its
        silence alone proves nothing: only what GetObjectRetention says does.
        """
        head = self._plain("head_object", "s3:GetObject", Key=key)
        mode, until = _word(head.get("ObjectLockMode")), head.get("ObjectLockRetainUntilDate")
        hold = head.get("ObjectLockLegalHoldStatus") == "ON"
        if mode or hold:
            return Retention(mode, until.astimezone(UTC) if until else None, hold)
        try:
            answer = self._ask("get_object_retention", "s3:GetObjectRetention", Key=key)
        except _SaidError as said:
            if said.code == _NO_RETENTION:
                return Retention()
            raise said.meant() from said
        said_so = answer.get("Retention") or {}
        mode, until = _word(said_so.get("Mode")), said_so.get("RetainUntilDate")
        if not mode or not until:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "no retention in the answer")
        return Retention(mode, until.astimezone(UTC))

    def _plain(self, name: str, right: str, **more: Any) -> dict[str, Any]:
        try:
            return self._ask(name, right, **more)
        except _SaidError as said:
            raise said.meant() from said

    def _ask(self, name: str, right: str, **more: Any) -> dict[str, Any]:
        def ask() -> dict[str, Any]:
            if self._made is None:
                self._made = _client(self.address)
            return dict(getattr(self._made, name)(Bucket=self.address.bucket, **more))

        self._until = self._until or time.monotonic() + self._deadline
        return within(self._until - time.monotonic(), lambda: _understood(ask, name, right))


class _SaidError(Exception):
    """An error that the store itself names."""

    def __init__(self, name: str, right: str, code: str, status: int) -> None:
        super().__init__(code)
        self.name, self.right, self.code, self.status = name, right, code, status

    def meant(self) -> AttemptError:
        if self.code in _ELSEWHERE or 300 <= self.status < 400:  # noqa: PLR2004 -- RFC 9110
            return AttemptError(Attempt.OUT_OF_SCOPE, "redirect")
        if self.code in _BAD_KEY:
            return AttemptError(Attempt.PERMISSION_DENIED, self.code)
        if self.code in _DENIED:
            return AttemptError(Attempt.PERMISSION_DENIED, self.right)
        return AttemptError(Attempt.PROTOCOL_MISMATCH, f"{self.name} {self.code}")


def _understood(ask: Callable[[], Answer], name: str, right: str) -> Answer:
    """Turn what botocore raises into the attempts a collector knows; no message is kept."""
    try:
        import botocore.exceptions as known
        from botocore.parsers import ResponseParserError
    except ImportError as error:
        raise AttemptError(Attempt.TOOL_MISSING, "boto3") from error
    try:
        return ask()
    except known.ClientError as error:
        said = error.response
        code = _word((said.get("Error") or {}).get("Code"))
        status = (said.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0
        raise _SaidError(name, right, code, int(status)) from None
    except (known.NoCredentialsError, known.PartialCredentialsError, known.ProfileNotFound,
            known.ConfigParseError) as error:  # fmt: skip
        raise AttemptError(Attempt.TOOL_MISSING, "credentials") from error
    except (known.BotoCoreError, ResponseParserError, ValueError, TypeError, LookupError,
            OverflowError, RecursionError) as error:  # fmt: skip
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"{name} {type(error).__name__}") from None


def _client(address: StoreAddress) -> Any:
    import boto3
    import botocore.session
    from botocore.config import Config

    session = botocore.session.Session()
    session.register_component("credential_provider", _keys_at_hand(session))
    named = _AWS_HOST.fullmatch(address.endpoint)
    region = named[1] if named else session.get_config_variable("region") or _REGION
    endpoint = address.endpoint or f"https://s3.{region}.amazonaws.com"
    config = Config(
        signature_version="s3v4", s3={"addressing_style": "path"}, proxies={},
        retries={"total_max_attempts": 2, "mode": "standard"}, defaults_mode="standard",
        ignore_configured_endpoint_urls=True, use_dualstack_endpoint=False,
        use_fips_endpoint=False,
    )  # fmt: skip
    client = boto3.Session(botocore_session=session).client(
        "s3", region_name=region, endpoint_url=endpoint, config=config
    )
    sender = ExactSender(endpoint, os.environ.get("AWS_CA_BUNDLE", ""))
    client.meta.events.register_first("before-send.s3", sender)
    return client


def _keys_at_hand(session: Any) -> Any:
    """Keys that lie on this computer; the other providers of botocore ask a service for one."""
    from botocore import credentials

    profile = session.profile or "default"
    return credentials.CredentialResolver([
        credentials.EnvProvider(),
        credentials.SharedCredentialProvider(
            session.get_config_variable("credentials_file"), profile
        ),
        credentials.ConfigProvider(session.get_config_variable("config_file"), profile),
    ])  # fmt: skip


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """Return what the work returns or raises, or stop waiting for it.

    A server that feeds a header byte by byte outlives every time-out of a socket.

    Raises:
        AttemptError: timeout.
    """
    ended: list[Answer] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            ended.append(work())
        except BaseException as error:  # noqa: BLE001 -- handed to the thread that waits
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if failed:
        raise failed[0]
    if not ended:
        raise AttemptError(Attempt.TIMEOUT, "deadline")
    return ended[0]


def _word(value: object) -> str:
    """Keep a code or mode of the store's answer as one short plain word."""
    return re.sub(r"[^A-Za-z0-9_.-]", "", str(value or ""))[:60]
