"""systemd's answers, after outputs of systemd 252 on Debian 12."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from posture_scan.checks.backup.facts import BackupSurvey

from posture_scan.sdk import CommandResult
from tests.checks.backup.scene import survey
from tests.checks.computer import NOW, FakeHost, out

RESTIC = "/usr/bin/restic -r s3:s3.example/b backup /home"
HOME = {"/home/yuki/a": ""}
RUNNING = {"/run/systemd/system/x": "", "/usr/bin/systemctl": ""}


def systemd_time(moment: datetime) -> str:
    return moment.strftime("%a %Y-%m-%d %H:%M:%S UTC")


@dataclass
class Unit:
    """One timer and its service, as ``systemctl`` tells of them."""

    name: str
    command: str
    timer_state: str = "enabled"
    active: str = "active"
    result: str = "success"
    exited: datetime | None = None
    status: str = "0"
    condition: str = "yes"
    condition_at: datetime | None = NOW
    ignore_errors: str = "no"
    calendar: str = "*-*-* 02:00:00"
    environment: str = ""
    user: str = ""

    def timer(self) -> str:
        return (
            f"Id={self.name}.timer\nLoadState=loaded\nUnitFileState={self.timer_state}\n"
            f"ActiveState={self.active}\nUnit={self.name}.service\n"
            f"TimersCalendar={{ OnCalendar={self.calendar} ; next_elapse=(null) }}\n"
        )

    def service(self) -> str:
        exited = systemd_time(self.exited) if self.exited else ""
        condition = systemd_time(self.condition_at) if self.condition_at else ""
        path = self.command.split(" ", maxsplit=1)[0]
        return (
            f"Id={self.name}.service\nLoadState=loaded\nResult={self.result}\n"
            f"ExecMainStartTimestamp={exited}\nExecMainExitTimestamp={exited}\n"
            f"ExecMainStatus={self.status}\nConditionResult={self.condition}\n"
            f"ConditionTimestamp={condition}\nUser={self.user}\nEnvironment={self.environment}\n"
            f"ExecStart={{ path={path} ; argv[]={self.command} ; "
            f"ignore_errors={self.ignore_errors} ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; "
            "code=(null) ; status=0/0 }\n"
        )


def systemctl(*units: Unit, last: datetime = NOW) -> dict[str, CommandResult]:
    """Commands of a FakeHost for these units; LAST is always recent, as in the traps."""
    micro = int(last.timestamp()) * 1_000_000
    listed = [
        {"next": micro, "left": micro, "last": micro, "passed": micro,
         "unit": f"{unit.name}.timer", "activates": f"{unit.name}.service"}
        for unit in units
    ]  # fmt: skip
    timers = " ".join(f"{unit.name}.timer" for unit in units)
    services = " ".join(sorted(f"{unit.name}.service" for unit in units))
    by_name = sorted(units, key=lambda unit: f"{unit.name}.service")
    return {
        "systemctl list-timers": out(json.dumps(listed)),
        f"systemctl show {timers}": out("\n".join(unit.timer() for unit in units)),
        f"systemctl show {services}": out("\n".join(unit.service() for unit in by_name)),
    }


def journal(*entries: dict[str, object]) -> CommandResult:
    """What ``journalctl --output=json`` prints."""
    return out("\n".join(json.dumps(entry) for entry in entries))


def ended(service: str, run: str, moment: datetime, *, ok: bool = True) -> dict[str, object]:
    """systemd's word at the end of a run."""
    entry: dict[str, object] = {
        "__REALTIME_TIMESTAMP": str(int(moment.timestamp()) * 1_000_000), "UNIT": service,
        "INVOCATION_ID": run, "_SYSTEMD_UNIT": "init.scope",
        "MESSAGE_ID": "7ad2d189f7e94e70a38c781354912448" if ok
        else "d9b373ed55a64feb8242e02dbe79a49c",
        "MESSAGE": f"{service}: Deactivated successfully." if ok else f"{service}: Failed",
    }  # fmt: skip
    return entry if ok else entry | {"UNIT_RESULT": "exit-code"}


def printed_by(service: str, run: str, moment: datetime, text: str) -> dict[str, object]:
    """A line of the service itself."""
    return {
        "__REALTIME_TIMESTAMP": str(int(moment.timestamp()) * 1_000_000),
        "_SYSTEMD_UNIT": service, "_SYSTEMD_INVOCATION_ID": run, "MESSAGE": text,
    }  # fmt: skip


def job_done(service: str, run: str, moment: datetime) -> dict[str, object]:
    """JOB_RESULT=done: also written when the unit was skipped."""
    return {
        "__REALTIME_TIMESTAMP": str(int(moment.timestamp()) * 1_000_000), "UNIT": service,
        "INVOCATION_ID": run, "JOB_RESULT": "done",
        "MESSAGE_ID": "39f53479d3a045ac8e11786248231fbf", "MESSAGE": f"Finished {service}.",
    }  # fmt: skip


def seen(
    unit: Unit, words: CommandResult | None = None, files: dict[str, str] | None = None
) -> BackupSurvey:
    """Survey a computer whose only job this is, with these words in its journal."""
    commands = systemctl(unit) | {"journalctl": words or out("")}
    return survey(FakeHost(RUNNING | HOME | (files or {}), commands))
