"""Robots stepped on JAX move as those of MuJoCo's own batch."""

from __future__ import annotations

import types

import mujoco
import numpy as np
import pytest

pytest.importorskip("jax", reason="needs the extra 'train-gpu'")
pytest.importorskip("mujoco.mjx", reason="needs the extra 'train-gpu'")

from skill_stack.training.physics.mjx_physics import MjxPhysics
from skill_stack.training.physics.physics import BatchPhysics

pytestmark = pytest.mark.slow  # compiling takes longer than stepping

HOPPER = """
<mujoco>
  <option timestep="0.005" iterations="10" cone="elliptic"/>
  <worldbody>
    <geom type="plane" size="0 0 1"/>
    <body name="base" pos="0 0 0.5">
      <freejoint/>
      <geom type="sphere" size="0.08" mass="2"/>
      <body name="leg"><joint name="knee" axis="0 1 0" damping="0.2" frictionloss="0.05"/>
        <geom name="foot" type="sphere" pos="0 0 -0.3" size="0.03" mass="0.3"/></body>
    </body>
  </worldbody>
  <actuator><position name="knee" joint="knee" kp="20" kv="0.5"/></actuator>
  <sensor><jointpos joint="knee"/><framepos objtype="geom" objname="foot"/></sensor>
</mujoco>
"""
INDEX = types.SimpleNamespace(actuator=np.array([0]))


def varied(mass: float, friction: float, strength: float) -> mujoco.MjModel:
    model = mujoco.MjModel.from_xml_string(HOPPER)
    model.body("base").mass[0] += mass
    model.geom("foot").friction[0] = friction
    model.actuator_gainprm[0, 0] *= strength
    model.actuator_biasprm[0, :3] *= strength
    mujoco.mj_setConst(model, mujoco.MjData(model))
    return model


@pytest.fixture(scope="module")
def pair() -> tuple[MjxPhysics, BatchPhysics]:
    models = [varied(0.0, 1.0, 1.0), varied(0.8, 0.5, 0.9), varied(-0.5, 0.8, 1.1)]
    return MjxPhysics(models, INDEX, 4), BatchPhysics(models, INDEX, 4)


def test_each_robot_moves_as_in_the_runtime_with_its_own_mass_friction_motors_and_latency(pair) -> None:
    rng = np.random.default_rng(1)
    start = varied(0.0, 1.0, 1.0).qpos0.copy()
    start[2] = 0.36
    for physics in pair:
        physics.reset(np.arange(3), start, np.zeros(7))
    previous, delay = np.zeros((3, 1)), np.array([0, 1, 3])
    for _ in range(10):
        target = rng.uniform(-0.3, 0.3, (3, 1))
        for physics in pair:
            assert not physics.step(target, previous, delay).any()
        previous = target
    ours, theirs = pair
    assert ours.qpos == pytest.approx(theirs.qpos, abs=2e-3)
    assert ours.sensors == pytest.approx(theirs.sensors, abs=2e-3)
    assert abs(theirs.qpos[0, 7] - theirs.qpos[1, 7]) > 2e-3, "the robots do differ"


def test_a_robot_that_is_replaced_is_another_one_and_one_that_breaks_down_is_put_back(pair) -> None:
    ours, theirs = pair
    for physics in pair:
        physics.replace(0, varied(1.5, 0.4, 0.8))
        physics.reset(np.arange(3), varied(0.0, 1.0, 1.0).qpos0, np.zeros(7))
        physics.qpos[1, 0] = 1e6
        still = np.zeros((3, 1))
        assert physics.step(still + 0.3, still, np.zeros(3, dtype=int)).tolist() == [False, True, False]
    assert np.isfinite(ours.qpos).all() and abs(ours.qpos[1, 0]) < 1.0
    assert ours.qpos[0] == pytest.approx(theirs.qpos[0], abs=2e-3)
