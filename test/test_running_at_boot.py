"""The systemd unit: its structure, and that it says what the stack needs."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UNIT = ROOT / "packaging" / "systemd" / "skill-stack@.service"


def unit() -> configparser.ConfigParser:
    """Parses the unit; a key that stands there twice counts with its last value."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(UNIT, encoding="utf-8")
    return parser


def test_the_unit_ends_as_ctrl_c_does_and_does_not_start_for_ever():
    service, about = unit()["Service"], unit()["Unit"]
    assert service["KillSignal"] == "SIGINT" and int(service["TimeoutStopSec"]) >= 10
    assert service["ExecStart"].endswith("skill-stack up %i")
    assert int(service["LimitRTPRIO"]) >= 60  # the supervisor's priority
    assert int(about["StartLimitBurst"]) <= 5 and int(about["StartLimitIntervalSec"]) > 0
    assert service["User"] != "root"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_itself_finds_nothing_wrong_with_the_unit(tmp_path):
    made = tmp_path / "skill-stack@leap.service"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/skill-stack/.venv/bin/skill-stack", "/bin/true")
    made.write_text(text, encoding="utf-8")
    found = subprocess.run(["systemd-analyze", "verify", "--man=no", str(made)], capture_output=True, text=True)
    wrong = ("Unknown", "Invalid", "Failed to parse")
    about_it = [line for line in found.stderr.splitlines() if made.name in line and any(map(line.count, wrong))]
    assert not about_it
