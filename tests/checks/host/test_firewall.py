"""Whether a firewall refuses the unexpected: rules, settings and states, constructed."""

from __future__ import annotations

import json
import plistlib
from typing import Any

import pytest
from posture_scan.checks.host.collect_firewall import firewall_state
from posture_scan.checks.host.firewall_judged import judged

from posture_scan.sdk import Attempt
from tests.checks.computer import FakeHost, out
from tests.checks.host.protect import seen, windows
from tests.checks.host.verdicts import judge, lift, told

CHECK = "firewall.off"
ETH0 = "fe8000000000000000fc00fffe000001 02 40 20 80     eth0\n"
LO = "00000000000000000000000000000001 01 80 10 80       lo\n"


def outcome(host: Any) -> tuple[str, str]:
    return told(CHECK, seen(firewall_state, host))


# --- Linux: what the rules do ----------------------------------------------------------------


def chain(
    policy: str = "accept", *rules: list[Any], family: str = "inet", **more: Any
) -> list[Any]:
    """An input chain with its rules, as ``nft -j list ruleset`` writes it."""
    place = {"family": family, "table": "t", "chain": "in"}
    base = {"family": family, "table": "t", "name": "in", "type": "filter", "hook": "input"}
    return [
        {"table": {"family": family, "name": "t"} | more},
        {"chain": base | {"prio": 0, "policy": policy}},
        *({"rule": place | {"handle": 9, "expr": rule}} for rule in rules),
    ]


def branch(name: str, *rules: list[Any]) -> list[Any]:
    place = {"family": "inet", "table": "t"}
    return [
        {"chain": place | {"name": name}},
        *({"rule": place | {"chain": name, "expr": rule}} for rule in rules),
    ]


def nft(*items: Any) -> Any:
    return out(json.dumps({"nftables": [{"metainfo": {"version": "1.0.6"}}, *items]}))


def linux(ruleset: Any = None, files: dict[str, Any] | None = None, **more: Any) -> FakeHost:
    commands = {"nft": nft() if ruleset is None else ruleset} | more.pop("commands", {})
    return FakeHost({"/proc/net/if_inet6": ETH0 + LO} | (files or {}), commands, **more)


def match(left: dict[str, Any], right: Any, op: str = "==") -> dict[str, Any]:
    return {"match": {"op": op, "left": left, "right": right}}


STATE = {"ct": {"key": "state"}}
NEW = match(STATE, ["new", "established"], "in")
KNOWN = match(STATE, {"set": ["established", "related"]})
LOOPBACK = match({"meta": {"key": "iifname"}}, "lo")
PORT = match({"payload": {"protocol": "tcp", "field": "dport"}}, 22)
TCP = match({"meta": {"key": "l4proto"}}, "tcp")
COUNTER = {"counter": {"packets": 0, "bytes": 0}}
ACCEPT, DROP, REJECT = {"accept": None}, {"drop": None}, {"reject": {"type": "icmpx"}}
XT_COMMENT = {"xt": {"type": "match", "name": "comment"}}
XT_OLD = {"xt": None}


def vmap(state: str) -> dict[str, Any]:
    return {"vmap": {"key": STATE, "data": {"set": [[state, ACCEPT]]}}}


@pytest.mark.parametrize(
    ("rules", "on"),
    [
        (chain("drop", [KNOWN, ACCEPT], [LOOPBACK, ACCEPT], [PORT, ACCEPT]), True),
        (chain("accept", [KNOWN, ACCEPT], [PORT, COUNTER, ACCEPT], [COUNTER, REJECT]), True),
        (chain("accept", [XT_COMMENT, {"xt": {"type": "target", "name": "REJECT"}}]), True),
        (chain("accept", [match(STATE, "established", "!="), DROP]), True),
        (chain("accept", [match({"meta": {"key": "iifname"}}, "lo", "!="), DROP]), True),
        (chain("drop", [vmap("established")]), True),
        (chain("drop"), True),
        (chain("accept"), False),
        (chain("accept", [PORT, DROP]), False),
        (chain("accept", [match({"payload": {"protocol": "ip", "field": "saddr"}}, "@f2b"), DROP]),
         False),
        (chain("accept", [match(STATE, "invalid", "in"), DROP]), False),
        (chain("drop", [ACCEPT]), False),
        (chain("drop", [NEW, ACCEPT]), False),
        (chain("drop", [TCP, ACCEPT]), False),
        (chain("drop", [vmap("new")]), False),
        (chain("accept", [XT_OLD, DROP]), False),
        (chain("accept", [{"limit": {"rate": 9}}, DROP]), False),
        ([*chain("accept", [{"jump": {"target": "a"}}]), *branch("a", [DROP])], True),
        ([*chain("accept", [{"goto": {"target": "a"}}], [DROP]), *branch("a", [PORT, ACCEPT])],
         False),
        ([*chain("drop", [{"jump": {"target": "a"}}]), *branch("a", [{"return": None}], [ACCEPT])],
         True),
        ([*chain("accept", [PORT, {"jump": {"target": "a"}}]), *branch("a", [DROP])], False),
        (chain("drop", flags=["dormant"]), False),
        (chain("drop", flags=["owner"]), True),
        ([], False),
    ],
)  # fmt: skip
def test_rules_are_followed_for_a_connection_nobody_expects(rules: list[Any], on: bool) -> None:  # noqa: FBT001
    assert outcome(linux(nft(*rules))) == (("pass", "on") if on else ("fail", "no_rules"))


def test_a_chain_that_calls_itself_or_a_chain_that_is_not_there_ends() -> None:
    again = [{"jump": {"target": "a"}}]
    rules = [*chain("drop", again), *branch("a", again, [{"jump": {"target": "gone"}}])]
    assert outcome(linux(nft(*rules))) == ("pass", "on")


def test_chains_that_call_each_other_many_times_are_followed_once() -> None:
    rules = chain("drop", [{"jump": {"target": "c0"}}])
    for number in range(15):
        call = [{"jump": {"target": f"c{number + 1}"}}]
        rules += branch(f"c{number}", *[call] * 20)
    assert outcome(linux(nft(*rules))) == ("pass", "on")


def test_ipv6_has_rules_of_its_own() -> None:
    only4 = nft(*chain("drop", family="ip"))
    assert outcome(linux(only4)) == ("fail", "ipv6_open")
    assert outcome(linux(only4, {"/proc/net/if_inet6": LO})) == ("pass", "on")
    closed = {"/proc/net/if_inet6": Attempt.PERMISSION_DENIED}
    assert outcome(linux(only4, closed)) == ("unknown", "not_seen")
    assert outcome(linux(nft(*chain("drop")), closed)) == ("pass", "on")
    both = nft(*chain("drop", family="ip"), *chain("drop", family="ip6"))
    assert outcome(linux(both)) == ("pass", "on")


def test_a_rule_for_one_family_in_a_table_for_both() -> None:
    nfproto = match({"meta": {"key": "nfproto"}}, "ipv6")
    assert outcome(linux(nft(*chain("drop", [nfproto, ACCEPT])))) == ("fail", "ipv6_open")


def test_chains_of_other_hooks_and_of_docker_are_no_firewall() -> None:
    rules = chain("drop")
    rules[1]["chain"] |= {"hook": "forward"}
    assert outcome(linux(nft(*rules))) == ("fail", "no_rules")


def test_a_table_whose_flags_nft_garbles_is_not_trusted() -> None:
    """nft 1.0.6 prints ``"flags": "t"``, the table's name, for a dormant table."""
    assert outcome(linux(nft(*chain("drop", flags="t")))) == ("unknown", "not_seen")


def test_older_rules_cannot_be_read() -> None:
    host = linux(files={"/proc/net/ip_tables_names": "filter\n"})
    assert outcome(host) == ("unknown", "older_rules")


@pytest.mark.parametrize(
    "said",
    [out(""), out("{}"), out('{"nftables": []}'), out("x", 1), out("[" * 100_000),
     out('{"nftables": [{"metainfo": 1}, 7]}'), nft(*chain("drop", [{"jump": None}])),
     Attempt.TIMEOUT, Attempt.TOOL_MISSING],
)  # fmt: skip
def test_no_answer_is_no_firewall_and_no_lack_of_one(said: Any) -> None:
    assert outcome(linux(said)) == ("unknown", "not_seen")


def test_without_the_tool_that_is_what_is_missing() -> None:
    assert lift(CHECK, seen(firewall_state, linux(Attempt.TOOL_MISSING))) == "tool"


# --- Linux: ufw ------------------------------------------------------------------------------

REFUSED = out("", 1, b"Operation not permitted (you must be root)\n")


def unit(state: str) -> str:
    return f"Id=ufw.service\nLoadState=loaded\nActiveState={state}\nUnitFileState=enabled\n"


def ufw(enabled: str = "yes", policy: str = "DROP", state: str = "active") -> dict[str, Any]:
    return {
        "files": {
            "/etc/ufw/ufw.conf": f"# comment ENABLED=maybe\nENABLED={enabled}\nLOGLEVEL=low\n",
            "/etc/default/ufw": f'IPV6=yes\nDEFAULT_INPUT_POLICY="{policy}"\n',
        },
        "commands": {"systemctl show ufw.service": out(unit(state))},
    }


def test_ufw_is_active_while_it_is_switched_off() -> None:
    """The trap: ``ufw.service`` is enabled and active although ENABLED=no."""
    assert outcome(linux(**ufw("no"))) == ("fail", "ufw_disabled")
    assert outcome(linux(REFUSED, elevated=False, **ufw("no"))) == ("unknown", "not_seen")


def test_anybody_can_see_that_ufw_is_set_up() -> None:
    found = seen(firewall_state, linux(REFUSED, elevated=False, **ufw()))
    assert told(CHECK, found) == ("pass", "configured")
    assert judged(found).stands is True


@pytest.mark.parametrize(
    "more", [ufw(policy="ACCEPT"), ufw(state="inactive"), ufw(state=""), ufw("no")]
)
def test_a_users_look_that_proves_nothing_asks_for_the_administrator(more: Any) -> None:
    found = seen(firewall_state, linux(REFUSED, elevated=False, **more))
    assert (told(CHECK, found), lift(CHECK, found)) == (("unknown", "not_seen"), "administrator")
    assert judged(found).stands is None


def test_ufw_without_its_rules_in_force_is_contradictory() -> None:
    assert outcome(linux(**ufw())) == ("unknown", "not_in_force")


def test_ufw_with_older_rules_counts_by_its_settings() -> None:
    more = ufw()
    more["files"]["/proc/net/ip_tables_names"] = "nat\nfilter\n"
    assert outcome(linux(**more)) == ("pass", "configured")


# --- Windows, constructed --------------------------------------------------------------------

LOCAL = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
NO_OTHER: dict[str, Any] = {"FirewallProduct": []}
RUNS = {"service:MpsSvc": [{"state": 4}]}


def pc(answer: Any = NO_OTHER, service: Any = RUNS, **values: Any) -> FakeHost:
    known = {
        rf"{LOCAL}\{name}Profile\EnableFirewall": 1 for name in ("Domain", "Standard", "Public")
    }
    changed = {key.replace("__", "\\"): value for key, value in values.items()}
    places = {f"{LOCAL if k.startswith('L') else POLICY}{k[1:]}": v for k, v in changed.items()}
    return windows(answer, values=known | places, answers=service)


def test_all_three_profiles_on_is_sound() -> None:
    assert outcome(pc()) == ("pass", "on")


def test_settings_that_nobody_made_are_windows_defaults() -> None:
    assert outcome(windows(values={}, answers=RUNS)) == ("pass", "on")


def test_one_profile_off_is_weak() -> None:
    found = judge(CHECK, seen(firewall_state, pc(L__StandardProfile__EnableFirewall=0)))
    assert found.status == "fail"
    assert dict(found.values) == {"what": "private", "origin": "local"}


@pytest.mark.parametrize("key", ["PrivateProfile", "StandardProfile"])
def test_a_policy_wins_in_both_directions(key: str) -> None:
    off = pc(**{f"P__{key}__EnableFirewall": 0})
    assert dict(judge(CHECK, seen(firewall_state, off)).values)["origin"] == "policy"
    on = pc(**{f"P__{key}__EnableFirewall": 1, "L__StandardProfile__EnableFirewall": 0})
    assert outcome(on) == ("pass", "on")


def test_a_firewall_that_lets_everything_in_is_none() -> None:
    assert outcome(pc(L__PublicProfile__DefaultInboundAction=0)) == ("fail", "inbound_allowed")


def test_a_stopped_service_does_nothing() -> None:
    assert outcome(pc(service={"service:MpsSvc": [{"state": 1}]})) == ("fail", "service_stopped")
    closed = seen(firewall_state, pc(service={"service:MpsSvc": Attempt.PERMISSION_DENIED}))
    assert told(CHECK, closed) == ("unknown", "not_seen")
    assert lift(CHECK, closed) == "administrator"


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (out(""), ("unknown", "not_seen")), (None, ("unknown", "not_seen")),
        ({}, ("unknown", "not_seen")),
        ({"FirewallProduct": {"error": "PermissionDenied", "id": "x"}}, ("unknown", "not_seen")),
        ({"FirewallProduct": {"error": "ObjectNotFound", "id": "HRESULT 0x8004100e,G"}},
         ("fail", "profiles_off")),
    ],
)  # fmt: skip
def test_another_firewall_that_could_not_be_asked_for_may_stand(
    answer: Any, result: tuple[str, str]
) -> None:
    """A Windows Server has no security centre: nothing else can stand there."""
    assert outcome(pc(answer, L__PublicProfile__EnableFirewall=0)) == result


def test_a_closed_policy_key_is_not_taken_for_absent() -> None:
    host = pc(P__PublicProfile__EnableFirewall=Attempt.PERMISSION_DENIED)
    assert outcome(host) == ("unknown", "not_seen")


@pytest.mark.parametrize(
    ("state", "result"),
    [(0x51000, ("pass", "other_maker")), (0x50000, ("fail", "profiles_off")),
     (0x52000, ("fail", "profiles_off")), ("x", ("fail", "profiles_off"))],
)  # fmt: skip
def test_another_makers_firewall_counts_when_it_is_on(
    state: object, result: tuple[str, str]
) -> None:
    answer = {"FirewallProduct": {"name": "ESET ファイアウォール", "state": state, "guid": "{1}"}}
    assert outcome(pc(answer, L__PublicProfile__EnableFirewall=0)) == result


# --- macOS, constructed ----------------------------------------------------------------------


def mac(**commands: Any) -> FakeHost:
    """Commands by their first word; ``alf`` is the old file's state."""
    state = commands.pop("alf", None)
    path = "/Library/Preferences/com.apple.alf.plist"
    files = {} if state is None else {path: plistlib.dumps({"globalstate": state})}
    return FakeHost(files, commands, platform="darwin", elevated=False)


def profiler(state: str) -> Any:
    return out(json.dumps({"SPFirewallDataType": [{"spfirewall_globalstate": state}]}))


@pytest.mark.parametrize(
    ("commands", "result"),
    [
        ({"socketfilterfw": out("Firewall is enabled. (State = 1)\n")}, ("pass", "on")),
        ({"socketfilterfw": out("Firewall is blocking all (State = 2)\n")}, ("pass", "on")),
        ({"socketfilterfw": out("Firewall is disabled. (State = 0)\n")}, ("fail", "off")),
        ({"system_profiler": profiler("spfirewall_globalstate_limit_connections")}, ("pass", "on")),
        ({"system_profiler": profiler("spfirewall_globalstate_allow_all")}, ("fail", "off")),
        ({"system_profiler": profiler("spfirewall_globalstate_off")}, ("fail", "off")),
        ({"system_profiler": profiler("?")}, ("unknown", "not_seen")),
        ({"sw_vers": out("14.7.1\n"), "alf": 1}, ("pass", "on")),
        ({"sw_vers": out("9.0\n"), "alf": 0}, ("fail", "off")),
        ({"sw_vers": out("15.1\n"), "alf": 1}, ("unknown", "not_seen")),
        ({"sw_vers": out("14.7.1\n")}, ("unknown", "not_seen")),
        ({"socketfilterfw": out(""), "system_profiler": out("[]")}, ("unknown", "not_seen")),
        ({}, ("unknown", "not_seen")),
    ],
)
def test_macos_application_firewall(commands: dict[str, Any], result: tuple[str, str]) -> None:
    """Since macOS 15 the file is gone; a copy left by an upgrade says nothing."""
    assert outcome(mac(**commands)) == result
