"""One file plays and walks; demonstrations have a mirror; robots of the training are told what they would see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.connector.balls.ball_play import LABELS, TOLD, observe, searching  # noqa: E402
from skill_stack.controllers.policies.policy_contract import PolicyContract  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.skills.skill import load_skill  # noqa: E402
from skill_stack.training.ball_play.demonstrations import Moments, demonstrate  # noqa: E402
from skill_stack.training.ball_play.export import AWAY, export_play, play_contract  # noqa: E402
from skill_stack.training.ball_play.frames import BallFrames, player_network  # noqa: E402
from skill_stack.training.ball_play.learn import playing  # noqa: E402
from skill_stack.training.ball_play.rules import play  # noqa: E402
from skill_stack.training.ball_play.settings import load_play  # noqa: E402
from skill_stack.training.ball_play.worlds import BallWorlds, walker  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "models" / "go2" / "play_ball"
RESOURCES = Resources.from_environment({})
ROBOT = load_robot(ROOT / "urdf" / "go2", RESOURCES)
SETTINGS = load_play(FOLDER)
SOURCE = walker(RESOURCES, ROBOT, SETTINGS)
WALKS = load_task(SOURCE.parent).contract(ROBOT)
RANGES = np.array([WALKS.command_ranges[WALKS.command_names.index(name)] for name in ("vx", "vy", "wz")]).T
torch.set_num_threads(1)


@pytest.fixture(scope="module", params=[True, False], ids=["frames", "as told"])
def made(request, tmp_path_factory):
    """A network of chance as a file with its contract."""
    torch.manual_seed(3)
    network, path = player_network((16,), request.param).eval(), tmp_path_factory.mktemp("ball") / "policy.onnx"
    export_play(SOURCE, WALKS, SETTINGS, network, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return network, session, PolicyContract.from_metadata(session.get_modelmeta().custom_metadata_map)


def seen(contract: PolicyContract, goals: dict[str, float]) -> np.ndarray:
    """An observation of zeros with goal values by name."""
    row = np.zeros((1, contract.observation_size), np.float32)
    begin = sum(contract.observation_sizes[: contract.observation_names.index("velocity_commands")])
    for name, value in goals.items():
        row[0, begin + contract.command_names.index(name)] = value
    return row


def walked(velocity) -> np.ndarray:
    """What the walking network does at velocities in the style of the play."""
    goals = dict(zip(("vx", "vy", "wz"), velocity, strict=True)) | SETTINGS.style
    session = onnxruntime.InferenceSession(str(SOURCE), providers=["CPUExecutionProvider"])
    return session.run(None, {"obs": seen(WALKS, goals)})[0]


def test_the_file_walks_as_its_player_says_and_keeps_clear_by_what_is_added(made) -> None:
    network, session, contract = made
    told = observe(np.array([[0.9, 0.2]]), np.array([[0.3, 0.0]]), np.array([[2.0, 1.0]]), np.array([1]))
    velocity = np.clip(playing(network)(told)[0], *RANGES)
    goals = dict(zip(TOLD, told[0], strict=True))
    found = session.run(None, {"obs": seen(contract, goals)})[0]
    np.testing.assert_allclose(found, walked(velocity), atol=1e-4)
    kept = session.run(None, {"obs": seen(contract, goals | {"vx": -0.2, "vy": 0.1})})[0]
    np.testing.assert_allclose(kept, walked(np.clip(velocity + [-0.2, 0.1, 0.0], *RANGES)), atol=1e-4)


def test_without_a_label_it_stands_whatever_it_is_told(made) -> None:
    _, session, contract = made
    goals = {"ball_ahead": 1.0, "ball_vx": -1.0, "goal_aside": 2.0}
    np.testing.assert_allclose(session.run(None, {"obs": seen(contract, goals)})[0], walked([0.0] * 3), atol=1e-4)
    row = np.array([[goals.get(name, 0.0) for name in contract.command_names]])
    kicks = row + [name == "kick" for name in contract.command_names]
    assert not contract.is_moving(row)[0] and contract.is_moving(kicks)[0]


def test_the_skill_has_the_goal_values_of_its_network() -> None:
    skill, contract = load_skill(FOLDER), play_contract(WALKS, SETTINGS)
    assert tuple(one.name for one in skill.goal) == contract.command_names == (*TOLD, *AWAY)
    assert [(one.lower, one.upper) for one in skill.goal] == list(contract.command_ranges)


def test_a_style_that_the_walking_network_lacks_is_refused() -> None:
    wrong = SETTINGS.model_copy(update={"style": {**SETTINGS.style, "bounce": 1.0}})
    with pytest.raises(DataError, match="bounce"):
        play_contract(WALKS, wrong)


def test_rules_do_in_the_mirror_what_moments_in_the_mirror_say() -> None:
    rng = np.random.default_rng(2)
    ball, rolls, goal = (rng.normal(0.0, 1.0, (200, 2)) for _ in range(3))
    told = observe(ball, rolls, goal, rng.integers(0, len(LABELS), 200))
    both = Moments(told, play(told)).mirrored()
    np.testing.assert_allclose(play(both.told), both.velocity, atol=1e-9)


def test_in_the_frame_of_its_way_a_ball_is_where_the_robot_is_not() -> None:
    """The ball is 1 m ahead and is to go to the left: the robot stands 1 m to the left of that way, seen along it."""
    told = observe(np.array([[1.0, 0.0]]), np.array([[0.0, 0.5]]), np.array([[1.0, 2.25]]), np.array([1]))
    seen = BallFrames()(torch.from_numpy(told))[0].tolist()
    assert seen[4:10] == pytest.approx([1.0, 1.0, 0.0, 0.0, 1.0, 1.5])  # away, its direction, that of the way, root
    assert seen[10:14] == pytest.approx([0.0, -1.0, 0.5, 0.0])  # place and velocity of the ball along and across


def test_a_ball_that_is_where_it_is_to_go_has_no_direction_and_no_error() -> None:
    told = observe(np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 2)), np.array([2]))
    assert torch.isfinite(BallFrames()(torch.from_numpy(told))).all()


def test_robots_are_told_where_their_balls_are_and_turn_to_lost_ones() -> None:
    worlds = BallWorlds(ROBOT, SETTINGS, RESOURCES, 6, 5, astray=True)
    worlds.begin()
    begun, real = worlds.told(), worlds.local(worlds.ball())
    assert np.abs(begun[:, :2] - real).max() < 0.15
    worlds._coming[1][:] = False
    worlds._found[:], worlds._begun_at[:] = -10.0, -10.0  # nobody has seen a ball for 10 s
    np.testing.assert_allclose(worlds.told(), searching(np.copysign(1.0, begun[:, 1])))


def test_thinned_demonstrations_keep_few_moments_of_what_rules_say_with_errors() -> None:
    worlds = BallWorlds(ROBOT, SETTINGS, RESOURCES, 6, 5, astray=False)
    some = SETTINGS.demonstrations.model_copy(update={"thin": 3, "error": 0.1})
    found = demonstrate(worlds, some, 2.0, np.random.default_rng(1), astray=False)
    assert 15 < len(found.told) < 65  # of 120
    off = found.velocity - play(found.told)
    assert 0.06 < off.std() < 0.14
