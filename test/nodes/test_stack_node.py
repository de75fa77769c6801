"""What every lifecycle node of the stack keeps to."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

rclpy = pytest.importorskip("rclpy")

import skill_stack.nodes  # noqa: E402  (after the check that there is ROS)
from skill_stack.nodes.stack_node import StackNode  # noqa: E402

MODULES = sorted(path.stem for path in Path(skill_stack.nodes.__file__).parent.glob("*_node.py"))


def _assigned(kind: type) -> set[str]:
    """Names of a class's own attributes, as its methods assign them."""
    tree = ast.parse(inspect.getsource(kind))
    stored = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    return {n.attr for n in stored if isinstance(n.value, ast.Name) and n.value.id == "self"}


def _kinds() -> list[type]:
    found = [vars(import_module(f"skill_stack.nodes.{module}")).values() for module in MODULES]
    kinds = {one for values in found for one in values if inspect.isclass(one) and issubclass(one, StackNode)}
    return sorted(kinds, key=lambda one: one.__name__)


@pytest.fixture(scope="module")
def owned() -> set[str]:
    """Attributes that a node of ROS keeps for itself."""
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.node.Node("bare", context=context)
    try:
        return set(vars(node))
    finally:
        node.destroy_node()
        rclpy.shutdown(context=context)


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_no_node_overwrites_what_ros_keeps_for_itself(kind: type, owned: set[str]) -> None:
    """A node that overwrote ``_timers`` lost the timer that says that it lives, and was ended every half minute."""
    assert {"_timers", "_publishers"} <= owned
    assert not _assigned(kind) & owned
