"""Run by a test inside a namespace: what this computer's accounts and settings are judged as.

Prints one JSON object with the verdict of each check of the subjects that were asked for. Only
their modules are imported, so that a look takes a second.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from importlib import import_module

from posture_scan.checks.host.collect_clock import clock_of_computer

from posture_scan.collect.host import LocalHost
from posture_scan.sdk import Check, Collector, Context, Facts, Service, Vantage

_PACK = "posture_scan.checks.host"


def main(subjects: list[str]) -> None:
    """Judge every check of these subjects of the pack ``host``."""
    host = LocalHost(datetime.now(UTC))
    clock = clock_of_computer.function(host)
    context = Context(host.now, host.now, Service(), Vantage.HOST, (clock,))
    said = {}
    for subject in subjects:
        collecting = vars(import_module(f"{_PACK}.collect_{subject}")).values()
        (collector,) = (item for item in collecting if isinstance(item, Collector))
        facts = collector.function(host)
        assert isinstance(facts, Facts)
        for item in vars(import_module(f"{_PACK}.{subject}")).values():
            if isinstance(item, Check):
                verdict = item.judge(facts, context)
                values = dict(verdict.values)
                said[f"{subject}.{item.name}"] = [verdict.status.value, verdict.reason, values]
    print(json.dumps({"elevated": host.elevated, "said": said}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
