"""How long ``--help`` and ``--version`` take, beside an interpreter that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15


def seconds(argv: list[str]) -> float:
    """Run a command once and return its wall time."""
    begun = time.perf_counter()
    # No timeout here: waiting with one polls, up to 50 ms late.
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def main() -> None:
    """Print medians over several runs, taken in turns so that a slow moment hits all alike."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "--version": [sys.executable, "-m", "posture_scan", "--version"],
        "--help": [sys.executable, "-m", "posture_scan", "--help"],
        "--help (ja)": [sys.executable, "-m", "posture_scan", "--lang", "ja", "--help"],
    }
    for argv in commands.values():
        seconds(argv)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, argv in commands.items():
            taken[name].append(seconds(argv))
    print(f"start-up, median of {RUNS} runs in turns")
    for name, values in taken.items():
        print(f"  {name:<16} {statistics.median(values) * 1000:6.0f} ms")


if __name__ == "__main__":
    main()
