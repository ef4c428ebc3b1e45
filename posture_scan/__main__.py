"""``python -m posture_scan`` does what the installed command does."""

from posture_scan.cli.main import run

run()
