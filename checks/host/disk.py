"""Whether a stolen or discarded computer gives its data away."""

from __future__ import annotations

from collections.abc import Iterable

from posture_scan.checks.host.collect_disk import DiskEncryption, Protection, Volume

from posture_scan.sdk import Verdict, check, fail, ok, unknown, unseen

_OPEN = frozenset({Protection.PLAIN, Protection.DECRYPTING, Protection.SUSPENDED})


@check(needs=DiskEncryption)
def not_encrypted(seen: DiskEncryption) -> Verdict:
    """Data, or what is swapped out of memory, lie readable on a disk of this computer."""
    open_ones = [volume for volume in seen.volumes if volume.protection in _OPEN]
    if open_ones:
        return _readable(seen, open_ones)
    others = [volume for volume in seen.volumes if volume.protection is Protection.OTHER]
    if others:
        return unknown("other_kind", what=_names(others), kind=_kinds(others))
    moving = [volume for volume in seen.volumes if volume.protection is Protection.ENCRYPTING]
    if moving:
        return unknown("encrypting", what=_names(moving))
    hidden = [volume for volume in seen.volumes if volume.protection is Protection.UNSEEN]
    if hidden and not seen.elevated:
        return unknown("not_told", what=_names(hidden), lift="administrator")
    if hidden:
        return unknown("not_told", what=_names(hidden), lift="again")
    if not any(volume.system for volume in seen.volumes):
        return unseen(seen)
    return ok("encrypted", what=_names(seen.volumes))


def _readable(seen: DiskEncryption, volumes: list[Volume]) -> Verdict:
    what = _names(volumes)
    if seen.virtual:
        return unknown("virtual_machine", what=what, sign=seen.virtual)
    if seen.other_methods:
        return unknown("other_method", what=what, method=", ".join(seen.other_methods))
    states = {volume.protection for volume in volumes}
    if states == {Protection.SUSPENDED}:
        return fail("suspended", what=what)
    if states == {Protection.DECRYPTING}:
        return fail("decrypting", what=what)
    return fail("plain", what=what)


def _names(volumes: Iterable[Volume]) -> str:
    names = [volume.name for volume in volumes]
    more = f" (+{len(names) - 5})" if len(names) > 5 else ""  # noqa: PLR2004 -- as many as fit
    return ", ".join(name[:60] for name in names[:5]) + more


def _kinds(volumes: Iterable[Volume]) -> str:
    return ", ".join(sorted({volume.detail for volume in volumes if volume.detail})) or "-"
