"""The connector sends coefficients for what is known of the robot, and prefers adapters where they are needed."""

import numpy as np
import pytest

from skill_stack.connector.connector import Connector
from skill_stack.connector.paths.localization import Localization
from skill_stack.connector.selection.known import track_record
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.selection.skill_options import suited
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.adapter_part import BodyCondition
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillRequest
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph
from test.connector.conftest import ORIGIN, ROOT, FakeController, go2_library, velocity_skill

PART = {
    "base": "walk",
    "base_sha256": "0" * 64,
    "largest_sum": 1.5,
    "conditions": [
        {"goal": "payload", "property": "added_mass", "none": 0.0, "full": 8.0},
        {"goal": "weak", "property": "motor_strength", "none": 0.9, "full": 0.5},
        {"goal": "low", "property": "base_height", "none": 0.3, "full": 0.2},
    ],
}


@pytest.fixture
def library() -> SkillLibrary:
    plain = velocity_skill("walk_adapted", True, []).model_dump(exclude_none=True)
    plain |= {"realises": "walk", "policy": {**plain["policy"], "adapters": PART}}
    specs = [entry.spec for entry in go2_library().entries.values()]
    return SkillLibrary.from_specs("go2", [*specs, SkillSpec.model_validate(plain)])


def chosen(library: SkillLibrary, skill: str, condition: BodyCondition, seeds: int = 5) -> set[str]:
    """Names of what is chosen for a request over some draws."""
    arguments = {"target": "ball"} if skill == "go_to" else {}
    found = set()
    for seed in range(seeds):
        observer = RunObserver(track_record(library, ()), np.random.default_rng(seed), lambda: 1.0)
        way = observer.choose(SkillRequest("r/1", skill, arguments), suited(library, condition), SceneGraph(), None)
        found.add(way.name)
    return found


@pytest.mark.parametrize(("skill", "other"), [("walk", "walk_adapted"), ("go_to", "go_to on walk_adapted")])
def test_adapters_are_chosen_where_they_are_needed_and_only_there(library, skill, other) -> None:
    assert chosen(library, skill, BodyCondition()) == {skill}
    assert chosen(library, skill, BodyCondition(0.0, 1.0, 1.0)) == {skill}
    assert chosen(library, skill, BodyCondition(added_mass=6.0)) == {other}
    assert chosen(library, skill, BodyCondition(base_height=0.25)) == {other}


@pytest.fixture
def send(library):
    """Sends a request to a standing robot; the setpoint that the controller gets, and what is said of it."""

    def sent(settings: ConnectorSettings, skill: str = "walk_adapted", **arguments):
        connector = Connector(load_robot(ROOT / "urdf" / "go2"), library, settings, Localization(ORIGIN, "test"))
        controller = FakeController(library, mode=ControlMode.ACTIVE, skill="stand")
        status, scene = controller.status(), SceneGraph()
        connector.start(SkillRequest("r/1", skill, {"vx": 0.3, **arguments}), scene, 0.0)
        for _ in range(5):
            cycle = connector.update(status, scene)
            status = controller.tick(cycle.setpoint)
        return cycle.setpoint, connector

    return sent


def test_what_the_deployment_states_becomes_coefficients(send) -> None:
    setpoint, connector = send(ConnectorSettings(payload=4.0, motor_strength=0.8))
    assert setpoint.skills[0].skill == "walk_adapted"
    assert setpoint.goals == pytest.approx({"vx": 0.3, "vy": 0.0, "wz": 0.0, "payload": 0.5, "weak": 0.25, "low": 0.0})
    assert connector.untrained == ""


def test_a_manner_that_is_asked_for_becomes_a_coefficient(send) -> None:
    assert send(ConnectorSettings(base_height=0.26))[0].goals["low"] == pytest.approx(0.4)
    setpoint, connector = send(ConnectorSettings(base_height=0.1))
    assert setpoint.goals["low"] == 1.0 and "base_height = 0.1 is beyond 0.2" in connector.untrained


def test_a_new_value_counts_at_once(send) -> None:
    _, connector = send(ConnectorSettings())
    connector.adjust(ConnectorSettings(payload=8.0))
    controller = FakeController(connector._library, mode=ControlMode.ACTIVE, skill="walk_adapted", time=0.2)
    cycle = connector.update(controller.status(), SceneGraph())
    assert cycle.setpoint.goals["payload"] == 1.0


def test_more_than_was_trained_is_bounded_and_said(send) -> None:
    setpoint, connector = send(ConnectorSettings(payload=20.0, motor_strength=0.3))
    assert setpoint.goals["payload"] == setpoint.goals["weak"] == pytest.approx(0.75)
    assert "beyond 8" in connector.untrained and "reduced to 1.5" in connector.untrained


def test_a_skill_without_adapters_gets_no_coefficients(send) -> None:
    setpoint, connector = send(ConnectorSettings(payload=20.0), skill="walk")
    assert set(setpoint.goals) == {"vx", "vy", "wz"} and connector.untrained == ""
