"""docs/ros.md and the nodes' code agree on topics, services, actions and parameters: names, types, QoS, defaults."""

import ast
import importlib
import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.data_file import read_yaml

pytest.importorskip("rclpy", reason="needs ROS")

from skill_stack.nodes.lifecycle.parameters import EVERY, FILE, parameters_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ros.md").read_text(encoding="utf-8")
MAKERS = {
    "create_publisher": "topic", "subscribe": "topic", "subscribe_raw": "topic", "ActionServer": "action",
    "ActionClient": "action", "serve": "service", "create_client": "service",
}  # fmt: skip
NOT_OF_THE_STACK = (
    "border", "message_fuzz", "bench_probe", "unitree_ros_link", "ros2_control_link", "ros_camera", "camera_view",
    "hand_mirror", "body_mirror", "joy_pad",
)  # fmt: skip
"""Modules with names of benchmarks, of other people's nodes, or that a user gives."""
IN_A_LOOP = {
    "cmd_vel": ("geometry_msgs/Twist", "connector_node", "subscribe(self, kind, topic, twist, take, ANY_SENDER)"),
    "cmd_vel_local": ("geometry_msgs/Twist", "connector_node", 'subscribe(self, Twist, f"cmd_vel_{source}"'),
    "cmd_vel_network": ("geometry_msgs/Twist", "connector_node", 'subscribe(self, Twist, f"cmd_vel_{source}"'),
    "image_raw": ("sensor_msgs/Image", "perception_node", '"camera/image_raw"'),
    "depth": ("sensor_msgs/Image", "perception_node", '"camera/depth"'),
    "overlay": ("sensor_msgs/Image", "perception_node", '"perception/overlay"'),
    "touch/<sensor>": ("geometry_msgs/WrenchStamped", "views/robot_topics", 'f"touch/{sensor.name}"'),
    "stop": ("std_srvs/Trigger", "controller_node", "serve(self, Trigger, kind"),
    "estop": ("std_srvs/Trigger", "controller_node", "serve(self, Trigger, kind"),
    "reset": ("std_srvs/Trigger", "controller_node", "serve(self, Trigger, kind"),
}
"""Names that are put together at run time: their types, and what the code has of them."""
STANDARD = {"get_state", "change_state"}  # of every lifecycle node
QOS = {
    ("RELIABLE", 20, "VOLATILE"): "stream",
    ("RELIABLE", 1, "VOLATILE"): "newest",
    ("RELIABLE", 100, "VOLATILE"): "reliable, keep last 100",
    ("RELIABLE", 1, "TRANSIENT_LOCAL"): "latched",
    ("RELIABLE", 100, "TRANSIENT_LOCAL"): "latched, keep last 100",
    ("BEST_EFFORT", 1, "VOLATILE"): "best effort, keep last 1",
    ("BEST_EFFORT", 100, "VOLATILE"): "best effort, keep last 100",
}


def qos_word(given) -> str:
    """A profile in the page's words."""
    if isinstance(given, int):
        return str(given)
    durability = given.durability.name if given.durability.name == "TRANSIENT_LOCAL" else "VOLATILE"
    return QOS[given.reliability.name, given.depth, durability]


def name_of(path: Path) -> str:
    """Dotted name of a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def made() -> dict[tuple[str, str], dict[str, set]]:
    """What the nodes make, by kind and name: its types, the QoS of publishers and of subscriptions, and files."""
    found: dict = defaultdict(lambda: defaultdict(set))
    for path in sorted((ROOT / "skill_stack" / "nodes").rglob("*.py")):
        if path.stem in NOT_OF_THE_STACK:
            continue
        module = None
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            maker = ast.unparse(call.func).split(".")[-1] if isinstance(call, ast.Call) else ""
            if maker not in MAKERS:
                continue
            module = module or importlib.import_module(name_of(path))
            kind, arguments = MAKERS[maker], call.args[not maker.startswith("create") :]  # the node comes first
            name = value_of(arguments[1], module)
            if name is None:
                continue
            one = found[kind, name.split("/")[-1] if not name.startswith("/") else name]
            one["types"].add(type_name(value_of(arguments[0], module)))
            one["files"].add(path.stem)
            if kind == "topic":
                place = {"create_publisher": 2, "subscribe_raw": 3, "subscribe": 4}[maker]
                one["make" if place == 2 else "take"].add(qos_word(value_of(arguments[place], module)))
    return found


def value_of(node: ast.expr, module):
    """A constant, or what a name stands for in a module; None for what is put together at run time.

    Of a type that may not be installed it is its name: ``interface_type(NAME)``. ``newest(count)`` counts as newest.
    """
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "newest":
        return module.newest(1)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "interface_type":
        return value_of(node.args[0], module)
    if isinstance(node, ast.Constant):
        return node.value
    return getattr(module, node.id, None) if isinstance(node, ast.Name) else None


def type_name(kind) -> str:
    """``package/Name`` of a message, service or action, or of its full name."""
    if isinstance(kind, str):
        return "/".join(kind.split("/")[::2])
    return f"{kind.__module__.split('.')[0]}/{kind.__name__}"


def rows(title: str) -> list[list[str]]:
    """Cells of the table under a heading."""
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def ticked(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


TOPICS = {name: (ticked(kind)[0], qos) for names, kind, qos, _ in rows("Topics") for name in ticked(names)}
SERVICES = {name: ticked(kind)[0] for names, kind, *_ in rows("Services and actions") for name in ticked(names)}


def test_there_is_something_to_compare() -> None:
    assert len(made()) > 35 and len(TOPICS) > 30 and len(SERVICES) == 8


def test_every_topic_of_the_code_is_on_the_page_with_its_type() -> None:
    of_code = {name: one["types"] for (kind, name), one in made().items() if kind == "topic"}
    assert {name: {TOPICS[name][0]} if name in TOPICS else {"not on the page"} for name in of_code} == of_code


def test_every_topic_of_the_page_is_in_the_code() -> None:
    of_code = {name for kind, name in made() if kind == "topic"}
    assert set(TOPICS) - of_code <= set(IN_A_LOOP)


@pytest.mark.parametrize("name", IN_A_LOOP)
def test_names_that_are_put_together_are_as_the_page_says(name) -> None:
    kind, module, text = IN_A_LOOP[name]
    assert text in (ROOT / "skill_stack" / "nodes" / f"{module}.py").read_text("utf-8")
    assert (SERVICES[name] if name in SERVICES else TOPICS[name][0]) == kind


def test_qos_is_as_the_page_says() -> None:
    """That of the publisher comes first; a subscription that takes more is named too.

    Not of topics whose other end is put together at run time.
    """
    wrong = {}
    for (kind, name), one in made().items():
        if kind == "topic" and name in TOPICS and name not in IN_A_LOOP:
            known, told = one["make"] or one["take"], TOPICS[name][1]
            takes_more = any(word.startswith("best effort") for word in one["take"]) or name == "cmd_vel_remote"
            if not any(told.startswith(word) for word in known) or takes_more != ("best effort" in told):
                wrong[name] = (told, known)
    assert wrong == {}


def test_services_and_actions_agree() -> None:
    of_code = {name: one["types"] for (kind, name), one in made().items() if kind != "topic" and name not in STANDARD}
    assert set(of_code) | (set(SERVICES) & set(IN_A_LOOP)) == set(SERVICES)
    assert {name: {SERVICES[name]} for name in of_code} == of_code
    actions = {name for kind, name in made() if kind == "action"}
    told = [cells for cells in rows("Services and actions") if cells[1].startswith("action ")]
    assert {name for names, *_ in told for name in ticked(names)} == actions


@pytest.mark.parametrize("kind", ["msg", "srv", "action"])
def test_the_page_names_every_interface_that_is_not_a_part_of_another(kind) -> None:
    parts = {
        "NamedValue", "PlanNode", "SceneFact", "SceneObject", "SkillRequest", "SkillState", "SkillWeight", "TaughtFact",
    }  # fmt: skip
    found = {path.stem for path in (ROOT / "skill_stack_interfaces" / kind).iterdir()} - parts
    assert [name for name in sorted(found) if f"skill_stack_interfaces/{name}" not in PAGE] == []
    named = set(re.findall(r"`skill_stack_interfaces/(\w+)`", PAGE))
    folders = [ROOT / "skill_stack_interfaces" / each for each in ("msg", "srv", "action")]
    there = {path.stem for folder in folders for path in folder.iterdir()}
    assert named - there == set()


@cache
def parameters() -> dict[str, dict[str, object]]:
    """Defaults of every node's own parameters, by the node's name."""
    nodes = read_yaml(FILE).keys() - {EVERY}
    return {node: {name: one.default for name, one in parameters_of(node).items()} for node in nodes}


def told_parameters() -> dict[str, dict[str, str]]:
    """The page's defaults as texts, by node and parameter."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    node = ""
    for first, names, defaults, _ in rows("Parameters"):
        node = first or node
        values = [defaults] if len(ticked(names)) == 1 else re.split(r", ", defaults)
        found[node] |= dict(zip(ticked(names), values, strict=True)) if ticked(names) else {}
    return found


def with_connector_status(value: object) -> str:
    """A default as the page writes it."""
    if isinstance(value, str):
        return f"`{value}`" if value else "empty"
    if isinstance(value, list) and value and isinstance(value[0], float):
        return f"`{[int(one) for one in value]}`"
    return (", ".join(value) or "empty") if isinstance(value, list) else json.dumps(value)


@pytest.mark.parametrize("node", sorted(told_parameters()))
def test_defaults_are_those_of_the_code(node) -> None:
    told, own = told_parameters()[node], parameters()[node]
    assert {name: with_connector_status(own[name]) for name in told if name in own} == told


def test_every_parameter_is_on_the_page() -> None:
    """Those of the connector's settings are in the file that the page names."""
    told, own = told_parameters(), parameters()
    assert set(own) == set(told)
    missing = {node: sorted(set(names) - set(told[node])) for node, names in own.items() if node != "connector"}
    assert {node: names for node, names in missing.items() if names} == {}
    assert set(own["connector"]) - set(told["connector"]) <= set(ConnectorSettings.model_fields)


def test_every_node_is_in_the_table_of_nodes() -> None:
    named = {name for cells in rows("Nodes and processes") for name in ticked(cells[0])}
    assert set(parameters()) <= named
