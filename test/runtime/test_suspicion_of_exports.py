"""Real exports of other projects, where they lie beside the project, misread on purpose: the mistake is named first."""

from pathlib import Path

import pytest

from skill_stack.controllers.importers.registry import read
from skill_stack.controllers.importers.skill_folder import NewSkill, write
from skill_stack.core.data_file import read_yaml
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.runtime.policy_check.convention_check import suspects

ROOT = Path(__file__).parents[2]
POLICIES = ROOT.parent / "shared" / "policies"
LAB = ("g1", "unitree_rl_lab/g1_velocity", None, 0.5)
GO1 = ("go1", "mujoco_playground/go1_policy.onnx", "mujoco_playground_go1", 0.8)

pytestmark = pytest.mark.skipif(not POLICIES.is_dir(), reason="the policies of other projects are not beside this one")


def robots_order(manifest, robot):
    """Joints taken to be in the robot's order, where Isaac Lab counts them from the base outwards."""
    return {"joint_names": tuple(name for name in robot.joint_names if name in manifest.joint_names)}


def newest_first(manifest, robot):
    """A history the wrong way round."""
    return {"inputs": tuple(entry.model_copy(update={"order": "newest_first"}) for entry in manifest.inputs)}


def gravity_up(manifest, robot):
    """Gravity with the other sign."""
    terms = [entry.model_copy(update={"terms": tuple(_up(term) for term in entry.terms)}) for entry in manifest.inputs]
    return {"inputs": tuple(terms)}


def _up(term):
    return term.model_copy(update={"params": {"up": True}}) if term.term == "projected_gravity" else term


def softer(manifest, robot):
    """Gains of a tenth."""
    return {key: tuple(0.1 * value for value in getattr(manifest, key)) for key in ("stiffness", "damping")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("export", "misread", "named"),
    [
        (LAB, robots_order, "joint order: by distance from the base, as in Isaac Lab"),
        (LAB, newest_first, "history: the other order"),
        (GO1, gravity_up, "gravity: the opposite sign"),
        (GO1, softer, "gains: those of the robot"),
    ],
)
def test_the_mistake_is_named_first(tmp_path, bare_floor, export, misread, named) -> None:
    body, path, preset, speed = export
    resources = Resources((tmp_path, *Resources.from_environment({}).roots), tmp_path)
    robot = load_robot(resources.robot(body), resources)
    draft = read(POLICIES / path, robot)
    if preset:
        draft = draft.with_(read_yaml(ROOT / "config" / "importers" / f"{preset}.yaml"))
    manifest = draft.manifest()
    wrong = manifest.model_copy(update=misread(manifest, robot))
    assert wrong != manifest
    write(draft, wrong, NewSkill("foreign_walk", body), tmp_path / "models" / body)
    found = suspects(robot, load_library(resources, robot), bare_floor, "foreign_walk", {"vx": speed, "vy": 0.0})
    assert found[0].what == named and found[0].stood == 3.0
