"""Print every figure: ``python -m tests.bench``, or ``python -m tests.bench ports tls_farm``."""

from __future__ import annotations

import importlib
import sys

BENCHES = ("startup", "ports", "tls_farm", "rating", "plan", "trust", "exposure")


def main(names: list[str]) -> None:
    """Run the named benches, or all of them; nothing is asserted."""
    for name in names or BENCHES:
        print(f"== {name}", flush=True)
        importlib.import_module(f"tests.bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
