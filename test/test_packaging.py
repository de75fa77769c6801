"""The package as a whole: metadata, entry points, interfaces and the environment builder agree with each other."""

import ast
import configparser
import importlib
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import ModuleType

import numpy
import pytest

import skill_stack

ROOT = Path(__file__).resolve().parents[1]
INTERFACES = ROOT / "skill_stack_interfaces"
TF2_MSGS = ROOT / "packaging" / "tf2_msgs"
DEFINITIONS = sorted(path for kind in ("msg", "srv", "action") for path in (INTERFACES / kind).iterdir())


def setup_table(name: str) -> object:
    """Returns one literal table of setup.py."""
    for node in ast.parse((ROOT / "setup.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return ast.literal_eval(node.value)
    raise KeyError(name)


def entry_points() -> list[tuple[str, str]]:
    """Returns the commands that setup.py declares, with what they call."""
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    return re.findall(r'"([\w-]+) = (skill_stack[\w.]+:\w+)"', text)


def package_xml(folder: Path) -> ElementTree.Element:
    """Returns the parsed package.xml of a folder."""
    return ElementTree.parse(folder / "package.xml").getroot()


def declared(xml: ElementTree.Element) -> set[str]:
    """Returns the packages that a package.xml says are needed to run."""
    return {str(tag.text) for kind in ("depend", "exec_depend") for tag in xml.findall(kind)}


def bare(requirement: str) -> str:
    """Returns the name of a requirement, without version and extras; empty for a comment."""
    return re.split(r"[\s\[<>=!#]", requirement)[0]


@pytest.mark.parametrize("folder", [ROOT, INTERFACES, TF2_MSGS], ids=["skill_stack", "interfaces", "tf2_msgs"])
def test_package_xml_is_format_3_and_complete(folder: Path) -> None:
    xml = package_xml(folder)
    assert xml.get("format") == "3"
    for tag in ("name", "version", "description", "maintainer", "license"):
        assert xml.findtext(tag), f"{folder.name}/package.xml has no {tag}"
    assert xml.findtext("license") == "Apache-2.0"


def test_versions_agree() -> None:
    assert package_xml(ROOT).findtext("version") == skill_stack.__version__
    assert metadata.version("skill_stack") == skill_stack.__version__
    project = (INTERFACES / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{package_xml(INTERFACES).findtext("version")}"' in project
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {skill_stack.__version__}" in changelog


def test_names_and_build_types_are_what_colcon_expects() -> None:
    assert package_xml(ROOT).findtext("name") == "skill_stack"
    assert package_xml(ROOT).findtext("export/build_type") == "ament_python"
    assert package_xml(INTERFACES).findtext("export/build_type") == "ament_cmake"
    assert (ROOT / "resource" / "skill_stack").is_file()
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert config["install"]["install_scripts"] == "$base/lib/skill_stack"
    assert config["develop"]["script_dir"] == "$base/lib/skill_stack"


def test_colcon_never_sees_the_tf2_msgs_of_pip() -> None:
    assert (TF2_MSGS / "COLCON_IGNORE").is_file()


def test_package_xml_names_the_ros_packages_that_the_code_imports() -> None:
    imported = set()
    for path in (ROOT / "skill_stack" / "nodes").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                imported.add(node.module.split(".")[0])
    ros = {name for name in imported if name.endswith(("_msgs", "_srvs", "_interfaces")) or name == "rclpy"}
    assert ros - declared(package_xml(ROOT)) == set()
    extra = {bare(need).removeprefix("ros-").replace("-", "_") for need in setup_table("EXTRAS")["ros"]}
    assert ros - extra - {"skill_stack_interfaces", "tf2_msgs", "rcl_interfaces"} == set()


def test_rosdep_and_pip_together_bring_every_requirement_of_a_ros_install() -> None:
    lines = (ROOT / "packaging" / "requirements-colcon.txt").read_text("utf-8").splitlines()
    of_ros = {"pin": "pinocchio", "py_trees": "py_trees"}  # pip's pinocchio wants numpy 2, ROS's what apt has
    needed = {need for need in setup_table("REQUIREMENTS") if bare(need) not in of_ros}
    needed |= {need for extra in ("hands", "perception", "words") for need in setup_table("EXTRAS")[extra]}
    assert {line for line in lines if not line.startswith("#")} == needed
    assert set(of_ros.values()) <= declared(package_xml(ROOT))


def test_every_interface_is_generated() -> None:
    listed = re.findall(r'"((?:msg|srv|action)/\w+\.\w+)"', (INTERFACES / "CMakeLists.txt").read_text(encoding="utf-8"))
    assert sorted(listed) == [path.relative_to(INTERFACES).as_posix() for path in DEFINITIONS]


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)
def test_every_field_says_what_it_means(path: Path) -> None:
    fields = re.findall(r"^[\w/]+(?:\[\])? [a-z]\w* *(?!=)(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert fields
    assert all(comment.startswith("# ") for comment in fields)


def test_no_field_is_a_keyword_of_cpp_or_python() -> None:
    reserved = {"operator", "class", "default", "delete", "new", "template", "this", "private", "public", "register"}
    reserved |= {"from", "import", "lambda", "is", "in", "not", "pass", "def", "global", "None"}
    text = "\n".join(path.read_text(encoding="utf-8") for path in DEFINITIONS)
    fields = re.findall(r"^[\w/]+(?:\[\])? (\w+)", text, re.MULTILINE)
    assert len(fields) > 80
    assert reserved & set(fields) == set()


def test_all_commands_are_declared() -> None:
    assert {name for name, _ in entry_points()} == {
        *("skill-stack", "planner_node", "connector_node", "controller_node", "scene_node"),
        *("lifecycle_manager", "prompt_node", "monitor_node", "control_process", "supervisor", "simulator"),
        *("unitree_bridge", "ros2_control_bridge", "policy_worker", "perception_node", "balls_node"),
        *("sim_camera", "recorder_node"),
    }


@pytest.mark.parametrize(("command", "target"), entry_points())
def test_every_command_has_a_function_to_call(command: str, target: str) -> None:
    module, function = target.split(":")
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        path = ROOT.joinpath(*module.split("."), "__init__.py")
    assert path.is_file(), f"{command} wants {module}"
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    assert function in names, f"{module} has no {function}()"


def test_the_command_lies_beside_python_and_helps() -> None:
    command = Path(sys.executable).parent / "skill-stack"
    assert command.is_file()
    shown = subprocess.run([command, "--help"], capture_output=True, text=True, timeout=30, check=False)
    assert shown.returncode == 0, shown.stderr
    for verb in ("demo", "up", "say", "plan", "skills", "check"):
        assert verb in shown.stdout


def test_an_unknown_verb_is_refused() -> None:
    command = Path(sys.executable).parent / "skill-stack"
    shown = subprocess.run([command, "levitate"], capture_output=True, text=True, timeout=30, check=False)
    assert shown.returncode != 0
    assert "demo" in shown.stderr


def test_torch_is_needed_for_training_alone() -> None:
    extras = setup_table("EXTRAS")
    with_torch = {extra for extra, needs in extras.items() if any(need.startswith("torch") for need in needs)}
    assert with_torch == {"train"}
    assert not any(need.startswith("torch") for need in setup_table("REQUIREMENTS"))


def run_setup(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the environment builder of this checkout."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    base = getattr(sys, "_base_executable", sys.executable)
    command = [base, str(ROOT / "packaging" / "setup_env.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)


def test_the_builder_names_the_known_extras() -> None:
    shown = run_setup("--extras", "ros,teleport")
    assert shown.returncode == 1
    assert "teleport" in shown.stderr and "unitree" in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("target", "setup setup-tests demo test test-all mutants lint docs bench clean help".split())
def test_make_knows(target: str) -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    assert f"make {target} " in shown.stdout


@pytest.fixture
def checks(tmp_path: Path) -> Callable[..., tuple[int, list[str]]]:
    """Runs ``make test`` where every tool is a stand-in with the exit code that is given; also what was called."""
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "setup_env.py").write_text("")
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    two = 'case "$*" in *"not e2e"*) exit $BESIDE;; esac; exit $ALONE'
    ends = {"ruff": "exit $RUFF", "mypy": "exit $MYPY", "python": two}
    for name, end in ends.items():
        (tools / name).write_text(f'#!/bin/sh\necho {name} "$@" >> calls\n{end}\n')
        (tools / name).chmod(0o755)

    def run(target: str, *arguments: str, **codes: int) -> tuple[int, list[str]]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        known = {name: str(codes.get(name, 0)) for name in ("RUFF", "MYPY", "BESIDE", "ALONE")}
        (tmp_path / "calls").unlink(missing_ok=True)
        command = ["make", target, f"PYTHON={sys.executable}", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=clean | known, capture_output=True, text=True, timeout=60)
        return done.returncode, (tmp_path / "calls").read_text().splitlines()

    return run


@pytest.mark.parametrize("fails", ["RUFF", "MYPY", "BESIDE", "ALONE"])
def test_every_check_runs_and_any_failure_counts(checks: Callable, fails: str) -> None:
    code, called = checks("test", **{fails: 1})
    assert code != 0 and len(called) == 4
    assert checks("test")[0] == 0


def test_a_phase_without_a_test_is_no_failure_but_two_are(checks: Callable) -> None:
    assert checks("test", BESIDE=5)[0] == checks("test", ALONE=5)[0] == 0
    assert checks("test", BESIDE=5, ALONE=5)[0] != 0


def test_arguments_reach_both_phases_and_long_tests_are_left_to_test_all(checks: Callable) -> None:
    called = [line for line in checks("test", "ARGS=-k 'a or b'")[1] if "pytest" in line]  # mypy runs beside them
    assert len(called) == 2 and all(line.endswith("-k a or b") and "not slow" in line for line in called)
    assert not any("slow" in line for line in checks("test-all")[1])


def test_continuous_integration_is_system_packages_and_make_test() -> None:
    lines = [line.strip() for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()]
    assert "pip install" not in "\n".join(lines)
    assert [line for line in lines if line.startswith("make")] == ["make test"]


def build(folder: Path, kind: str, into: Path) -> Path:
    """Builds a distribution of a source tree with the setuptools of this Python; returns its file."""
    code = f"from setuptools import build_meta; print('made', build_meta.build_{kind}({str(into)!r}))"
    made = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    return into / made.stdout.split("made ")[-1].strip()


def test_a_wheel_that_is_made_of_the_sdist_plans_when_installed(tmp_path: Path) -> None:
    tree, unpacked, venv = tmp_path / "tree", tmp_path / "unpacked", tmp_path / "venv"
    left_out = (".*", "build", "install", "log", "dist", "test", "docs", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*left_out))
    shutil.unpack_archive(build(tree, "sdist", tmp_path), unpacked)
    wheel = build(next(unpacked.iterdir()), "wheel", tmp_path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=60)
    python = venv / "bin" / "python"
    foreign = ("PYTHON", "SKILL_STACK", "AMENT")  # what leads to this checkout
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    clean["HOME"] = str(tmp_path)  # whose overlay is empty
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--no-compile", wheel]
    subprocess.run(pip, env=clean, check=True, timeout=120)
    site = next((venv / "lib").glob("python*/site-packages"))
    (site / "requirements.pth").write_text(str(Path(numpy.__file__).parents[1]))
    run = {"cwd": tmp_path, "env": clean, "capture_output": True, "text": True, "timeout": 60}
    shown = subprocess.run([venv / "bin" / "skill-stack", "plan", "walk to the red ball"], **run)
    assert shown.stdout.startswith("plan: I will go to the red ball."), shown.stderr
    where = subprocess.run([python, "-c", "import skill_stack as s; print(s.__file__, s.__version__)"], **run)
    assert where.stdout.split() == [str(site / "skill_stack" / "__init__.py"), skill_stack.__version__]


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The environment builder, as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    return importlib.import_module("setup_env")


def test_uv_is_told_what_pip_is_configured_for(builder: ModuleType) -> None:
    listed = "\n".join([
        ":env:.find-links='/opt/of this'",
        "global.cert='/etc/ssl/ca.crt'",
        "global.extra-index-url='file:///a file:///b'",
        "global.find-links='/opt/old'",
        "install.no-warn-script-location='true'",
        "trouble",
    ])  # fmt: skip
    assert importlib.import_module("installer").uv_settings(listed) == {
        "SSL_CERT_FILE": "/etc/ssl/ca.crt",
        "UV_FIND_LINKS": "/opt/of,this",
        "UV_INDEX": "file:///a file:///b",
    }


class Recorded:
    """Steps that only remember their commands; those of uv fail."""

    def __init__(self, stopped: bool) -> None:
        self.stopped = stopped
        self.titles: list[str] = []

    def run(self, title: str, command: list[object], **_: object) -> None:
        self.titles.append(title)
        if str(command[0]).endswith("uv"):
            raise importlib.import_module("steps").StepFailed("no such index")


def test_where_uv_fails_pip_installs_but_not_after_an_interruption(builder: ModuleType, tmp_path: Path) -> None:
    steps = Recorded(stopped=False)
    builder.Installer(steps, tmp_path).install("install packages", tmp_path, ["numpy"])
    assert steps.titles == ["install packages", "install packages by pip"]
    steps = Recorded(stopped=True)
    with pytest.raises(Exception, match="no such index"):
        builder.Installer(steps, tmp_path).install("install packages", tmp_path, ["numpy"])
    assert steps.titles == ["install packages"]


def test_what_was_installed_is_read_back_and_spoilt_stamps_count_as_none(builder: ModuleType, tmp_path: Path) -> None:
    stamp = tmp_path / "packages.stamp"
    installed = builder.Installed("/here", (3, 12), frozenset({"numpy>=1", "torch"}))
    assert builder.Installed.read(stamp) is None
    stamp.write_text(installed.text(), encoding="utf-8")
    assert builder.Installed.read(stamp) == installed
    for spoilt in ("1a2b3c4d", "[]", "{}", '{"place": 1, "python": 3, "needs": null}', "\0"):
        stamp.write_text(spoilt, encoding="utf-8")
        assert builder.Installed.read(stamp) is None


def test_the_tests_bring_what_they_import_and_demos_bring_no_more_than_they_need(builder: ModuleType) -> None:
    for_tests = "\n".join(builder.requirements([*builder.RUN_EXTRAS, *builder.TEST_EXTRAS]))
    for package in ("torch", "rsl-rl-lib", "jax", "mink", "tokenizers", "pyrealsense2", "selenium", "up-pyperplan"):
        assert package in for_tests
    for_demos = "\n".join(builder.requirements(list(builder.RUN_EXTRAS)))
    for package in ("torch", "jax", "pytest", "ruff", "up-pyperplan"):
        assert package not in for_demos


def test_one_distribution_of_ros_is_chosen_and_its_interfaces_are_its_own(builder: ModuleType) -> None:
    for ros, other in (("jazzy", "kilted"), ("kilted", "jazzy")):
        needs = builder.requirements(list(builder.RUN_EXTRAS), ros)
        assert builder.ROS[ros] in needs and builder.ROS[other] not in needs
        assert builder.wheel_of("a", INTERFACES, ros) != builder.wheel_of("a", INTERFACES, other)
    assert builder.ROS.keys() == builder.GENERATORS.keys()
    shown = run_setup("--ros", "foxy")
    assert shown.returncode == 2 and "jazzy" in shown.stderr
