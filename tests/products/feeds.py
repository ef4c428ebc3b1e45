"""Answers of the two public services, for tests.

The three entries in RECORDED are CISA's own, word for word, from cisagov/kev-data
(known_exploited_vulnerabilities.json, catalogue 2025.02.25, CC0). Everything else is
constructed: the whole list around them is filled up with made-up entries of the same shape, and
the table of end-of-life dates is our own data put into the published shape of endoflife.date's
API v1 (``/products/full``). The live services were not asked.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from posture_scan.products.place import builtin_bytes

TODAY = date(2026, 11, 22)
RECORDED: list[dict[str, Any]] = json.loads(r"""[
  {
    "cveID": "CVE-2025-0108", "vendorProject": "Palo Alto Networks", "product": "PAN-OS",
    "vulnerabilityName": "Palo Alto Networks PAN-OS Authentication Bypass Vulnerability",
    "dateAdded": "2025-02-18",
    "shortDescription": "Palo Alto Networks PAN-OS contains an authentication bypass vulnerability in its management web interface. This vulnerability allows an unauthenticated attacker with network access to the management web interface to bypass the authentication normally required and invoke certain PHP scripts.",
    "requiredAction": "Apply mitigations per vendor instructions or discontinue use of the product if mitigations are unavailable.",
    "dueDate": "2025-03-11", "knownRansomwareCampaignUse": "Unknown",
    "notes": "https:\/\/security.paloaltonetworks.com\/CVE-2025-0108 ; https:\/\/nvd.nist.gov\/vuln\/detail\/CVE-2025-0108",
    "cwes": ["CWE-306"]
  },
  {
    "cveID": "CVE-2024-53704", "vendorProject": "SonicWall", "product": "SonicOS",
    "vulnerabilityName": "SonicWall SonicOS SSLVPN Improper Authentication Vulnerability",
    "dateAdded": "2025-02-18",
    "shortDescription": "SonicWall SonicOS contains an improper authentication vulnerability in the SSLVPN authentication mechanism that allows a remote attacker to bypass authentication.",
    "requiredAction": "Apply mitigations per vendor instructions or discontinue use of the product if mitigations are unavailable.",
    "dueDate": "2025-03-11", "knownRansomwareCampaignUse": "Unknown",
    "notes": "https:\/\/psirt.global.sonicwall.com\/vuln-detail\/SNWLID-2025-0003 ; https:\/\/nvd.nist.gov\/vuln\/detail\/CVE-2024-53704",
    "cwes": ["CWE-287"]
  },
  {
    "cveID": "CVE-2024-57727", "vendorProject": "SimpleHelp ", "product": "SimpleHelp",
    "vulnerabilityName": "SimpleHelp Path Traversal Vulnerability", "dateAdded": "2025-02-13",
    "shortDescription": "SimpleHelp remote support software contains multiple path traversal vulnerabilities that allow unauthenticated remote attackers to download arbitrary files from the SimpleHelp host via crafted HTTP requests. These files may include server configuration files and hashed user passwords.",
    "requiredAction": "Apply mitigations per vendor instructions or discontinue use of the product if mitigations are unavailable.",
    "dueDate": "2025-03-06", "knownRansomwareCampaignUse": "Unknown",
    "notes": "https:\/\/simple-help.com\/kb---security-vulnerabilities-01-2025 ; https:\/\/nvd.nist.gov\/vuln\/detail\/CVE-2024-57727",
    "cwes": ["CWE-22"]
  }
]""")  # noqa: E501


def flaw(cve: str, vendor: str, product: str, added: str, use: str = "Unknown") -> dict[str, Any]:
    return {
        "cveID": cve, "vendorProject": vendor, "product": product, "dateAdded": added,
        "vulnerabilityName": f"{vendor} {product} Vulnerability", "shortDescription": "Made up.",
        "requiredAction": "Apply.", "dueDate": added, "knownRansomwareCampaignUse": use,
        "notes": "", "cwes": [],
    }  # fmt: skip


def catalogue(
    *more: dict[str, Any], version: str = "2026.11.20", total: int = 1700, **changes: Any
) -> bytes:
    """A whole list: the recorded entries, those given, and filling of other makers."""
    entries = [*RECORDED, *more]
    entries += [
        flaw(f"CVE-2020-{10_000 + n}", "Acme", "Anvil", "2022-03-03")
        for n in range(total - len(entries))
    ]
    return json.dumps({
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": version,
        "dateReleased": f"{version.replace('.', '-')}T18:00:00.0000Z", "count": total,
        "vulnerabilities": entries, **changes,
    }).encode()  # fmt: skip


def lifecycle(newest: str = "2026-11-20", **changes: list[dict[str, Any]]) -> bytes:
    """The whole table of dates as our own data has it, one release named as of ``newest``."""
    table = json.loads(builtin_bytes())
    result = [
        {"name": entry["feed"]["id"], "label": entry["title"], "releases": releases(entry)}
        for entry in table["products"].values() if "feed" in entry
    ]  # fmt: skip
    result += [
        {"name": name, "label": name, "releases": [release(n, s) for n, s in known.items()]}
        for name, known in table["distributions"].items()
    ]
    for entry in result:
        entry["releases"] = changes.get(entry["name"].replace("-", "_"), entry["releases"])
    result.append({"name": "acme-anvil", "releases": [
        {"name": "1", "releaseDate": "2020-01-01", "isEol": False, "eolFrom": None,
         "isMaintained": True, "latest": {"name": "1.9", "date": newest, "link": None}},
    ]})  # fmt: skip
    # The day comes from products we know.
    result[0]["releases"][0]["latest"] = {"name": "9", "date": newest, "link": None}
    return json.dumps({
        "schema_version": "1.2.0", "total": len(result), "result": result,
    }).encode()  # fmt: skip


def releases(entry: dict[str, Any]) -> list[dict[str, Any]]:
    skipped = [release(name, {"ends": "open"}) for name in entry["feed"].get("skip", ())]
    kept = [release(b.get("name", b["cycle"]), b) for b in entry.get("branches", ())]
    return [*skipped, *kept]


def release(name: str, branch: dict[str, Any]) -> dict[str, Any]:
    ends, paid = branch["ends"], branch.get("paid_until")
    dated, over = ends[:1].isdigit(), ends == "past"
    made: dict[str, Any] = {
        "name": name, "codename": None, "label": name, "releaseDate": "2015-01-01",
        "isLts": False, "ltsFrom": None, "isEol": over or (dated and ends < str(TODAY)),
        "eolFrom": ends if dated else None,
        "isMaintained": not over, "latest": None, "custom": None,
    }  # fmt: skip
    if paid:
        made["isEoes"] = paid != "open" and paid < str(TODAY)
        made["eoesFrom"] = None if paid == "open" else paid
    return made
