"""Kubernetes: the cluster's API, its nodes or its store reachable from outside."""

from __future__ import annotations

from typing import Final

from posture_scan.checks.exposure.collect_kubernetes import (
    API,
    ETCD,
    OPEN,
    REFUSED,
    KubernetesAnswer,
)

from posture_scan.sdk import Method, Status, Verdict, check, fail, not_applicable, ok, unknown

_TITLES: Final = {API: "Kubernetes API", ETCD: "etcd"}
"""Names of the parts as their makers write them; a kubelet is the third."""


@check(needs=KubernetesAnswer, absent=Status.PASS)
def exposed(seen: KubernetesAnswer) -> Verdict:
    """A part of a cluster answers at all, whoever it lets in."""
    if not seen.part:
        return ok("none_found")
    reason = "reachable_refused" if seen.access == REFUSED else "reachable"
    return fail(reason, actual=seen.part, method=_method(seen), product=_shown(seen))


@check(needs=KubernetesAnswer)
def no_auth(seen: KubernetesAnswer) -> Verdict:
    """It answers people it does not know."""
    if not seen.part:
        return not_applicable("none_found")
    if seen.access == OPEN:
        return fail(
            "open", actual=OPEN, expected=REFUSED, method=_method(seen), product=_shown(seen)
        )
    if seen.access == REFUSED:
        return ok("refused", actual=REFUSED, method=_method(seen), product=_shown(seen))
    return unknown("not_tried", product=_shown(seen))


def _shown(seen: KubernetesAnswer) -> str:
    return f"{_TITLES.get(seen.part, 'kubelet')} {seen.version}".rstrip()


def _method(seen: KubernetesAnswer) -> Method | None:
    return None if seen.sure else Method.ANALYSIS
