"""Sites that look like a device, quote one, or play one: none of them may be named."""

from __future__ import annotations

from posture_scan.checks.edge_device.fingerprint import makers

from tests.checks.edge_device import sites
from tests.checks.edge_device.device_sites import FORM, QNAP, SOAP, TOP
from tests.checks.edge_device.sites import ARTICLE, FORTI_FORM, PRELOGIN, Site, moved
from tests.fakes import page

PATHS = sorted({ask.path for maker in makers() for ask in maker.asks} - {"/"} | {"/favicon.ico"})
"""Every path that any fingerprint asks for."""

LOGIN_HTML = (
    f'{FORTI_FORM}<script>csco_ShowLoginForm(); top.location="/remote/login"</script>'
    '<span class="_ctxstxt_CitrixCopyright"></span><form name="frmLogin" action="login.cgi">'
    f'<form action="cgi-bin/wlogin.cgi">{FORM}<a href="/doc/page/login.asp">'
)

MORE: dict[str, Site] = {
    "blog_with_copied_login_pages": Site(
        {"/": page(f"<title>How we drew login pages</title>{LOGIN_HTML}{TOP}")}
    ),
    "copied_login_pages_under_every_path": Site(
        {"*": page(f"<title>A museum of login pages</title>{LOGIN_HTML}{TOP}")}
    ),
    "cookies_in_other_case": Site(
        {"/": page(TOP, cookies=("svpncookie", "dsid", "WebVPN", "nsc_aaac", "MRHSESSION",
                                 "Webvpncontext", "apscookie_1", "ZY_PC_BROWSER"))}
    ),
    "webvpn_of_a_wordpress_plugin": Site(
        {"/": page('<meta name="generator" content="WordPress 6.7">' + TOP,
                   cookies=("wordpress_test_cookie", "webvpn", "webvpnlang"))}
    ),
    "webvpn_of_another_make": Site(
        {"/": moved("/login", "wengine_vpn_ticket", "webvpn"),
         "/login": page(f"<title>WebVPN</title>{FORM}{TOP}")}
    ),
    "mirror_of_manuals": Site(
        {"*": page("<title>RouterOS router configuration page</title><pre>RouterOS v6.49.10 "
                   f"MikroTik v6.42 {ARTICLE} {SOAP} {QNAP} {PRELOGIN}</pre>")}
    ),
    "status_page": Site(
        {"/": page("<title>Status</title><li>FortiGate: up<li>SonicWALL: up<li>vCenter: up" + TOP)}
    ),
    "dashboard": Site(
        {"/": moved("/login"),
         "/login": page(f"<title>FortiGate - Dashboards - Grafana</title>{FORM}{TOP}")}
    ),
    "listing_of_a_repository": Site(
        {"/": page("<title>fake-vpn-pages</title>"
                   + "".join(f'<a href="{path}">{path}</a>' for path in PATHS)
                   + '<a href="/cgi-bin/QTS.cgi">/tmui/login.jsp</a>' + TOP)}
    ),
    "echo_of_the_path": Site(
        {"/": page("", status=404), "*": page("", status=404),
         **{path: page(f"<title>{path}</title>You asked for {path}") for path in PATHS}}
    ),
    "echo_of_the_path_in_a_redirect": Site(
        {"/": page("", status=404), **{path: moved(path + "/") for path in PATHS}}
    ),
    "login_with_a_way_back": Site(
        {"/": page("", status=404), "/login": page(FORM + TOP),
         **{path: moved(f"/login?next={path}") for path in PATHS}}
    ),
    "yes_to_everything": Site({"/": page("ok"), "*": page("<title>Bakery</title>ok")}),
    "json_to_everything": Site({"*": page('{"status":"ok","version":"9.16(4)"}')}),
    "xml_to_everything": Site(
        {"*": page('<?xml version="1.0"?><response><version>5.1.8</version><build>20240712'
                   "</build></response>")}
    ),
    "form_for_everything": Site({"*": page(f"<title>Log in</title>{FORM}")}),
    "captive_portal": Site({"*": page("", status=302, location="http://portal.invalid/login")}),
    "captive_portal_page": Site({"*": page(f"<title>Guest Wi-Fi</title>{FORM}{TOP}")}),
    "proxy_before_a_shop": Site(
        {"/": page("<title>Shop</title>" + TOP, server="nginx", via="1.1 FortiWeb, 1.1 BIG-IP",
                   x_cache="NetScaler")}
    ),
    "words_in_the_server_header": Site(
        {"/": page(TOP, server="Apache (SonicWALL SSL-VPN Web Server, YAMAHA-RT, CPWS)")}
    ),
    "server_header_that_begins_alike": Site({"/": page(TOP, server="YAMAHA-RTist/1.0")}),
    "server_header_of_a_series": Site({"/": page(TOP, server="IX Series IX pages, Version 1.2.3")}),
    "words_in_the_realm": Site(
        {"/": page("", status=401,
                   www_authenticate='Basic realm="Ask Bob for the BUFFALO WRC-1167 password"')}
    ),
    "yamaha_the_piano_maker": Site({"/": page("<title>YAMAHA RTX pianos</title>" + TOP)}),
    "shop_for_cameras": Site(
        {"/": page("<title>AXIS</title> <a href='/camera/list'>Hikvision, WV-S1131</a>" + TOP)}
    ),
    "manual_of_a_printer": Site({"/": page("<title>Web Image Monitor</title>" + TOP)}),
    "fans_of_a_router": Site({"/": page(f"<title>AirStation fans</title>{FORM}{TOP}")}),
    "plain_iis": Site({"/": page("<title>IIS Windows Server</title>" + TOP)}),
    "mail_in_the_cloud": Site({"/": page(TOP, x_owa_version="15.20.7002.0")}),
    "forum_that_quotes_a_nas": Site(
        {"/": page("<title>NAS forum</title>/cgi-bin/QTS.cgi" + TOP),
         "/cgi-bin/authLogin.cgi": page(f"<html><pre>{QNAP}</pre></html>")}
    ),
    "blog_on_hypervisors": Site(
        {"/": moved("/ui/"),
         "*": page(f'<title>Blog</title>"<title>" + ID_EESX_Welcome {SOAP}{TOP}')}
    ),
    "maker_of_storage": Site(
        {"/": page("<title>Synology</title>" + TOP)}, (("CN", "*.synology.com"),
                                                       ("O", "Synology Inc."))
    ),
    "maker_of_firewalls": Site(
        {"/": page("<title>Sophos</title>" + TOP)}, (("CN", "www.sophos.com"), ("O", "Sophos"))
    ),
    "comment_full_of_names": Site({"/": page(f"<!-- {ARTICLE} {LOGIN_HTML} -->" + TOP)}),
}  # fmt: skip

CONFLICTING: dict[str, Site] = {
    "honeypot_of_cookies": Site(
        {"*": page(TOP, cookies=("SVPNCOOKIE", "DSID", "webvpncontext", "NSC_AAAC", "MRHSession"))}
    ),
    "honeypot_of_two": Site({"/": page(TOP, cookies=("SVPNCOOKIE", "DSSignInURL"))}),
    "honeypot_of_headers": Site(
        {"/": page(TOP, server="YAMAHA-RT", x_owa_version="15.2.1544.4",
                   x_private_pan_sslvpn="auth-ok")}
    ),
    "router_that_is_a_gateway": Site({"/": page(TOP, server="YAMAHA-RT", cookies=("NSC_TMAS",))}),
    "honeypot_certificate": Site(
        {"/": page(TOP, cookies=("ANsession1",))},
        (("OU", "FortiGate"), ("OU", "Fireware"), ("OU", "DVRNVR")),
    ),
}  # fmt: skip
"""Marks of several products at once: nothing is named, and nothing is called fine."""

UNSEEN: dict[str, Site] = {
    "proxy_that_cannot_reach": Site({"*": page("<title>502</title>", status=502, server="nginx")}),
    "redirect_loop": Site({"/": moved("/a"), "/a": moved("/b"), "/b": moved("/")}),
    "endless_redirects": Site({"/": moved("/1"), **{f"/{n}": moved(f"/{n + 1}")
                                                    for n in range(1, 9)}}),
    **{name: sites.DECOYS[name] for name in sites.NOT_FOLLOWED},
}  # fmt: skip
"""Fronts that could not be seen to their end: what stands there is unknown."""

CLEAN: dict[str, Site] = {
    **{name: site for name, site in sites.DECOYS.items() if name not in UNSEEN}, **MORE,
}  # fmt: skip
"""Seen to the end, and no device."""
