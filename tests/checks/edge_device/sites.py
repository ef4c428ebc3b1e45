"""Web sites of our own: edge devices as their makers' pages answer, and pages that only look so.

All constructed, after the public descriptions named in the fingerprint files; none is a
recording of a real device.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from posture_scan.sdk import HttpResponse
from tests.fakes import page


@dataclass(frozen=True)
class Site:
    """Pages by path (``*`` for every other path) and the names in the certificate."""

    pages: dict[str, HttpResponse] = field(default_factory=dict)
    certificate: tuple[tuple[str, str], ...] = (("CN", "www.example.jp"),)


def moved(path: str, *cookies: str, server: str = "Apache") -> HttpResponse:
    return page("", status=302, location=path, cookies=tuple(cookies), server=server)


def gzip_of(stamp: int) -> HttpResponse:
    head = b"\x1f\x8b\x08\x08" + struct.pack("<I", stamp) + b"\x02\xffrdx_en.json\x00"
    return page(head.ljust(100, b"\x5a"), status=206)


FORTI_FRONT = page(
    '<html><script>top.location="/remote/login";</script></html>', server="xxxxxxxx-xxxxx"
)
FORTI_FORM = '<form action="/remote/logincheck"></form><script>var fgt_lang = {};</script>'
PRELOGIN = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<prelogin-response><status>Success</status>'
    "<panos-version>1</panos-version></prelogin-response>"
)
ASA_VERSION = (
    '<config-auth client="vpn" type="auth-request"><version who="sg">{}</version></config-auth>'
)


# As ocserv 1.1.6 answers to GET / and to POST /.
OCSERV = '<?xml version="1.0" encoding="UTF-8"?>\n' + ASA_VERSION.format("0.1(1)")


def asa(version: str) -> Site:
    return Site(
        {
            "/": moved("/+CSCOE+/logon.html", "webvpn", "webvpncontext"),
            "/+CSCOE+/logon.html": page(
                "<title>SSL VPN Service</title><script>csco_ShowLoginForm()</script>",
                cookies=("webvpnlogin",),
            ),
            "POST /": page(ASA_VERSION.format(version) if version else "<html></html>"),
        },
        (("CN", "ASA Temporary Self Signed Certificate"),),
    )


def netscaler(stamp: int) -> Site:
    return Site(
        {
            "/": moved("/vpn/index.html", "NSC_TMAS"),
            "/vpn/index.html": page(
                '<title>Citrix Gateway</title><span class="_ctxstxt_CitrixCopyright"></span>',
                cookies=("NSC_AAAC",),
            ),
            **({"/vpn/js/rdx/core/lang/rdx_en.json.gz": gzip_of(stamp)} if stamp else {}),
        }
    )


@dataclass(frozen=True)
class Device:
    """A site and what is true of it."""

    site: Site
    product: str
    version: str = ""
    state: str = "not_readable"
    vpn: bool = True


DEVICES: dict[str, Device] = {
    "fortigate_patched": Device(
        Site({"/": FORTI_FRONT, "/remote/login": page(FORTI_FORM, cookies=("SVPNCOOKIE",))}),
        "fortios",
    ),
    "fortigate_old": Device(
        Site(
            {
                "/": FORTI_FRONT,
                "/remote/login": page(FORTI_FORM, cookies=("SVPNCOOKIE",), etag='"83-5f1b9e2a"'),
            },
            (("CN", "FG100E0000000000"), ("OU", "FortiGate"), ("O", "Fortinet")),
        ),
        "fortios",
        state="date_hint",
    ),
    "fortigate_admin": Device(
        Site({"/": page("<html class='main-app'>" + "x" * 300, cookies=("APSCOOKIE_123",))}),
        "fortios",
        vpn=False,
    ),
    "ivanti": Device(
        Site(
            {
                "/": moved("/dana-na/auth/url_default/welcome.cgi"),
                "/dana-na/auth/url_default/welcome.cgi": page(
                    "<title>Ivanti Connect Secure</title>", cookies=("DSSignInURL",)
                ),
            }
        ),
        "ivanti-connect-secure",
    ),
    "pulse_91": Device(
        Site(
            {
                "/": moved("/dana-na/auth/url_default/welcome.cgi", "DSBrowserID"),
                "/dana-na/nc/nc_gina_ver.txt": page(
                    '<PARAM NAME="ProductVersion" VALUE="9.1.11.6725">'
                ),
            }
        ),
        "ivanti-connect-secure",
        "9.1",
        "branch",
    ),
    "sma100": Device(
        Site(
            {
                "/": moved("/cgi-bin/welcome", server="SonicWALL SSL-VPN Web Server"),
                "/cgi-bin/welcome": page("<title>Virtual Office</title>"),
            }
        ),
        "sonicwall-sma100",
    ),
    "sma1000": Device(
        Site({"/": page("hello", server="SMA/12.4")}), "sonicwall-sma1000", "12.4", "branch"
    ),
    "sma1000_affected": Device(
        Site({"/": page("hello", server="SMA/12.4.3-02804")}),
        "sonicwall-sma1000", "12.4.3-02804", "read",
    ),
    "sma1000_fixed": Device(
        Site({"/": page("hello", server="SMA/12.4.3-03500")}),
        "sonicwall-sma1000", "12.4.3-03500", "read",
    ),
    "sonicos_admin": Device(
        Site({"/": page("<title>SonicWall - Authentication</title>", server="SonicWALL")}),
        "sonicos",
        vpn=False,
    ),
    "sonicos_office": Device(
        Site({"/": page("<title>SonicWall - Virtual Office</title>", server="SonicWALL")}),
        "sonicos",
    ),
    "asa": Device(asa("9.16(4)"), "cisco-asa", "9.16(4)", "read"),
    "asa_silent": Device(asa(""), "cisco-asa"),
    "globalprotect": Device(
        Site(
            {
                "/": moved("/global-protect/login.esp"),
                "/global-protect/login.esp": page("<title>GlobalProtect Portal</title>"),
                "/global-protect/prelogin.esp": page(PRELOGIN),
            }
        ),
        "pan-os",
    ),
    "globalprotect_dated": Device(
        Site(
            {
                "/": moved("/global-protect/login.esp"),
                "/global-protect/login.esp": page("x", etag='"65a1b2c3"'),
                "/ssl-vpn/prelogin.esp": page(PRELOGIN),
            }
        ),
        "pan-os",
        state="date_hint",
    ),
    "f5_apm": Device(Site({"/": moved("/my.policy", "LastMRH_Session", "F5_ST")}), "big-ip"),
    "checkpoint": Device(
        Site(
            {
                "/": moved("/sslvpn/Login/Login", server="CPWS"),
                "/sslvpn/Login/Login": page("<script>var version='R81.10';</script>"),
            }
        ),
        "checkpoint-gaia", "R81.10", "branch",
    ),
    "watchguard": Device(
        Site({"/": moved("/sslvpn_logon.shtml", "wg_portald_session_id")}), "watchguard-fireware"
    ),
    "zyxel": Device(
        Site(
            {
                "/": page("x" * 300, cookies=("zy_pc_browser",)),
                "/ext-js/app/common/zld_product_spec.js": page(
                    'ZLDSYSPARM_PRODUCT_NAME1="USG";ZLDCONFIG_CLOUD_HELP_VERSION=5.38;'
                ),
            }
        ),
        "zyxel-zld", "5.38", "branch", vpn=False,
    ),
    "array_ag": Device(
        Site({"/": moved("/prx/000/http/localhost/login", "ANsession00042", "AN_nav1")}),
        "arrayos-ag",
    ),
    "netscaler_130": Device(netscaler(1720089675), "netscaler-adc", "13.0-92.31", "read"),
    "netscaler_131": Device(netscaler(1685777750), "netscaler-adc", "13.1-48.47", "read"),
    "netscaler_new": Device(netscaler(1790000000), "netscaler-adc", state="date_hint"),
    "netscaler_silent": Device(netscaler(0), "netscaler-adc"),
    # It speaks AnyConnect's protocol and sets its cookies: never to be called Cisco's.
    "ocserv": Device(
        Site(
            {
                "/": page(OCSERV, cookies=("webvpncontext",), x_transcend_version="1"),
                "/+CSCOE+/logon.html": page(
                    "<title>SSL VPN Service</title>", cookies=("webvpn", "webvpnlogin")
                ),
                "POST /": page(OCSERV, cookies=("webvpncontext",)),
            }
        ),
        "ocserv",
    ),
    "ocserv_behind_a_plain_front": Device(
        Site(
            {
                "/": moved("/+CSCOE+/logon.html", "webvpn"),
                "/+CSCOE+/logon.html": page("<title>SSL VPN Service</title>", cookies=("webvpn",)),
                "POST /": page(OCSERV),
            }
        ),
        "ocserv",
    ),
}  # fmt: skip

ARTICLE = (
    "<title>Which VPN is safe?</title><p>FortiGate (top.location, fgt_lang), Ivanti Connect "
    "Secure (DSSignInURL), SonicWALL SSL-VPN Web Server, Cisco ASA (webvpn, csco_ShowLoginForm), "
    "GlobalProtect Portal &lt;prelogin-response&gt;&lt;panos-version&gt;1, Citrix Gateway, "
    "NSC_AAAC, Server: xxxxxxxx-xxxxx, SMA/12.4</p>" + "lorem ipsum " * 40
)
DECOYS: dict[str, Site] = {
    "article": Site({"/": page(ARTICLE)}),
    "article_under_every_path": Site({"*": page(ARTICLE)}),
    "constant_panos_version": Site({"/": page("<panos-version>1</panos-version>" * 20)}),
    "prelogin_quoted": Site(
        {"/": page(f"<html><pre>{PRELOGIN}</pre></html>"), "*": page("<p>" + PRELOGIN)}
    ),
    "sophos_masked_server": Site({"/": page("<title>Sophos</title>", server="xxxx")}),
    "nearly_masked_server": Site({"/": page("hi" * 200, server="xxxxxxxx-xxxx")}),
    "redirect_to_another_host": Site(
        {"/": moved("https://vpn.other.example/dana-na/auth/url_default/welcome.cgi")}
    ),
    "virtual_office_company": Site({"/": page("<title>Virtual Office Tokyo</title>" + "a" * 300)}),
    "globalprotect_manual": Site(
        {"/": page("<title>GlobalProtect Portal</title>" + "how to log in " * 40)}
    ),
    "other_netscaler_cookie": Site(
        {"/": page("<p>Citrix Gateway guide</p>" * 20, cookies=("NSC_guide",))}
    ),
    "cookies_that_contain_names": Site(
        {"/": page("x" * 300, cookies=("ADSID", "DSIDx", "mywebvpn", "XSVPNCOOKIE"))}
    ),
    "solar_inverter": Site({"/": page("<title>SMA</title>" * 20, server="SMA Webbox/1.5")}),
    "certificate_that_mentions": Site(
        {"/": page("x" * 300)},
        (("CN", "fortigate-tips.example"), ("OU", "FortiGate fans"), ("O", "Fortinet users")),
    ),
    "dated_etag": Site({"/": page("x" * 300, etag='"5f1b9e2a-264"', server="nginx")}),
    "sonicwall_blog": Site(
        {"/": page("<title>SonicWall - Authentication explained</title>" + "x" * 300)}
    ),
    "behind_an_f5_load_balancer": Site(
        {"/": page("<title>Shop</title>" + "x" * 300, cookies=("BIGipServershop_pool",))}
    ),
    "fireware_fans": Site({"/": page("<title>WatchGuard Access Portal</title>" + "x" * 300)}),
    "gzip_under_every_path": Site({"*": gzip_of(1685777750)}),
    "redirect_to_an_attack_path": Site({"/": moved("/api/v2/cmdb/system/admin")}),
    "redirect_upwards": Site({"/": moved("/vpn/../vpns/portal/")}),
}
"""Not one of these is an edge device that may be named."""

NOT_FOLLOWED = ("redirect_to_an_attack_path", "redirect_upwards")
"""Decoys whose front page leads where nobody asks: what stands there is unknown, not fine."""
