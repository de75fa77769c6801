"""The planted stand of a biped as data: ``models/<robot>/<skill>/balance.yaml``."""

from __future__ import annotations

from pathlib import Path

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.hardware.mujoco.model_variation import ModelVariation


class StanceTask(DataModel):
    """The stance in which both feet are planted.

    Attributes:
        height: Height of the base above the soles, m.
        half_width: Distance of each ankle from the middle, m.
        toes_in: Angle by which toes point inwards, rad.
        ahead: Distance of the centre of mass ahead of the ankles, along the feet, m.
    """

    height: float
    half_width: float
    toes_in: float
    ahead: float


class NoiseTask(DataModel):
    """Standard deviations of what is measured, in each tick.

    Attributes:
        angular_velocity: rad/s.
        gravity: Of each component of the unit vector.
        position: rad.
        velocity: rad/s.
        base_velocity: Of the estimate of the base's velocity, m/s.
    """

    angular_velocity: float
    gravity: float
    position: float
    velocity: float
    base_velocity: float


class DisturbanceTask(DataModel):
    """What else moves the robot, as standard deviations.

    Attributes:
        linear: Change of the base's velocity in each tick, m/s.
        angular: Change of its angular velocity, rad/s.
        joints: Change of every joint's velocity, rad/s.
        shift: Unknown shift of the centre of mass, m; it changes slowly.
    """

    linear: float
    angular: float
    joints: float
    shift: float


class WeightTask(DataModel):
    """Deviations that cost as much as one another, all squared.

    Attributes:
        linear: Velocity of the base in the plane, m/s.
        other: Vertical velocity of the base, m/s, and its angular velocity, rad/s.
        joint_speed: Velocity of a joint, rad/s.
        base: Height of the base, m, and its tilt, rad.
        joints: Position of a joint, rad.
        change: Change of a target in a tick, rad.
        targets: Distance of a target from that of the stance, rad.
    """

    linear: float
    other: float
    joint_speed: float
    base: float
    joints: float
    change: float
    targets: float


class PlantTask(DataModel):
    """A robot for which the feedback must be stable.

    Attributes:
        motor_strength: Factor on torque.
        added_mass: Mass added to the base, kg.
        delay: Physics steps until targets arrive.
    """

    motor_strength: float = 1.0
    added_mass: float = 0.0
    delay: int

    def variation(self) -> ModelVariation:
        """How its model differs from the nominal one."""
        return ModelVariation(motor_strength=self.motor_strength, added_mass=self.added_mass)


class BalanceTask(DataModel):
    """A whole task.

    Attributes:
        robot: Robot that it is for.
        skill: Skill that it makes.
        joints: Group of joints that it drives.
        predecessor: Skill whose network steps while the clock runs, and from whose memory this policy goes on.
        stop_delay: Time for which it steps on after its predecessor moved, s.
        wake_above: Speed of the base, as estimated, from which on it steps again, m/s.
        stance: The stance.
        noise: What sensors err.
        disturbance: What else happens.
        weights: What is wanted.
        plants: Robots and delays, of which the mean cost counts.
        iterations: Steps of the optimiser.
        leans: Joints that are not in the default pose, rad, in postures of arms and waist to which legs give way.
    """

    robot: str
    skill: str
    joints: str
    predecessor: str
    stop_delay: float
    wake_above: float
    stance: StanceTask
    noise: NoiseTask
    disturbance: DisturbanceTask
    weights: WeightTask
    plants: tuple[PlantTask, ...]
    iterations: int
    leans: tuple[dict[str, float], ...] = ()


def load_balance_task(folder: Path) -> BalanceTask:
    """Reads ``balance.yaml`` of a skill folder.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(BalanceTask, folder / "balance.yaml")
