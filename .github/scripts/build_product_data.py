# ruff: noqa: INP001 -- a script, not part of a package
"""Build ``posture_scan/products/product_data.json`` from a table of end-of-life dates.

Usage: ``python .github/scripts/build_product_data.py INPUT.json``

INPUT is a JSON document with ``latest_as_of``, ``sources``, ``products`` (branches with their
dates), ``distros`` and ``backports``. What no table of dates carries stands beside this script:
``product_data.toml`` (which distribution ships which branch, names) and ``exploited.toml``
(which versions an exploited flaw is in). The result is read back before it is written.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

from posture_scan.products.read import FORMAT, read

HERE: Final = Path(__file__).resolve().parent
TARGET: Final = HERE.parent.parent / "posture_scan" / "products" / "product_data.json"
DISTRIBUTIONS: Final = (
    "almalinux", "centos", "centos-stream", "debian", "oracle-linux", "rhel", "rocky-linux",
    "sles", "ubuntu",
)  # fmt: skip
BANNER_NUMBERS: Final = 2

Table = dict[str, Any]


def build(source: Table, hand: Table, exploited: Table, named: set[str]) -> Table:
    """Return the product data in our own format; ``named`` are products that banners name."""
    entries = {entry["id"]: entry for entry in [*source["products"], *hand["product"]]}
    kept = set(entries) - set(DISTRIBUTIONS) | named
    kev = re.search(r"KEV (\d{4}\.\d\d\.\d\d)", source["sources"]["kev"])
    if kev is None:
        raise ValueError("the input does not say which KEV catalogue it used")
    total = re.search(r"\((\d+) entries", source["sources"]["kev"])
    day = kev.group(1).replace(".", "-")
    return {
        "format": FORMAT,
        "as_of": source["latest_as_of"],
        "exploited_as_of": day,
        "exploited_total": int(total.group(1)) if total else 0,
        "reviewed_as_of": day,
        "catalog": kev.group(1),
        "sources": {**source["sources"], "licences": source["licence_note"]},
        "distributions": {
            name: _releases(name, entries[name], source["distros"]) for name in DISTRIBUTIONS
        },
        "products": {
            name: _product(name, entries.get(name, {}), hand, exploited.get(name, []), named)
            for name in sorted(kept | set(exploited))
        },
    }


def _product(
    name: str, entry: Table, hand: Table, exploited: list[Table], named: set[str]
) -> Table:
    dropped, renamed = hand["dropped"].get(name, ()), hand["renamed"].get(name)
    first = hand["first_release"].get(name, "")
    known = [*entry.get("branches", ()), *hand["older"].get(name, ())]
    kept = [branch for branch in known if branch["cycle"] not in dropped]
    for cycle in hand["unsure"].get(name, ()):
        kept = [{**b, "confidence": "low"} if b["cycle"] == cycle else b for b in kept]
    product = {
        "title": entry.get("title") or hand["titles"][name],
        "source": entry.get("source", "none: no dates are published"),
        "confidence": entry.get("confidence", "low"),
        "reviewed": name in hand["reviewed"]["products"],
        "numbers": hand["numbers"].get(name, BANNER_NUMBERS if name in named else 0),
        "branches": [b for b in (_branch(branch, renamed, first) for branch in kept) if b],
        "exploited": [_plain(item) for item in exploited],
        "shipped": hand["shipped"].get(name),
        "fixes": hand["fixes"].get(name),
        "packages": hand["packages"].get(name),
        "kev": [{"vendor": a, "product": b} for a, b in hand["kev"].get(name, ())],
        "feed": _feed(name, entry, renamed, dropped, first),
    }
    return {key: value for key, value in product.items() if value}


def _feed(name: str, entry: Table, renamed: Table | None, dropped: Any, first: str) -> Table:
    """How the public table of dates is to be read for this product at an update."""
    if not str(entry.get("source", "")).startswith("endoflife-date/"):
        return {}
    feed = {"id": name, "skip": list(dropped), "renamed": renamed or {}, "first": first}
    return {key: value for key, value in feed.items() if value}


def _plain(item: Table) -> Table:
    return {key: value if isinstance(value, (str, bool, list)) else str(value)
            for key, value in item.items()}  # fmt: skip


def _branch(branch: Table, renamed: Table | None, first: str) -> Table:
    """One branch: its dates, and the snapshot's word only where dates do not say it all."""
    name: Table = {"cycle": branch["cycle"]}
    if renamed is not None:
        if branch["cycle"] not in renamed:
            return {}
        name = {**renamed[branch["cycle"]], "name": branch["cycle"]}
    if first:
        name["from"] = f"{branch['cycle']}{first}"
    paid = branch.get("eoes") or _extended_in(branch.get("note", ""))
    if paid is True:  # it has ended as well, the day is not known
        paid = ""
    if branch.get("eoes") is False and branch["eol"]:
        paid = "open"
    entry = {**name, "ends": _date(branch["eol"]), "paid_until": paid}
    if branch.get("status") == "disputed":
        entry["disputed"] = branch.get("latest", "")
    if branch.get("confidence"):
        entry["confidence"] = branch["confidence"]
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
        if isinstance(branch.get("eoes"), str):
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


def main(argv: list[str]) -> int:
    """Write the data file that ships from the input named on the command line."""
    if len(argv) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    source = json.loads(Path(argv[0]).read_text("utf-8"))
    hand = tomllib.loads((HERE / "product_data.toml").read_text("utf-8"))
    exploited = tomllib.loads((HERE / "exploited.toml").read_text("utf-8"))
    pack = HERE.parent.parent / "checks" / "software" / "products.toml"
    known = tomllib.loads(pack.read_text("utf-8"))
    hand["titles"] = {entry["id"]: entry["title"] for entry in known["product"]}
    hand["fixes"] = {"openssh": _fixes(source["backports"]["openssh"])}
    data = build(source, hand, exploited, set(hand["titles"]))
    text = (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    read(text, TARGET.name, "builtin")
    TARGET.write_bytes(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
