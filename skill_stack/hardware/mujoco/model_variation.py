"""How one instance of a robot differs from the nominal one: mass, friction, motors."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field

import mujoco
import numpy as np

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ModelVariation:
    """Differences from the nominal model; the defaults change nothing.

    Attributes:
        foot_friction: Friction coefficient between feet and whatever they stand on, or None for the nominal one.
        added_mass: Mass added to the base, kg; its inertia grows in proportion.
        com_offset: Shift of the base's centre of mass, m, in the base frame.
        motor_strength: Factor on every torque that the motors make from gains and feed-forward.
        weak_motors: Further factor on the torque of single joints, by name.
        damping_factor: Further factor on the damping gain.
        joint_friction: Coulomb friction of every joint, N·m, or None for the nominal one.
    """

    foot_friction: float | None = None
    added_mass: float = 0.0
    com_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    motor_strength: float = 1.0
    weak_motors: Mapping[str, float] = field(default_factory=dict)
    damping_factor: float = 1.0
    joint_friction: float | None = None


class VariationRanges(DataModel):
    """Ranges from which variations are drawn uniformly; each as (low, high), units as in :class:`ModelVariation`.

    Attributes:
        foot_friction: Range of the friction coefficient.
        added_mass: Range of the mass added to the base, kg.
        com_offset: Range of the shift along each axis, m.
        motor_strength: Range of the factor on torque.
        damping_factor: Range of the factor on the damping gain.
        joint_friction: Range of the joints' friction, N·m, or None for the nominal one.
    """

    foot_friction: Range
    added_mass: Range = (0.0, 0.0)
    com_offset: Range = (0.0, 0.0)
    motor_strength: Range = (1.0, 1.0)
    damping_factor: Range = (1.0, 1.0)
    joint_friction: Range | None = None

    def sample(self, rng: np.random.Generator) -> ModelVariation:
        """Draws one variation."""
        x, y, z = rng.uniform(*self.com_offset, 3)
        return ModelVariation(
            foot_friction=float(rng.uniform(*self.foot_friction)),
            added_mass=float(rng.uniform(*self.added_mass)),
            com_offset=(float(x), float(y), float(z)),
            motor_strength=float(rng.uniform(*self.motor_strength)),
            damping_factor=float(rng.uniform(*self.damping_factor)),
            joint_friction=None if self.joint_friction is None else float(rng.uniform(*self.joint_friction)),
        )


def vary_model(model: mujoco.MjModel, robot: RobotSpec, variation: ModelVariation, prefix: str = "") -> mujoco.MjModel:
    """A copy of a compiled model with a variation applied; sizes stay the same, so copies batch together.

    Args:
        model: The nominal model from ``build_model``.
        robot: The robot in it.
        variation: What differs.
        prefix: What stands before each of the robot's names where it is not alone in the model.

    Raises:
        DataError: More is taken off the base than it weighs.
    """
    varied = copy.copy(model)
    base = varied.body(prefix + robot.source.base_link).id
    factor = (varied.body_mass[base] + variation.added_mass) / varied.body_mass[base]
    if factor <= 0.0:
        raise DataError(
            f"{robot.name}: added_mass {variation.added_mass:g} kg: its base has {varied.body_mass[base]:.2f} kg"
        )
    varied.body_mass[base] *= factor
    varied.body_inertia[base] *= factor
    varied.body_ipos[base] += variation.com_offset
    if variation.foot_friction is not None:
        for foot in robot.feet:
            for number in range(len(foot.spheres)):
                sphere = f"{foot.name}_{number}" if number else foot.name
                varied.geom(prefix + sphere).friction[0] = variation.foot_friction
    for name in robot.joint_names:
        actuator = varied.actuator(prefix + name)
        strength = variation.motor_strength * variation.weak_motors.get(name, 1.0)
        actuator.user[0] = strength
        actuator.gainprm[0] *= strength
        actuator.biasprm[:3] *= strength
        actuator.biasprm[2] *= variation.damping_factor
        if variation.joint_friction is not None:
            varied.joint(prefix + name).frictionloss[:] = variation.joint_friction
    mujoco.mj_setConst(varied, mujoco.MjData(varied))
    return varied
