"""JointSpec: one actuated joint (``joints`` in ``robot.yaml``)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Effort, Gain, JointPosition, JointSpeed, NonNegative


class JointSpec(DataModel):
    """One actuated joint.

    Attributes:
        name: Joint name as in the URDF.
        lower: Lower position limit, rad.
        upper: Upper position limit, rad.
        velocity: Speed limit, rad/s.
        effort: Torque limit, N·m.
        kp: Default position gain, N·m/rad.
        kd: Default damping gain, N·m·s/rad.
        damp_kd: Damping gain of the damped mode, N·m·s/rad.
        armature: Reflected rotor inertia, kg·m².
        friction: Coulomb friction loss, N·m.
        damping: Viscous friction, N·m·s/rad.
    """

    name: str
    lower: JointPosition
    upper: JointPosition
    velocity: JointSpeed
    effort: Effort
    kp: Gain
    kd: Gain
    damp_kd: Annotated[Gain, Field(gt=0)]
    armature: NonNegative = 0.0
    friction: NonNegative = 0.0
    damping: NonNegative = 0.0

    @model_validator(mode="after")
    def _ordered(self) -> JointSpec:
        if self.lower >= self.upper:
            raise ValueError(f"lower {self.lower} is not below upper {self.upper}")
        return self
