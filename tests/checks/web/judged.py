"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from dataclasses import replace

from posture_scan.checks.web.collect_http import CookieSeen, WebAnswer
from posture_scan.checks.web.leads import Leads

from posture_scan.sdk import Facts

_PAGE = WebAnswer(
    tls=True, name="www.example.jp", status=200, page=True, content=True, head_read=True
)
_PLAIN = replace(_PAGE, tls=False)
_SOUND = CookieSeen("a", secure=True, http_only=True)

FACTS: tuple[Facts, ...] = (
    _PAGE,
    replace(_PAGE, name=""),
    replace(_PAGE, failed=True, status=503),
    replace(_PAGE, page=False, status=404),
    replace(_PAGE, head_read=False, csp_cut=True),
    replace(_PAGE, lists_files=True),
    replace(_PAGE, content_type_options="nosniff"),
    *(replace(_PAGE, hsts=(f"max-age={age}",)) for age in ("99999999", "60", "0", "x")),
    *(replace(_PAGE, frame_options=(word,)) for word in ("DENY", "ALLOWALL")),
    *(replace(_PAGE, csp=(f"script-src {rule}",)) for rule in ("'self'", "'unsafe-inline'")),
    replace(_PAGE, csp=("frame-ancestors *",)),
    replace(_PAGE, csp_report_only=True),
    replace(_PAGE, cookies=(_SOUND,)),
    replace(_PAGE, cookies=(CookieSeen("a"),)),
    replace(_PAGE, cookies=(replace(_SOUND, name="__Host-a"),)),
    replace(_PAGE, cookies=(CookieSeen("PHPSESSID", secure=True),)),
    _PLAIN,
    replace(_PLAIN, logon=True),
    replace(_PLAIN, failed=True),
    *(replace(_PLAIN, page=False, content=False, status=status) for status in (404, 400)),
    *(replace(_PLAIN, leads=where) for where in Leads),
)  # fmt: skip
