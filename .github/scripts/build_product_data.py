# ruff: noqa: INP001 -- a script, not part of a package
"""Build ``checks/software/data/product_data.json`` from a table of end-of-life dates.

Usage: ``python .github/scripts/build_product_data.py INPUT.json``

INPUT is a JSON document with ``as_of``, ``sources``, ``products`` (branches with their dates),
``distros``, ``backports`` and ``floors``. What no table of dates carries (which distribution
ships which branch, exploited ranges) stands in ``product_data.toml`` beside this script. Only
what the packs of this repository can recognise is kept.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
PACK: Final = HERE.parent.parent / "checks" / "software"
TARGET: Final = PACK / "data" / "product_data.json"
FORMAT: Final = 1
DISTRIBUTIONS: Final = (
    "almalinux", "centos", "centos-stream", "debian", "oracle-linux", "rhel", "rocky-linux",
    "sles", "ubuntu",
)  # fmt: skip

Table = dict[str, Any]


def build(source: Table, hand: Table, wanted: set[str]) -> Table:
    """Return the product data in our own format; raises ValueError on a contradiction."""
    products = {entry["id"]: entry for entry in source["products"]}
    _check_floors(source["floors"], hand["exploited"])
    return {
        "format": FORMAT,
        "as_of": source["as_of"],
        "releases_as_of": source["latest_as_of"],
        "sources": source["sources"],
        "licences": source["licence_note"],
        "products": {
            name: _product(products[name], hand["renamed"].get(name), hand["dropped"].get(name, ()))
            for name in sorted(wanted & set(products))
        },
        "distributions": {
            name: _releases(name, products[name], source["distros"]) for name in DISTRIBUTIONS
        },
        "shipped": hand["shipped"],
        "fixes": {"openssh": _fixes(source["backports"]["openssh"])},
        "exploited": _exploited(hand["exploited"]),
        "reviewed": sorted(hand["reviewed"]["products"]),
    }


def _product(entry: Table, renamed: Table | None, dropped: Collection[str]) -> Table:
    kept = [branch for branch in entry["branches"] if branch["cycle"] not in dropped]
    branches = [_branch(branch, renamed) for branch in kept]
    return {
        "title": entry["title"],
        "confidence": entry["confidence"],
        "branches": [branch for branch in branches if branch],
    }


def _branch(branch: Table, renamed: Table | None) -> Table:
    """One branch: its dates, and the snapshot's word only where dates do not say it all."""
    name: Table = {"cycle": branch["cycle"]}
    if renamed is not None:
        if branch["cycle"] not in renamed:
            return {}
        name = {**renamed[branch["cycle"]], "name": branch["cycle"]}
    paid = branch.get("eoes") or _extended_in(branch.get("note", ""))
    if branch.get("eoes") is False and branch["eol"]:
        paid = "open"
    entry = {**name, "ends": _date(branch["eol"]), "paid_until": paid}
    if branch["status"] == "disputed":
        entry["disputed"] = branch.get("latest", "")
    if branch.get("confidence") == "low":
        entry["unsure"] = True
    return {key: value for key, value in entry.items() if value}


def _date(value: Any) -> str:
    """``open``: no end announced; ``past``: ended, date unknown; ``unknown``: not known."""
    if isinstance(value, str):
        return value
    return {False: "open", True: "past", None: "unknown"}[value]


def _extended_in(note: str) -> str:
    """Read the end of a paid extension out of a note such as ``paid ESU ended 2026-10-13``."""
    match = re.search(r"ESU ended (\d{4}-\d\d-\d\d)", note)
    return match.group(1) if match else ""


def _releases(name: str, entry: Table, distros: Table) -> Table:
    """Releases of one distribution; the exact dates of ``distros`` win over the table's."""
    free = name == "debian"  # its LTS is public and free: supported, not a paid extension
    releases: Table = {}
    for branch in entry["branches"]:
        kept = {"ends": _date(branch["eol"])}
        if branch.get("eoes"):
            kept["free_until" if free else "paid_until"] = branch["eoes"]
        releases[branch["cycle"]] = kept
    for release, dates in distros.get(name, {}).items():
        known = {
            "ends": dates["eol"],
            "free_until": dates.get("lts"),
            "paid_until": dates.get("elts") or dates.get("legacy") or dates.get("esm"),
        }
        releases[release] = {key: value for key, value in known.items() if value}
    return releases


def _fixes(rules: list[Table]) -> Table:
    """``{"debian 12": {"CVE-…": "2+deb12u3"}}`` from banner patterns and fixed revisions."""
    fixes: Table = {}
    for rule in rules:
        revisions = {cve: _revision(rule["re"], text) for cve, text in rule["fixed"].items()}
        kept = {cve: revision for cve, revision in revisions.items() if revision}
        if kept and re.fullmatch(r"(?:debian|ubuntu) [\d.]+", rule["distro"]):
            fixes[rule["distro"]] = kept
    return fixes


def _revision(pattern: str, fixed: str) -> str:
    """Complete ``deb12u3`` to the revision the banner shows, ``2+deb12u3``."""
    if not re.fullmatch(r"[\w.+~-]+", fixed):
        return ""
    short = re.search(r"Debian-(\d+)\\\+deb", pattern)
    return f"{short.group(1)}+{fixed}" if short else fixed


def _exploited(entries: list[Table]) -> Table:
    by_product: Table = {}
    for entry in entries:
        kept = {key: value for key, value in entry.items() if key not in {"product", "floor"}}
        by_product.setdefault(entry["product"], []).append(kept)
    return by_product


def _check_floors(floors: Table, entries: list[Table]) -> None:
    known = {key for table in floors.values() for key in table}
    missing = [entry["floor"] for entry in entries if entry.get("floor", "") not in {"", *known}]
    if missing:
        raise ValueError(f"floors no longer in the input: {', '.join(missing)}")


def main(argv: list[str]) -> int:
    """Write the pack's data file from the input named on the command line."""
    if len(argv) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    source = json.loads(Path(argv[0]).read_text("utf-8"))
    hand = tomllib.loads((HERE / "product_data.toml").read_text("utf-8"))
    known = tomllib.loads((PACK / "products.toml").read_text("utf-8"))
    data = build(source, hand, {entry["id"] for entry in known["product"]})
    TARGET.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
