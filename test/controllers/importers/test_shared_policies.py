"""Real exports of other projects, where they lie beside the project: they walk as far as their trainers' tools say."""

import dataclasses
from pathlib import Path

import pytest

from skill_stack.controllers.importers.network_fold import fold
from skill_stack.controllers.importers.registry import read
from skill_stack.controllers.importers.skill_folder import NewSkill, write
from skill_stack.core.data_file import read_yaml
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.line.line import Line
from skill_stack.runtime.policy_check.skill_trial import line_for_trial

ROOT = Path(__file__).parents[3]
POLICIES = ROOT.parent / "shared" / "policies"
SECONDS = 8.0
FLOOR = {"name": "floor", "description": "Nothing but a floor.", "start": [0.0, 0.0, 0.0], "size": [50.0, 50.0],
         "wall_height": 0.0, "objects": []}  # fmt: skip

pytestmark = pytest.mark.skipif(not POLICIES.is_dir(), reason="the policies of other projects are not beside this one")


def _folding(robot):
    """Folds as the import does; all of these policies can be."""

    def folded(model, manifest):
        made = fold(model, manifest, robot, model.parent)
        assert made.manifest.folded is not None, made.note
        return made.manifest

    return folded


@pytest.mark.parametrize(
    ("body", "path", "preset", "speed", "distance"),
    [
        ("g1", "unitree_rl_lab/g1_velocity", None, 0.5, 3.7),
        ("g1", "unitree_rl_mjlab/g1_velocity", None, 0.5, 3.4),
        ("g1", "holosoma/ppo_g1_29dof.onnx", "holosoma_g1_loco", 0.5, 2.8),
        ("go1", "mujoco_playground/go1_policy.onnx", "mujoco_playground_go1", 0.8, 6.4),
        ("g1", "ASAP/g1_loco", None, 0.5, 3.2),  # nobody states a distance for this one: it is that of this project
    ],
)
def test_a_robot_walks_as_far_as_it_should(tmp_path, body, path, preset, speed, distance) -> None:
    """Distances are those that were measured with their own conventions by hand, in 8 s; here all runs on estimates."""
    resources = Resources((tmp_path, *Resources.from_environment({}).roots), tmp_path)
    robot = load_robot(resources.robot(body), resources)
    draft = read(POLICIES / path, robot)
    if preset:
        draft = draft.with_(read_yaml(ROOT / "config" / "importers" / f"{preset}.yaml"))
    manifest = draft.manifest()
    write(draft, manifest, NewSkill("foreign_walk", body), tmp_path / "models" / body, fold=_folding(robot))
    library = load_library(resources, robot)
    spec = library["foreign_walk"]
    library.entries["foreign_walk"] = dataclasses.replace(
        library.entries["foreign_walk"], spec=spec.model_copy(update={"timeout": SECONDS})
    )
    hung = dict(zip(manifest.joint_names, manifest.default_joint_pos))
    file = tmp_path / "floor.yaml"
    file.write_text(str(FLOOR))
    line = Line(robot, library, set_up(load_scene(file), 0), pose="default", hung=hung)
    result = line.run_skill("foreign_walk", {"vx": speed, "vy": 0.0, "wz": 0.0})
    truth = line.device.truth()
    assert result.outcome == "succeeded", result
    assert not truth.fallen
    assert truth.position[0] == pytest.approx(distance, rel=0.1)


def _turn_cube(tmp_path, seed, noise):
    """Asks for both goals, one after the other: how each ended, when, and how far the cube is below the base."""
    resources = Resources((tmp_path, *Resources.from_environment({}).roots), tmp_path)
    robot = load_robot(resources.robot("leap"), resources)
    if not (tmp_path / "models").exists():
        draft = read(POLICIES / "mujoco_playground" / "leap_reorient_policy.onnx", robot)
        draft = draft.with_(read_yaml(ROOT / "config" / "importers" / "mujoco_playground_leap.yaml"))
        new = NewSkill("turn_cube", "leap", stance="hold_hand", part="hand")
        write(draft, draft.manifest(), new, tmp_path / "models" / "leap", fold=_folding(robot))
    setup = set_up(load_scene(resources.scene("cube_in_hand")), seed).model_copy(update={"noise": noise})
    line = line_for_trial(robot, load_library(resources, robot), setup, "turn_cube")
    ended = [line.run_skill("turn_cube", goal).outcome for goal in ({"pitch": 1.25}, {"yaw": 1.0})]
    return ended, line.now, robot.fixed.xyz[2] - line.device.data.body("cube").xpos[2]


def test_a_hand_turns_a_cube_to_two_goals_and_keeps_it(tmp_path) -> None:
    """A cube that is tracked without noise reaches both, whatever the seed."""
    for seed in (0, 1):
        ended, seconds, below = _turn_cube(tmp_path, seed, noise=0.0)
        assert ended == ["succeeded", "succeeded"] and seconds <= 8.0 and below < 0.05


def test_a_hand_turns_a_cube_that_is_tracked_with_noise(tmp_path) -> None:
    """Half of the seeds reach both within the 20 s in which their trainer's tool reached two (which ones depends on the
    last digits of a processor's arithmetic), so that one of ten does; none drops the cube."""
    for seed in range(10):
        ended, seconds, below = _turn_cube(tmp_path, seed, noise=1.0)
        assert below < 0.05
        if ended == ["succeeded", "succeeded"] and seconds <= 20.0:
            return
    pytest.fail("no seed of ten reached both goals")
