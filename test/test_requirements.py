"""Every requirement is used, every import of others is declared, and extras that texts name are there."""

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

MODULES = {
    "pyyaml": "yaml", "pillow": "PIL", "pin": "pinocchio", "opencv-python-headless": "cv2", "python-can": "can",
    "pyserial": "serial", "rsl-rl-lib": "rsl_rl", "onnxruntime-gpu": "onnxruntime", "mujoco-mjx": "mujoco.mjx",
    "rerun-sdk": "rerun", "evdev-binary": "evdev",
    "mcap-ros2-support": "mcap_ros2",
}  # fmt: skip
"""Modules of distributions that are called otherwise."""
USED_OTHERWISE = {
    "example-robot-data": ("urdf/go2/robot.yaml", "example-robot-data"),
    "pycollada": ("skill_stack/monitor/robot_meshes.py", "trimesh.load"),  # which reads .dae by it
    "fast-simplification": ("skill_stack/monitor/robot_meshes.py", "simplify_quadric_decimation"),  # of trimesh
    "tensorboard": ("skill_stack/training/learners/run_log.py", "torch.utils.tensorboard"),
    "ros-action-msgs": ("skill_stack/nodes/planner_node.py", "ActionServer"),  # whose messages are made of them
    "pytest-timeout": ("pyproject.toml", "timeout"),
    "pytest-xdist": ("Makefile", "--dist loadfile"),
    "mkdocs": ("Makefile", "mkdocs build"),
    "mkdocs-material": ("mkdocs.yml", "name: material"),
    "mkdocstrings": ("mkdocs.yml", "mkdocstrings:"),
    "pymdown-extensions": ("mkdocs.yml", "pymdownx.superfences"),
    "ruff": ("pyproject.toml", "[tool.ruff]"),
    "mypy": ("pyproject.toml", "[tool.mypy]"),
    "vermin": ("test/test_python_versions.py", '"vermin"'),
    "uv": ("test/test_constraints.py", '"uv"'),
    "types-PyYAML": ("pyproject.toml", "[tool.mypy]"),
}
"""Requirements that no line imports: the file, and what in it needs them."""
WITH_ROS = {
    "launch", "launch_ros", "rcl_interfaces", "tf2_msgs", "skill_stack_interfaces", "nav2_msgs",
    "controller_manager_msgs", "sros2", "vision_msgs",
}  # fmt: skip
"""Modules that a ROS install has, or that are built at set-up."""
WITH_OTHERS = {"pydantic_core"}
"""Modules of packages that another one brings in the version that it needs."""
BUILD = {"setuptools"}


def table(name: str) -> object:
    for node in ast.parse((ROOT / "setup.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return ast.literal_eval(node.value)
    raise KeyError(name)


def bare(requirement: str) -> str:
    return re.split(r"[\s\[<>=!;#]", requirement)[0]


EXTRAS = {extra: [bare(need) for need in needs] for extra, needs in table("EXTRAS").items()}
RUNNING = {bare(need) for need in table("REQUIREMENTS")}
DECLARED = RUNNING | {need for needs in EXTRAS.values() for need in needs}


def module_of(distribution: str) -> str:
    return MODULES.get(distribution, distribution.removeprefix("ros-").replace("-", "_"))


def imported_in(path: Path) -> set[str]:
    """Modules of others that a file imports, in full; also by ``import_module`` and ``importorskip``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            if ast.unparse(node.func).endswith(("import_module", "importorskip")):
                found.add(str(node.args[0].value))
    own = {*sys.stdlib_module_names, "skill_stack", "test"}
    return {name for name in found if name.split(".")[0] not in own}


@cache
def imported_below(folder: str) -> frozenset[str]:
    return frozenset(name for path in (ROOT / folder).rglob("*.py") for name in imported_in(path))


def imported(*folders: str) -> frozenset[str]:
    return frozenset[str]().union(*map(imported_below, folders))


def test_every_requirement_is_imported_or_used_as_said() -> None:
    names = imported("skill_stack", "launch", "test")
    unused = set()
    for need in DECLARED - set(USED_OTHERWISE):
        module = module_of(need)
        if not any(name == module or name.startswith(f"{module}.") for name in names):
            unused.add(need)
    assert unused == set(), "nothing imports these: take them out of setup.py"


@pytest.mark.parametrize("need", sorted(USED_OTHERWISE))
def test_what_is_used_without_an_import_is_really_used(need) -> None:
    assert need in DECLARED
    file, what = USED_OTHERWISE[need]
    assert what in (ROOT / file).read_text(encoding="utf-8")


def test_what_runs_needs_nothing_that_only_tests_bring() -> None:
    """Requirements that the package alone has to bring are imported by it, not by tests alone."""
    names = {name.split(".")[0] for name in imported("skill_stack", "launch")}
    running = {need for extra, needs in EXTRAS.items() if extra != "dev" for need in needs} | RUNNING
    only_tests = {need for need in running - set(USED_OTHERWISE) if module_of(need).split(".")[0] not in names}
    assert only_tests == set(), "tests alone import these: they belong into the extra dev"


def test_every_import_of_others_is_declared() -> None:
    declared = {module_of(need).split(".")[0] for need in DECLARED} | WITH_ROS | WITH_OTHERS
    undeclared = {name.split(".")[0] for name in imported("skill_stack", "launch", "examples")} - declared
    assert undeclared == set(), "declare these in setup.py"
    beside = {path.stem for path in (ROOT / "test").rglob("*.py")} | {path.name for path in (ROOT / "test").rglob("*")}
    beside |= {path.stem for path in (ROOT / "packaging").glob("*.py")}
    assert {name.split(".")[0] for name in imported("test")} - declared - beside - BUILD == set()


def test_extras_that_texts_name_are_there() -> None:
    texts = [ROOT / "README.md", ROOT / "Makefile", *(ROOT / "docs").rglob("*.md"), *(ROOT / "test").rglob("*.py")]
    texts += [path for folder in ("skill_stack", "packaging") for path in (ROOT / folder).rglob("*.py")]
    for path in texts:
        text = path.read_text(encoding="utf-8")
        named = {one for found in re.findall(r"EXTRAS=([\w-]+(?:,[\w-]+)*)", text) for one in found.split(",")}
        named |= set(re.findall(r"[Ee]xtra `+([\w-]+)`", text)) | set(re.findall(r"extra '([\w-]+)'", text))
        named |= {one for found in re.findall(r"pip install '\.\[([\w,-]+)\]'", text) for one in found.split(",")}
        assert named <= set(EXTRAS), path
        assert not re.search(r"pip install '?skill.stack\b", text), f"{path}: it is in no package index"


def test_what_a_ros_install_brings_is_imported() -> None:
    """package.xml names no package that nothing needs."""
    xml = (ROOT / "package.xml").read_text(encoding="utf-8")
    needed = set(re.findall(r"<(?:exec_)?depend>([\w-]+)</", xml))
    ros = {name for name in needed if not name.startswith("python3-")} - {"action_msgs"}
    names = {name.split(".")[0] for name in imported("skill_stack", "launch")}
    assert ros - names == set()
    python = {name.removeprefix("python3-").replace("-", "_") for name in needed if name.startswith("python3-")}
    assert {{"pil": "PIL"}.get(name, name) for name in python} - names == set()
