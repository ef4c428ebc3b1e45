# ruff: noqa: INP001 -- a script, not part of a package
"""Write the manual's generated pages anew: ``python .github/scripts/build_manual.py``."""

from __future__ import annotations

from posture_scan.help.pages import write_pages

if __name__ == "__main__":
    for path in write_pages():
        print(path)  # noqa: T201 -- the script's answer
