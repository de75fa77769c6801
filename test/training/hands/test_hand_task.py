"""A hand's training task as data, and the kinds of objects that it draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.hands.hand_task import HandledShape, HandTrainingTask, load_any_task
from skill_stack.training.hands.hand_worlds import THING, HandWorlds
from skill_stack.training.tasks.task import TrainingTask

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "models" / "allegro_right" / "turn_cube_left"
ROBOT = load_robot(ROOT / "urdf" / "allegro_right")
SHAPES = (
    HandledShape(shape="box", across=(0.06, 0.07), other=(0.9, 1.1)),
    HandledShape(shape="cylinder", across=(0.06, 0.07), height=(0.05, 0.06)),
    HandledShape(shape="sphere", across=(0.06, 0.065)),
)


def test_a_file_with_objects_is_a_hand_s_and_others_are_walkers() -> None:
    assert isinstance(load_any_task(FOLDER), HandTrainingTask)
    assert isinstance(load_any_task(ROOT / "models" / "go2" / "walk"), TrainingTask)


def test_a_hand_cannot_be_told_where_the_object_is(tmp_path: Path) -> None:
    data = yaml.safe_load((FOLDER / "train.yaml").read_text(encoding="utf-8"))
    data["observations"].append({"name": "object_pos_error"})
    (tmp_path / "train.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(DataError, match="observations"):
        load_any_task(tmp_path)


def test_the_contract_has_a_clock_at_a_fingertip_and_the_task_s_history() -> None:
    task = load_any_task(FOLDER)
    contract = task.contract(ROBOT)
    contract.check_robot(ROBOT)
    assert contract.gait is not None and contract.gait.feet[0] in ROBOT.fingertips
    assert contract.is_moving(np.zeros(0)), "the clock runs without any command"
    assert len(task.observation_scale(ROBOT)) == contract.observation_size


@pytest.mark.parametrize("palm", ["up", "side"])
def test_objects_of_all_shapes_lie_in_hands_that_look_there(palm: str) -> None:
    task = load_any_task(FOLDER)
    assert isinstance(task, HandTrainingTask)
    objects = task.objects.model_copy(update={"shapes": SHAPES, "palm": palm, "tilt": 0.0})
    lost = task.lost.model_copy(update={"strayed": 100.0})  # what falls is part of the test
    drawn = task.model_copy(update={"objects": objects, "lost": lost, "worlds": 12, "coarse": True})
    worlds = HandWorlds(ROBOT, drawn, np.random.default_rng(3))
    assert len({int(world.model.geom(THING).type[0]) for world in worlds.worlds}) == 3
    for world in worlds.worlds:
        against = world.model.opt.gravity @ worlds.rotation[:, 0]
        assert against == pytest.approx(-9.81 if palm == "up" else 0.0, abs=1e-6)
    at = worlds.thing[0]
    away = [worlds.in_palm(state[None, at : at + 3])[0] - objects.place for world in worlds.worlds
            for state in world.states]  # fmt: skip
    assert (np.linalg.norm(away, axis=1) < 0.05).all() == (palm == "up")
