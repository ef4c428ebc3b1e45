"""Bacula's three daemons on loopback, in a folder of their own, driven by its console."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.lab.daemon import daemon, program

SCHEMA = Path("/usr/share/dbconfig-common/data/bacula-director-sqlite3/install/sqlite3")
DIRECTOR, CLIENT, STORAGE = 29101, 29102, 29103

DIRECTOR_CONF = """
Director {{
  Name = lab-dir
  DIRport = {director}
  QueryFile = "/etc/bacula/scripts/query.sql"
  WorkingDirectory = "{root}/var/lib/bacula"
  PidDirectory = "{root}/run"
  Password = "console secret"   # quoted {{ # }} on purpose
  Messages = Standard
  DirAddress = 127.0.0.1
}}
JobDefs {{
  Name = "Default Job"
  Type = Backup
  Level = Full
  Client = lab-fd
  File Set = "Papers"
  Schedule = "Nightly"
  Storage = Shelf
  Messages = Standard
  Pool = Shelf
}}
Job {{ Name = "Papers"; JobDefs = "Default Job" }}
Job {{
  Name = "CheckPapers"; Type = Verify; Level = VolumeToCatalog; JobDefs = "Default Job"
  Verify Job = "Papers"
}}
Job {{
  Name = "RestorePapers"; Type = Restore; JobDefs = "Default Job"
  Where = "{root}/restored"
}}
FileSet {{
  Name = "Papers"
  Include {{
    Options {{ signature = MD5 }}
    File = {root}/data
  }}
  Exclude {{ File = {root}/data/none }}
}}
Schedule {{
  Name = "Nightly"
  Run = Full 1st sun at 23:05
  Run = Incremental mon-sat at 23:05
}}
Client {{
  Name = lab-fd; Address = 127.0.0.1; FDPort = {client}; Catalog = Lab; Password = "client secret"
}}
Storage {{
  Name = Shelf; Address = {storage_address}; SDPort = {storage}; Password = "storage secret"
  Device = Shelf; Media Type = File
}}
Catalog {{ Name = Lab; dbname = "bacula"; dbuser = ""; dbpassword = "" }}
Messages {{ Name = Standard; append = "{root}/var/log/bacula/bacula.log" = all, !skipped
  catalog = all }}
Pool {{ Name = Shelf; Pool Type = Backup; Label Format = "Shelf-"; Volume Retention = 60 days }}
"""

CLIENT_CONF = """
Director {{ Name = lab-dir; Password = "client secret" }}
FileDaemon {{
  Name = lab-fd; FDport = {client}; FDAddress = 127.0.0.1
  WorkingDirectory = "{root}/var/lib/bacula"; Pid Directory = "{root}/run"
}}
Messages {{ Name = Standard; director = lab-dir = all, !skipped, !restored }}
"""

STORAGE_CONF = """
Storage {{
  Name = lab-sd; SDPort = {storage}; SDAddress = 127.0.0.1
  WorkingDirectory = "{root}/var/lib/bacula"; Pid Directory = "{root}/run"
}}
Director {{ Name = lab-dir; Password = "storage secret" }}
Device {{
  Name = Shelf; Media Type = File; Archive Device = {root}/shelf; LabelMedia = yes
  Random Access = Yes; AutomaticMount = yes; RemovableMedia = no; AlwaysOpen = no
}}
Messages {{ Name = Standard; director = lab-dir = all }}
"""

CONSOLE_CONF = """
Director {{
  Name = lab-dir; DIRport = {director}; address = 127.0.0.1; Password = "console secret"
}}
"""


class Bacula:
    """The running daemons and their console."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "real"
        for name in ("real", "run", "shelf", "var/lib/bacula", "var/log/bacula", "restored"):
            (root / name).mkdir(parents=True, exist_ok=True)
        texts = {"dir": DIRECTOR_CONF, "fd": CLIENT_CONF, "sd": STORAGE_CONF,
                 "console": CONSOLE_CONF}  # fmt: skip
        for name, text in texts.items():
            self.conf(name).write_text(filled(text, str(root)), "utf-8")

    def conf(self, name: str) -> Path:
        return self.folder / f"{name}.conf"

    def say(self, *lines: str) -> str:
        """Give the console its commands and return what it printed."""
        done = subprocess.run(
            (program("bconsole"), "-c", str(self.conf("console"))), check=True, timeout=40,
            input="\n".join((*lines, "wait", "quit", "")), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return done.stdout


def filled(text: str, root: str, storage_address: str = "127.0.0.1") -> str:
    return text.format(
        root=root, director=DIRECTOR, client=CLIENT, storage=STORAGE,
        storage_address=storage_address,
    )  # fmt: skip


@contextlib.contextmanager
def bacula(root: Path, zone: str = "UTC") -> Iterator[Bacula]:
    """Make a catalogue, start the daemons in the foreground and end them again."""
    made = Bacula(root)
    with sqlite3.connect(root / "var/lib/bacula/bacula.db") as catalogue:
        catalogue.executescript(SCHEMA.read_text("utf-8"))
    catalogue.close()
    env = {"PATH": os.environ["PATH"], "TZ": zone}
    with contextlib.ExitStack() as running:
        for name, port in (("sd", STORAGE), ("fd", CLIENT), ("dir", DIRECTOR)):
            argv = (program(f"bacula-{name}"), "-f", "-c", str(made.conf(name)))
            log = made.folder / f"{name}.out"
            running.enter_context(daemon(argv, "127.0.0.1", port, log=log, env=env))
        yield made
