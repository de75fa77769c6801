"""A simulated person who takes what is held out: by a spring that stands for whoever holds it."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import load_scene
from skill_stack.hardware.mujoco.persons.taker import CALM, STRONG, Taker, taken
from skill_stack.hardware.mujoco.scene_geometry import add_floor, add_objects

PERSON = SceneObject("anna", "person", (1.0, 0.0, 0.85), 0.0, "cylinder", (0.4, 0.4, 1.7))
BOX = SceneObject("box", "box", (0.2, 0.0, 0.9), 0.0, "box", (0.2, 0.2, 0.2), movable=True, mass=0.6)
WEIGHT = 0.6 * 9.81
FELT = 5.0  # N


def held_out(seconds, box=BOX, hold=lambda pull, now: True, stiff=1500.0):
    """Holds a box out; gives where it ends and the greatest force on the spring that holds it, N."""
    spec = mujoco.MjSpec()
    spec.option.timestep = 0.005
    add_floor(spec)
    add_objects(spec, [PERSON, box])
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    taker, place, most, held = Taker(data, box, PERSON), np.array(box.position), 0.0, True
    for _ in range(round(seconds / model.opt.timestep)):
        spring = stiff * (place - data.qpos[:3]) - 30.0 * data.qvel[:3]
        pull = float(np.linalg.norm(spring[:2]))
        held = held and hold(pull, data.time)
        data.qfrc_applied[:3] = spring + (0.0, 0.0, WEIGHT) if held else 0.0
        if held:
            most = max(most, pull)
        taker.step()
        mujoco.mj_step(model, data)
    return replace(box, position=tuple(data.qpos[:3].tolist())), most


def test_what_is_let_go_of_at_a_pull_comes_to_the_person_and_stays_there():
    box, most = held_out(CALM + 5.0, hold=lambda pull, _: pull < FELT)
    assert most < FELT
    assert taken(box, PERSON) and box.position[2] == pytest.approx(BOX.position[2], abs=0.03)


def test_who_does_not_let_go_keeps_it_and_nobody_pulls_without_end():
    box, most = held_out(CALM + 8.0, hold=lambda pull, _: True)
    assert not taken(box, PERSON)
    assert 0.8 * STRONG < most <= STRONG + 1.0


def test_nobody_takes_what_is_too_far_away_too_low_or_carried_past():
    far = replace(BOX, position=(-0.6, 0.0, 0.9))
    low = replace(BOX, position=(0.2, 0.0, 0.4))
    for box in (far, low):
        assert held_out(CALM + 3.0, box)[1] < 1.0
    assert held_out(CALM - 0.5)[1] < 1.0


def test_what_slips_before_a_hand_is_at_it_falls_and_is_not_taken():
    box, _ = held_out(CALM + 3.0, hold=lambda _, now: now < CALM - 0.5)
    assert not taken(box, PERSON) and box.position[2] < 0.15


def test_a_scene_tells_who_cannot_take_what(tmp_path):
    file = tmp_path / "wrong.yaml"
    text = """
name: wrong
description: Nobody is there.
objects:
  - {id: box, kind: box, size: [0.2, 0.2, 0.2], position: [1.0, 0.0], movable: %s}
  - {id: anna, kind: person, shape: cylinder, size: [0.4, 0.4, 1.7], position: [2.0, 0.0]}
takers: {box: %s}
"""
    for movable, person in (("false", "anna"), ("true", "otto")):
        file.write_text(text % (movable, person))
        with pytest.raises(DataError, match="takers"):
            load_scene(file)
    file.write_text(text % ("true", "anna"))
    assert load_scene(file).takers == {"box": "anna"}


def test_a_scene_tells_what_is_no_lid(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text("""
name: wrong
description: It cannot swing.
objects:
  - {id: lid, kind: lid, size: [0.2, 0.2, 0.02], position: [1.0, 0.0, 0.5], lifted: 0.2}
""")
    with pytest.raises(DataError, match="movable box"):
        load_scene(file)
