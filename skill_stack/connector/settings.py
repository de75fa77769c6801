"""ConnectorSettings: parameters of the connector that a deployment may set."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.robots.adapter_part import BodyCondition

Choosing = Literal["off", "best", "learn"]
"""How one of several skills that realise a request is chosen."""


AT_ONCE = frozenset(
    ("rate", "validity", "auto_stand", "stand_skill", "teleop_skill", "teleop_timeout", "grid_age")
    + ("payload", "floor_friction", "motor_strength", "base_height", "landing_speed")
)
"""Settings of which a new value takes effect at once; of most others, with the next step."""
AT_CONFIGURE = frozenset(("choosing",))
"""Settings that are read once, when the connector is made."""


class ConnectorSettings(DataModel):
    """Parameters of the connector; all times are task time.

    The descriptions are also those of the connector node's ROS parameters.
    """

    rate: float = Field(20.0, gt=0, description="Updates per second, Hz")
    validity: float = Field(0.3, gt=0, description="How long a setpoint holds without a successor, s")
    grace: float = Field(
        1.0,
        gt=0,
        description="How long the controller may need to take up a setpoint before the step fails, s",
    )
    loading: float = Field(
        10.0,
        gt=0,
        description="How long the controller may need to take up a setpoint while it still starts and loads "
        "policies, s",
    )
    lost_grace: float = Field(
        2.0,
        ge=0,
        description="How long a target may be missing from the scene before the step fails, s",
    )
    auto_stand: bool = Field(False, description="Whether an idle, disarmed robot is stood up without being asked")
    stand_skill: str = Field("stand", description="Skill that auto_stand runs")
    teleop_skill: str = Field("walk", description="Velocity skill (goals vx, vy, wz) that teleoperation drives")
    teleop_timeout: float = Field(0.5, gt=0, description="Silence after which teleoperation has let go, s")
    speed: float = Field(0.7, gt=0, description="Fastest walk that guides ask for, m/s")
    turn_speed: float = Field(0.9, gt=0, description="Fastest turn that guides ask for, rad/s")
    creep_speed: float = Field(
        0.14,
        gt=0,
        description="Slowest walk that a velocity policy still answers, m/s; below it the policy stands",
    )
    creep_turn: float = Field(0.3, gt=0, description="Slowest turn that a velocity policy still answers, rad/s")
    clearance: float = Field(
        0.2,
        ge=0,
        description="Free space kept around the robot's side while walking, m, where there is room",
    )
    tight_clearance: float = Field(
        0.1,
        ge=0,
        description="Free space kept around the robot's side where there is no other way, m",
    )
    stall_step: float = Field(0.04, gt=0, description="Progress that resets the stall clock, m (or rad)")
    place_radius: float = Field(0.15, gt=0, description="A place counts as reached when the base is this near, m")
    grid_age: float = Field(
        1.0,
        gt=0,
        description="Age from which an occupancy grid no longer counts, s; from then on the map of named things "
        "alone does",
    )
    settle_speed: float = Field(
        0.5,
        gt=0,
        description="Speed up to which a change of support, such as sitting down, may begin, m/s",
    )
    stance: bool = Field(
        True,
        description="Whether a robot that comes walking brings its feet first to where the next skill wants them",
    )
    payload: float = Field(0.0, ge=0, description="What the robot carries besides what it was built with, kg")
    floor_friction: float = Field(
        0.0,
        ge=0,
        description="Friction coefficient between feet and floor; 0 where it is not known",
    )
    motor_strength: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Share of their rated torque that the motors make, e.g. of a low battery or hot windings",
    )
    base_height: float = Field(
        0.0,
        ge=0,
        description="Height of the base over the floor that walks keep below, e.g. under pipes, m; 0 for none",
    )
    landing_speed: float = Field(
        0.0,
        ge=0,
        description="Downward speed at which feet are to land at most, e.g. to be quiet, m/s; 0 for any",
    )
    choosing: Choosing = Field(
        "learn",
        description="Which of several skills that realise a request does it: off, the one that was asked for; best, "
        "the best by what runs say; learn, now and then another one, where a failure is harmless",
    )

    @property
    def condition(self) -> BodyCondition:
        """What is known of load, floor and motors, and the manner that is asked for."""
        asked = (self.base_height or None, self.landing_speed or None)
        return BodyCondition(self.payload, self.floor_friction or None, self.motor_strength, *asked)
