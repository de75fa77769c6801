"""The systemd unit and the container recipe: their structure, and that they say what the stack needs."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
UNIT = ROOT / "packaging" / "systemd" / "skill-stack@.service"
RECIPE = ROOT / "packaging" / "jetson"
KEYWORDS = {"ARG", "FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "ENTRYPOINT", "CMD"}


def unit() -> configparser.ConfigParser:
    """Parses the unit; a key that stands there twice counts with its last value."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(UNIT, encoding="utf-8")
    return parser


def instructions() -> list[tuple[str, str]]:
    """Returns the Dockerfile's instructions, continued lines joined."""
    text = (RECIPE / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


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


def test_the_recipe_is_made_of_known_instructions_in_order():
    found = instructions()
    words = [word for word, _ in found]
    assert set(words) <= KEYWORDS
    assert words[:2] == ["ARG", "FROM"] and words.count("FROM") == 1 and words[-2:] == ["ENTRYPOINT", "CMD"]
    assert words.index("USER") > words.index("COPY")  # what runs is not root
    installs = next(rest for word, rest in found if word == "RUN" and "pip install" in rest)
    assert "hands" in installs and "unitree" in installs


def test_the_container_has_what_the_stack_needs_and_no_more():
    stack = yaml.safe_load((RECIPE / "compose.yaml").read_text(encoding="utf-8"))["services"]["stack"]
    assert stack["stop_signal"] == "SIGINT" and stack["network_mode"] == stack["ipc"] == "host"
    assert not stack.get("privileged") and set(stack["cap_add"]) == {"SYS_NICE", "IPC_LOCK"}
    assert stack["command"][0] == "up"


def test_the_page_says_that_nobody_has_tried_it():
    text = (ROOT / "docs" / "hardware" / "jetson.md").read_text(encoding="utf-8")
    assert "never" in text.splitlines()[2] and text.index("In an emergency") < text.index("As a service")
    assert "Not tried" in (RECIPE / "Dockerfile").read_text(encoding="utf-8")
