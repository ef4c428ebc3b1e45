"""How fast evidence is priced, and in how much memory: ``python -m tests.bench.rating [n]``.

Prints figures and judges nothing. Measured on the machine it runs on, on one core, from memory.
"""

from __future__ import annotations

import resource
import sys
import tracemalloc

from posture_scan.model.codec import encode
from posture_scan.rating.arithmetic import price
from posture_scan.rating.criteria import decide
from posture_scan.rating.load import load_profile
from posture_scan.rating.priced import Terms
from posture_scan.rating.rate import rate_report
from posture_scan.rating.reports import rate_json
from tests.bench.speed import per_second
from tests.rating.samples import BASE, NOW, SME, TYPICAL, address, finding, rated, scope, statuses


def main(addresses: int = 16) -> None:
    """Measure one price, a whole rating, the deciding of a report, and a profile's reading."""
    known = {status.id: status for status in statuses(TYPICAL)}
    assets = [address(f"192.0.2.{n}") for n in range(1, addresses + 1)]
    found = [finding(check, asset=a.id) for a in assets for check in sorted(SME.checks)]
    file = {
        "findings": encode(found), "assets": encode(assets), "scope": encode(scope()),
        "answers": None, "rating": {},
    }  # fmt: skip
    figures = {
        "prices": lambda: price(SME, known, Terms(BASE)),
        "ratings with trace, range and every fix": lambda: rated(TYPICAL).to_json(),
        f"reports of {len(found)} findings decided": lambda: decide(
            SME, findings=found, assets=assets, scope=scope(), answers=None, now=NOW
        ),
        f"reports of {len(found)} findings rated, all figures": lambda: rate_report(
            SME, found, assets, scope(), None, NOW
        ).to_json(),
        f"report files of {len(found)} findings read from JSON and rated": lambda: rate_json(
            SME, file, now=NOW
        ),
        "profiles read": lambda: load_profile("jp-sme"),
    }
    for name, action in figures.items():
        each = per_second(action)
        print(f"{each:>10,.0f} {name} a second ({each * 60:,.0f} a minute)")
    tracemalloc.start()
    rated(TYPICAL).to_json()
    most = tracemalloc.get_traced_memory()[1] / 1024
    print(f"{most:>10,.0f} KiB at most beside the profile, for one rating")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{peak / 1024:>10,.0f} MiB at most, the whole process with these tests")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
