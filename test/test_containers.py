"""Container recipe, compose file, dev container and workflow: they parse, and what they name is there."""

import ast
import importlib
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from skill_stack import cli

ROOT = Path(__file__).resolve().parents[1]
CONTAINER = ROOT / "packaging" / "container"
SOURCE = "src/skill_stack/"  # where the recipe copies this tree to
KEYWORDS = {"ARG", "FROM", "ENV", "RUN", "WORKDIR", "COPY", "SHELL", "USER", "ENTRYPOINT", "CMD"}
CONSTRAINTS = {path.stem for path in (ROOT / "packaging" / "constraints").glob("*.txt")}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    text = (CONTAINER / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def services() -> dict[str, dict]:
    return yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))["services"]


def refused(words: list[str]) -> str:
    """Why the command line does not take these words; empty where it does. ``${NAME:-value}`` stands for value."""
    words = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word) for word in words]
    if words[0] not in cli.VERBS:
        return f"no verb {words[0]}"
    try:
        parser, left = cli.command_line(words[0], words[1:])
        options = parser.parse_args(left)
    except SystemExit:
        return f"not understood: {words}"
    name = getattr(options, "deployment", None)
    there = name is None or (ROOT / "config" / "deployments" / f"{name}.yaml").is_file()
    return "" if there else f"no deployment {name}"


def commands() -> list[list[str]]:
    """Every command of skill-stack in the compose file, the Dockerfile and what they say of themselves."""
    found = [service["command"] for service in services().values()]
    found += [json.loads(rest) for word, rest in instructions() if word == "CMD"]
    for name in ("Dockerfile", "compose.yaml"):
        text = (CONTAINER / name).read_text("utf-8")
        found += [shlex.split(rest) for rest in re.findall(r"run --rm operator (.+)$", text, re.MULTILINE)]
        found += [shlex.split(rest) for rest in re.findall(r"'skill-stack ([^']+)'", text)]
    return found


def test_the_recipe_is_made_of_known_instructions_in_order() -> None:
    words = [word for word, _ in instructions()]
    assert set(words) <= KEYWORDS
    assert words[:3] == ["ARG", "ARG", "FROM"] and words.count("FROM") == 1 and words[-2:] == ["ENTRYPOINT", "CMD"]
    assert words.index("USER") > words.index("COPY"), "what runs is not root"


def test_every_path_that_the_recipe_names_is_there() -> None:
    text = " ".join(rest for word, rest in instructions() if word in ("RUN", "ENV"))
    named = set(re.findall(rf"{SOURCE}([\w./$*-]+)", text))
    assert {"packaging/requirements-colcon.txt", "packaging/constraints/$ROS_DISTRO.txt"} <= named
    fixed = {path for path in named if "$" not in path and "*" not in path}
    assert len(fixed) > 3 and {path for path in fixed if not (ROOT / path).exists()} == set()
    copied = [rest for word, rest in instructions() if word == "COPY"]
    assert copied == [f". {SOURCE.rstrip('/')}"]
    left_out = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert not {path.split("/")[0] for path in fixed} & set(left_out)


def test_build_arguments_are_distributions_with_a_constraint_file() -> None:
    text = (CONTAINER / "Dockerfile").read_text("utf-8")
    asked = set(re.findall(r"ROS_DISTRO=(\w+)", text))
    assert asked and asked <= CONSTRAINTS
    declared = {rest.split("=")[0] for word, rest in instructions() if word == "ARG"}
    pages = text + (ROOT / "docs" / "hardware" / "jetson.md").read_text("utf-8")
    assert set(re.findall(r"--build-arg (\w+)=", pages)) <= declared


def test_commands_are_understood_by_the_command_line() -> None:
    assert len(commands()) > 4
    assert [why for words in commands() if (why := refused(words))] == []


@pytest.mark.parametrize("words", [["levitate"], ["up", "nowhere"], ["up", "go2_sim", "--gravity", "0"]], ids=str)
def test_a_command_that_is_not_understood_is_found(words: list[str]) -> None:
    assert refused(words)


def test_services_end_as_ctrl_c_does_and_ask_for_no_more_than_they_need() -> None:
    found = services()
    assert {name: service["profiles"] for name, service in found.items()} == {name: [name] for name in found}
    assert set(found) == {"simulation", "robot", "operator"}
    for name, service in found.items():
        assert service["stop_signal"] == "SIGINT" and service["network_mode"] == service["ipc"] == "host"
        assert not service.get("privileged") and set(service.get("cap_add", [])) <= {"SYS_NICE", "IPC_LOCK"}
        assert service["environment"]["ROS_AUTOMATIC_DISCOVERY_RANGE"].endswith(":-LOCALHOST}"), name
    assert "cap_add" not in found["operator"] and "volumes" in found["robot"]


@pytest.mark.parametrize("script", ["container/skill-stack", "cyclonedds.sh"])
def test_scripts_are_shell(script: str) -> None:
    path = ROOT / "packaging" / script
    shell = shutil.which(path.read_text("utf-8").splitlines()[0].removeprefix("#!").split()[0])
    assert subprocess.run([shell, "-n", path], capture_output=True, text=True, timeout=30).stderr == ""
    assert re.search(r"^set -eu?$", path.read_text("utf-8"), re.MULTILINE)


def test_the_binding_of_cyclone_dds_is_built_in_the_version_of_the_extra() -> None:
    version = re.search(r"^version=(\S+)", (ROOT / "packaging" / "cyclonedds.sh").read_text("utf-8"), re.MULTILINE)[1]
    assert f'"cyclonedds=={version}"' in (ROOT / "setup.py").read_text("utf-8")


def test_what_is_entered_is_executable() -> None:
    entered = next(json.loads(rest)[0] for word, rest in instructions() if word == "ENTRYPOINT")
    folder = next(
        re.search(rf"PATH=\S*{SOURCE}(\S+):\$PATH", rest)[1] for word, rest in instructions() if "PATH=" in rest
    )
    assert (ROOT / folder / entered).stat().st_mode & 0o111


def make_targets(text: str) -> set[str]:
    return set(re.findall(r"\bmake ([a-z-]+)", text))


def test_the_dev_container_sets_up_with_a_python_that_is_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    version = re.search(r"python:(3)\.(\d+)", told["image"])
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    machine = importlib.import_module("machine")
    assert machine.OLDEST <= (3, int(version[2])) < machine.TOO_NEW
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert make_targets(told["postCreateCommand"]) == {"setup-tests"} <= targets


def test_the_workflow_runs_the_checks_on_every_supported_python(monkeypatch: pytest.MonkeyPatch) -> None:
    told = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yaml").read_text("utf-8"))
    job = told["jobs"]["test"]
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    machine = importlib.import_module("machine")
    supported = [f"3.{minor}" for minor in range(machine.OLDEST[1], machine.TOO_NEW[1])]
    assert job["strategy"]["matrix"]["python-version"] == supported
    oldest = next(
        ast.literal_eval(keyword.value)
        for node in ast.walk(ast.parse((ROOT / "setup.py").read_text("utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "python_requires"
    )
    assert oldest == f">={supported[0]}"
    assert [step["run"] for step in job["steps"] if "make" in step.get("run", "")] == ["make test PYTHON=python"]
    assert told["permissions"] == {"contents": "read"}
    assert all(re.fullmatch(r"actions/(checkout|setup-python)@v\d+", step["uses"]) for step in job["steps"][:2])


def test_pages_say_that_nothing_of_it_has_been_built() -> None:
    text = (ROOT / "docs" / "hardware" / "jetson.md").read_text("utf-8")
    assert "never" in text.splitlines()[2] and text.index("In an emergency") < text.index("As a service")
    assert "Not tried" in (CONTAINER / "Dockerfile").read_text("utf-8")
