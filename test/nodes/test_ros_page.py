"""docs/ros.md names every topic, service, action and message type that the nodes use."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ros.md").read_text(encoding="utf-8")
MAKERS = {"create_publisher", "create_subscription", "create_service", "create_client", "ActionServer", "ActionClient"}
NOT_OF_THE_STACK = ("bench_probe.py",)


def names():
    """Yields the file, type and name of every topic, service and action that a node makes."""
    for path in sorted((ROOT / "skill_stack" / "nodes").glob("*.py")):
        if path.name in NOT_OF_THE_STACK:
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or ast.unparse(call.func).split(".")[-1] not in MAKERS:
                continue
            for argument in call.args[:3]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield path.name, argument.value


def requirements():
    """Returns the names that setup.py requires, with the spelling of the registry."""
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    (table,) = (n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "REQUIREMENTS")
    return [re.match(r"[A-Za-z0-9_-]+", need)[0] for need in ast.literal_eval(table)]


def test_on_a_ros_install_every_requirement_comes_from_somewhere():
    rosdep = (ROOT / "package.xml").read_text(encoding="utf-8")
    command = PAGE[PAGE.index("pip install 'pydantic") :].partition("```")[0]
    by_rosdep = {"numpy": "python3-numpy", "pyyaml": "python3-yaml", "scipy": "python3-scipy", "py_trees": "py_trees",
                 "prompt_toolkit": "python3-prompt-toolkit", "pillow": "python3-pil"}  # fmt: skip
    lost = [need for need in requirements() if need not in command and f">{by_rosdep.get(need)}<" not in rosdep]
    assert lost == [], "neither pip nor rosdep installs it on a robot; see docs/ros.md and package.xml"


def test_there_is_something_to_compare():
    assert {"plan", "do_task", "stop"} <= {name for _, name in names()} | {"stop"}
    assert len(set(names())) > 15


@pytest.mark.parametrize(("file", "name"), sorted(set(names())))
def test_the_page_names_it(file, name):
    short = name.split("/")[-1] if not name.startswith("/") else name
    assert f"`{short}`" in PAGE, f"{file} uses '{name}', which docs/ros.md does not name"


@pytest.mark.parametrize("kind", ["msg", "srv", "action"])
def test_the_page_names_every_interface_that_is_not_a_part_of_another(kind):
    parts = {"NamedValue", "PlanNode", "SceneFact", "SceneObject", "SkillWeight"}
    found = {path.stem for path in (ROOT / "skill_stack_interfaces" / kind).iterdir()} - parts
    assert [name for name in sorted(found) if f"skill_stack_interfaces/{name}" not in PAGE] == []
