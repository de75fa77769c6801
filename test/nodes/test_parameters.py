"""Parameters of the nodes: described, and a change works or is refused with the reason."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

rclpy = pytest.importorskip("rclpy")

from rclpy.parameter import Parameter  # noqa: E402

from skill_stack.connector.settings import AT_CONFIGURE, AT_ONCE, ConnectorSettings  # noqa: E402
from skill_stack.core.data_file import read_yaml  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.nodes import connector_node, scene_node  # noqa: E402
from skill_stack.nodes.controller_node import ControllerNode  # noqa: E402
from skill_stack.nodes.lifecycle.parameters import FILE, NodeParameter, parameters_of  # noqa: E402
from skill_stack.nodes.lifecycle_manager import LifecycleManager  # noqa: E402
from skill_stack.nodes.monitor_node import MonitorNode  # noqa: E402
from skill_stack.nodes.perception_node import PerceptionNode  # noqa: E402
from skill_stack.nodes.planner_node import PlannerNode  # noqa: E402
from skill_stack.perception.perception_pipeline import BUDGET  # noqa: E402

ROWS = [(node, name) for node in read_yaml(FILE) for name in parameters_of(node)]
KINDS = [
    connector_node.ConnectorNode, ControllerNode, LifecycleManager, MonitorNode, PerceptionNode, PlannerNode,
    scene_node.SceneNode,
]  # fmt: skip
UNIT = re.compile(r"\b(s|m|m/s|rad|rad/s|Hz|kg)\b|Share of|coefficient")


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable]:
    """Makes a node in a process that was started with the given parameters."""
    monkeypatch.setitem(os.environ, "SKILL_STACK_OVERLAY", str(tmp_path))
    nodes = []

    def make(kind: type, **values: str) -> object:
        given = [word for name, value in values.items() for word in ("-p", f"{name}:={value}")]
        rclpy.init(args=["--ros-args", "-r", "__ns:=/parameters", *given])
        nodes.append(kind())
        return nodes[-1]

    yield make
    for node in nodes:
        if hasattr(node, "close"):
            node.close()
        if hasattr(node, "block"):
            node.block.unlink(missing_ok=True)
        node.destroy_node()
    rclpy.try_shutdown()


def change(node: object, **values: object) -> str:
    """Sets parameters as ``ros2 param set`` does; the reason of a refusal."""
    result = node.set_parameters_atomically([Parameter(name, value=value) for name, value in values.items()])
    assert bool(result.reason) != result.successful
    return result.reason


@pytest.mark.parametrize(("node", "name"), ROWS, ids=[f"{node}-{name}" for node, name in ROWS])
def test_every_parameter_says_what_it_is_in_which_unit_and_when_it_counts(node: str, name: str) -> None:
    known = parameters_of(node)[name]
    said = known.descriptor
    assert said.description and said.additional_constraints
    assert said.read_only == (known.counts == "start")
    assert not known.problem(known.default)
    if isinstance(known.default, float):
        assert UNIT.search(said.description), "a number without a unit"
        assert known.above is not None or known.least is not None, "a number without a limit"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_node_declares_what_the_table_says_and_nothing_else(start: Callable, kind: type) -> None:
    node = start(kind, autostart="false")
    own = parameters_of(node.get_name())
    assert own
    for name, known in own.items():
        assert node.describe_parameter(name).description == known.text
    undescribed = {name for name in node._parameters if not node.describe_parameter(name).description}
    assert undescribed <= {"use_sim_time", "start_type_description_service"}  # rclpy's own


def test_the_settings_of_the_connector_are_its_parameters() -> None:
    table = parameters_of("connector")
    assert set(ConnectorSettings.model_fields) < set(table)
    assert AT_ONCE | AT_CONFIGURE < set(ConnectorSettings.model_fields)
    for name, value in ConnectorSettings().model_dump().items():
        assert table[name].default == value
        wrong = next((one for one in (-1.0, "nosuch") if table[name].problem(one)), None)
        if wrong is not None:  # the table refuses nothing less than the model
            with pytest.raises(ValidationError):
                ConnectorSettings(**{name: wrong})
    assert table["speed"].above == 0 and table["clearance"].least == 0 and table["choosing"].choices


def test_the_default_budget_is_that_of_perception() -> None:
    assert parameters_of("perception")["budget"].default == BUDGET


def test_settings_of_a_running_connector_change_or_are_refused(start: Callable) -> None:
    node = start(connector_node.ConnectorNode, robot="go2")
    assert node.trigger_configure() is not None
    main = node._connector._main
    assert change(node, speed=0.4) == ""
    assert main._settings.speed == main._maker.settings.speed == node._settings.speed == 0.4
    assert change(node, rate=10.0, teleop_timeout=0.2, grid_age=2.0, clearance=0.3) == ""
    assert node._period == pytest.approx(0.1)
    assert (main._teleop.timeout, main._surroundings.age_limit) == (0.2, 2.0)
    assert main._surroundings.keep == pytest.approx(main._robot.footprint.side + 0.3)
    for values, why in (
        ({"speed": -1.0}, "speed: -1 is not greater than 0"),
        ({"speed": float("nan")}, "speed: must be finite"),
        ({"clearance": -0.1}, "clearance: -0.1 is less than 0"),
        ({"teleop_skill": "nosuch"}, "teleop_skill: 'nosuch' is no skill of this robot"),
        ({"choosing": "best"}, "choosing: read when the node is configured; first: ros2 lifecycle set "),
        ({"robot": "nosuch"}, "Trying to set a read-only parameter: robot."),
        ({"speed": "fast"}, "Wrong parameter type"),
        ({"speed": 0.5, "turn_speed": -1.0}, "turn_speed: -1 is not greater than 0"),
    ):
        assert change(node, **values).startswith(why)
    assert node._settings.speed == 0.4, "what is refused changes nothing"


def test_what_is_read_at_configure_can_be_set_before(start: Callable) -> None:
    node = start(scene_node.SceneNode, robot="go2")
    assert change(node, stated=False) == ""
    node.trigger_configure()
    assert not any(thing.kind != "place" for thing in node._graph.objects.values())
    assert "ros2 lifecycle set /parameters/scene deactivate" in change(node, stated=True)
    node.trigger_cleanup()
    assert change(node, stated=True) == ""


def test_a_rate_changes_the_timer_that_runs(start: Callable) -> None:
    node = start(ControllerNode, robot="go2")
    node.trigger_configure()
    node.trigger_activate()
    periods = {timer.timer_period_ns for timer in node.timers}
    assert int(1e9 / 50) in periods
    assert change(node, rate=10.0) == ""
    assert int(1e9 / 10) in {timer.timer_period_ns for timer in node.timers}
    assert "out of range" in change(node, rate=0.0)
    node.trigger_deactivate()
    assert change(node, rate=20.0) == ""  # the timer is gone
    node.trigger_activate()
    assert int(1e9 / 20) in {timer.timer_period_ns for timer in node.timers}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"speed": "-1.0"}, r"parameter 'speed' of node connector: .*-1 is not greater than 0"),
        ({"speed": "quick"}, r"parameter 'speed' of node connector: "),
        ({"pace": "slow"}, r"parameter 'pace' of node connector: .*'slow' is none of real_time, lock_step"),
    ],
)
def test_a_wrong_value_at_the_start_is_told_with_its_name(start: Callable, values: dict, why: str) -> None:
    with pytest.raises(DataError, match=why):
        start(connector_node.ConnectorNode, robot="go2", **values)


def test_a_list_has_the_length_that_it_needs() -> None:
    known = NodeParameter(default=[0.0, 0.0, 0.0], text="pose, m", counts="configured", length=3)
    assert known.problem([1.0, 2.0]) == "must have 3 elements, not 2"
    assert known.problem([1.0, float("inf"), 2.0]) == "must be finite"
    assert not known.problem([1.0, 2.0, 3.0])
