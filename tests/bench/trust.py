"""How fast reports are signed and verified: ``python -m tests.bench.trust [findings]``.

Prints figures and judges nothing. Measured on the machine it runs on, with keys in memory.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from posture_scan.trust import dsse, keys
from posture_scan.trust.ed25519_strict import is_sound
from posture_scan.trust.signing import sign_with
from posture_scan.trust.verify import verify
from tests.bench.speed import per_second
from tests.trust.samples import NOW, PASSPHRASE, public, report, signer, trusting


def main(findings: int = 500) -> None:
    """Measure with a report of that many findings, each with evidence of its own."""
    whole = report(findings)
    print(f"{findings} findings")
    for curve in (False, True):
        _one_algorithm(whole, signer(curve=curve))
    raw = public(signer()).spki[-32:]
    print(f"strict key check        {per_second(lambda: is_sound(raw)):>10,.0f} a second")
    _key_file()


def _one_algorithm(whole: dict[str, Any], key: keys.SigningKey) -> None:
    store = trusting(key)
    bundle = sign_with(whole, [key], now=NOW)
    sealed = dsse.parse(bundle.envelope)
    trusted = store.keys[0].key

    def with_evidence() -> object:
        return verify(bundle.envelope, store, now=NOW, evidence=bundle.evidence)

    sizes = f"envelope {len(bundle.envelope):,} bytes, evidence {len(bundle.evidence):,} bytes"
    print(f"{trusted.algorithm}: {sizes}")
    rows: dict[str, Callable[[], object]] = {
        "sign": lambda: sign_with(whole, [key], now=NOW),
        "verify": lambda: verify(bundle.envelope, store, now=NOW),
        "verify with evidence": with_evidence,
        "signature alone": lambda: dsse.makers(sealed, [trusted]),
    }
    for label, action in rows.items():
        print(f"  {label:<22}{per_second(action):>10,.0f} a second")


def _key_file() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "k"
        keys.new_key(path, "x", "sme", PASSPHRASE, created=NOW)
        started = time.perf_counter()
        keys.open_key(path, PASSPHRASE)
        print(f"opening a key file      {time.perf_counter() - started:>10.2f} seconds")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
