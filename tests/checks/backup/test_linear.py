"""Hostile files cost time in step with their length: four times as long takes no sixteen times.

Processor time of this process is compared, never the clock on the wall; the bound is wide.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC

import pytest
from posture_scan.checks.backup import (
    bacula_conf,
    borgmatic,
    command,
    cron,
    messages,
    planned,
    rsnapshot,
    surroundings,
    systemd,
    user_timers,
)
from posture_scan.checks.backup.bacula_runs import reports

from posture_scan.collect.redact import redact
from posture_scan.sdk import Look, redacted_address
from tests.checks.computer import FakeHost

SMALL = 8_000
ENGINES = ("restic", "borg", "duplicity", "rdiff-backup", "rsnapshot")


def said(text: str) -> None:
    lines = text.splitlines()
    for engine in ENGINES:
        messages.last_run(engine, lines)
        messages.check_grade(engine, lines)


READERS: dict[str, Callable[[str], object]] = {
    "redact": lambda text: redact(text.encode()),
    "find_commands": command.find_commands,
    "log_path": command.log_path,
    "script_log": planned._script_log,
    "remote_types": surroundings.remote_types,
    "crontab": lambda text: cron.parse_crontab(text, "x", ""),
    "rsnapshot.conf": rsnapshot.parse_config,
    "rsnapshot.log": lambda text: rsnapshot.last_outcome(text, "daily", UTC),
    "config.yaml": lambda text: borgmatic.parse_config("x", text),
    "bacula.conf": bacula_conf.parse,
    "bacula.log": lambda text: reports(text, UTC),
    "url": redacted_address,
    "messages": said,
    "unit": lambda text: user_timers._values(text, "ExecStart"),
    "show": lambda text: systemd._starts(f"argv[]={text}"),
    "calendar": systemd.calendar_seconds,
}
SEEDS = [
    "a", "-", "- ", " ", "\t", "key=", "key = a\n b", "[", "\n ", "\n", "\r\n\t", "://a", "a@", '"',
    "'", "--pass ", "password", "\\\n ", "${A", "> ", "exec a> ", "- path:", "keep_daily: ",
    "[2026-11-22T02:40:01] /rsnapshot -a ", "type = ", "ExecStart= ", "argv[]=",
    "x,", "&a", "://a:@/", "a@b:", "x does not exist ", "Verify complete: 1", "{",
    'a={"', "Job { Name = ", "  A: ",
]  # fmt: skip


def seconds(read: Callable[[str], object], text: str) -> float:
    """The lesser of two runs: what else the machine does only ever adds."""
    took = []
    for _ in range(2):
        begun = time.process_time()
        read(text)
        took.append(time.process_time() - begun)
    return min(took)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_four_times_the_length_is_no_sixteen_times_the_work(name: str) -> None:
    read = READERS[name]
    for seed in SEEDS:
        for before, after in (("", ""), ("restic backup x", "\n!")):
            small, great = (
                before + seed * (size // len(seed)) + after for size in (SMALL, 4 * SMALL)
            )
            base = max(seconds(read, small), 0.02)
            assert base < 5, f"{name} {seed!r}"
            assert seconds(read, great) < 10 * base, f"{name} {seed!r}"


def test_a_variable_that_doubles_line_after_line_stays_small() -> None:
    script = "A=xxxxxxxx\n" + "A=$A$A\n" * 200 + 'restic -r "$A$A$A" backup /home\n'
    (call,) = command.find_commands(script)
    assert len(call.destination) <= 4096


def test_a_script_with_very_many_variables_is_read() -> None:
    text = "#!/bin/sh\n" + "".join(f"V{n}=x\n" for n in range(20_000)) + "borg create /r::x /home\n"
    calls = planned._calls(Look(FakeHost({"/x.sh": text})), "/x.sh", {})
    assert [call.destination for call, _ in calls] == ["/r"]
