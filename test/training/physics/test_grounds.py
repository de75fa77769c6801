"""Worlds of a training whose ground is not flat."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import mujoco
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.world.scene_file import FloorPatch  # noqa: E402
from skill_stack.hardware.mujoco.mujoco_model import build_model  # noqa: E402
from skill_stack.training import train as training  # noqa: E402
from skill_stack.training.physics.environment import WalkEnvironment  # noqa: E402
from skill_stack.training.physics.grounds import Grounds  # noqa: E402
from skill_stack.training.tasks.ground_task import GroundTask  # noqa: E402
from skill_stack.training.tasks.mirror import MirrorMap  # noqa: E402
from skill_stack.training.tasks.task import TrainingTask, load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
ROBOT = load_robot(ROOT / "urdf" / "go2")
RAMP = (
    FloorPatch(position=(2.65, 0.0), size=(3.0, 4.0), height=0.388, rise=0.2618),
    FloorPatch(position=(5.1, 0.0), size=(2.0, 4.0), height=0.776),
)
STEP = (FloorPatch(position=(2.0, 0.5), yaw=0.4, size=(1.0, 2.0), height=0.1),)
GROUND = GroundTask(courses=(RAMP, STEP), scale=(0.0, 1.0), worlds=10, along=(-0.5, 3.0), heading=0.8)


@pytest.fixture(scope="module")
def grounds() -> Grounds:
    return Grounds(GROUND, partial(build_model, ROBOT, bare=True))


@pytest.fixture(scope="module")
def task() -> TrainingTask:
    shipped = load_task(ROOT / "models" / "go2" / "walk")
    ppo = shipped.ppo.model_copy(update={"robots": 12, "steps": 4, "mini_batches": 2})
    return shipped.model_copy(update={"ppo": ppo, "ground": GROUND, "bare": True})


def test_heights_are_those_that_feet_meet(grounds: Grounds) -> None:
    """Rays of the compiled worlds, the ones that robots are stepped in, are the truth."""
    rng = np.random.default_rng(0)
    points = np.stack([rng.uniform(-1.0, 7.0, (10, 60)), rng.uniform(-2.5, 2.5, (10, 60))], axis=-1)
    heights = grounds.heights(np.arange(10), points)
    hit = np.zeros_like(heights)
    for world, model in enumerate(grounds.models):
        data = mujoco.MjData(model)
        data.qpos[0] = -50.0  # the robot is out of the way
        mujoco.mj_forward(model, data)
        for number, (x, y) in enumerate(points[world]):
            ray, geom = mujoco.mj_ray, np.zeros(1, np.int32)
            far = ray(model, data, np.array([x, y, 5.0]), np.array([0.0, 0.0, -1.0]), None, 1, -1, geom)
            hit[world, number] = 5.0 - far
    assert (np.abs(heights - hit) < 1e-3).mean() > 0.995  # points right at an edge may be on either side
    assert heights.max() == pytest.approx(0.776, abs=0.01) and (heights[:2] < 0.01).all()


def test_higher_ground_comes_when_lower_ground_is_passed(grounds: Grounds) -> None:
    rng = np.random.default_rng(0)

    def highest() -> float:
        return float(max(grounds._scales[grounds.draw(rng)] for _ in range(60)))

    assert highest() < 0.3
    low = np.flatnonzero(grounds._scales < 0.2)
    for _ in range(40):
        grounds.report(np.repeat(low, 10), np.ones(10 * len(low), dtype=bool))
    assert 0.2 < highest() < 0.5
    for _ in range(40):
        grounds.report(np.repeat(np.arange(10), 10), np.ones(100, dtype=bool))
    assert highest() == 1.0
    for _ in range(80):
        grounds.report(np.repeat(low, 10), np.zeros(10 * len(low), dtype=bool))
    assert highest() < 0.3, "who fails on low ground gets no higher one"


def test_robots_start_on_the_ground_and_are_judged_over_it(task: TrainingTask) -> None:
    environment = WalkEnvironment(ROBOT, task, 0)
    assert environment.grounds is not None
    environment.grounds.needs.success[:] = 1.0  # every world is open
    for place in range(12):
        environment._physics.replace(place, environment.robots.redraw(place))
    environment.restart()
    environment.commands.level = 0.0  # no pushes
    assert len(set(environment.robots.world.tolist())) > 3
    fallen, heights = 0, []
    for _ in range(8):
        done = environment.step(torch.zeros(12, 12))[2]
        fallen += int(done.sum())
        heights.append(environment._height_over_ground())
    assert fallen == 0, "no robot starts inside a step or above the ground"
    assert environment.state.base_position[:, 2].max() > 0.4, "some stand high on the ramp"
    assert np.abs(np.array(heights) - ROBOT.stand_height).max() < 0.07


def test_the_critic_alone_sees_the_ground_and_it_has_a_mirror_image(task: TrainingTask) -> None:
    flat = WalkEnvironment(ROBOT, task.model_copy(update={"ground": None}), 0)
    uneven = WalkEnvironment(ROBOT, task, 0)
    sizes = [env.get_observations() for env in (flat, uneven)]
    assert sizes[0]["actor"].shape == sizes[1]["actor"].shape
    assert sizes[1]["critic"].shape[1] - sizes[0]["critic"].shape[1] == 12
    mirror = MirrorMap(ROBOT, uneven.nominal, uneven.contract, uneven.privileged)
    seen = sizes[1]["critic"]
    once = mirror.groups["critic"](seen)
    assert torch.equal(mirror.groups["critic"](once), seen)
    assert torch.equal(once[:, -12:].reshape(-1, 3, 4)[:, :, [1, 0, 3, 2]], seen[:, -12:].reshape(-1, 3, 4))


def test_physics_with_one_floor_for_all_is_refused(task: TrainingTask) -> None:
    with pytest.raises(DataError, match="--physics mujoco"):
        WalkEnvironment(ROBOT, task, 0, lambda *_: None)  # type: ignore[arg-type, return-value]


def test_a_run_begins_as_its_predecessor(task: TrainingTask, tmp_path: Path) -> None:
    """The exported network, not a new one, is what the first checkpoint holds."""
    pytest.importorskip("onnx", reason="needs the extra 'train'")
    from skill_stack.training.export import exported_network
    from skill_stack.training.learners.learner import read_checkpoint

    walk = ROOT / "models" / "go2" / "walk" / "policy.onnx"
    training.train(ROBOT, task, tmp_path, 0.001, 1, report=lambda _: None, predecessor=walk)
    taught, old = read_checkpoint(tmp_path / "taught.pt")["actor_state_dict"], exported_network(walk).state_dict()
    assert all(torch.equal(taught[f"mlp.{name}"], value) for name, value in old.items())
    narrow = task.model_copy(update={"ppo": task.ppo.model_copy(update={"hidden": (16, 16)})})
    with pytest.raises(DataError, match="does not fit the task"):
        training.train(ROBOT, narrow, tmp_path, 0.001, 1, report=lambda _: None, predecessor=walk)


def test_swings_clear_the_highest_stretch_of_their_world() -> None:
    shipped = load_task(ROOT / "models" / "go2" / "gait_latent")
    assert shipped.ground is not None
    ground = shipped.ground.model_copy(update={"worlds": 6})
    ppo = shipped.ppo.model_copy(update={"robots": 8})
    environment = WalkEnvironment(ROBOT, shipped.model_copy(update={"ppo": ppo, "ground": ground, "bare": True}), 1)
    assert environment.grounds is not None
    told = environment.commands.command[:, environment.contract.command_names.index("swing_height")]
    assert (told >= environment.grounds.highest(environment.robots.world) + ground.clear["swing_height"] - 1e-9).all()
