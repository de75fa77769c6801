"""ConnectorSettings: the numbers of the connector that a deployment may change."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel

Choosing = Literal["off", "best", "learn"]
"""How one of several skills that realise a request is chosen."""


class ConnectorSettings(DataModel):
    """Numbers of the connector; all times are task time.

    Attributes:
        rate: Updates per second, Hz.
        validity: How long a setpoint holds without a successor, s.
        grace: How long the controller may need to take up a setpoint before the step fails, s.
        loading: The same while the controller still starts and loads policies, s.
        lost_grace: How long a target may be missing from the scene before the step fails, s.
        auto_stand: Whether an idle, disarmed robot is stood up without being asked.
        stand_skill: Skill that ``auto_stand`` runs.
        teleop_skill: Velocity skill (goals vx, vy, wz) that teleoperation drives.
        teleop_timeout: Silence after which teleoperation has let go, s.
        speed: Fastest walk that guides ask for, m/s.
        turn_speed: Fastest turn that guides ask for, rad/s.
        creep_speed: Slowest walk that a velocity policy still answers, m/s; below it the policy stands.
        creep_turn: Slowest turn that a velocity policy still answers, rad/s.
        clearance: Free space kept around the robot's side while walking, m, where there is room.
        tight_clearance: The same where there is no other way, m.
        stall_step: Progress that resets the stall clock, m (or rad).
        place_radius: A place counts as reached when the base is this near, m.
        grid_age: Age from which an occupancy grid no longer counts, s; from then on the map of named things alone does.
        settle_speed: Speed up to which a change of support, such as sitting down, may begin, m/s.
        stance: Whether a robot that comes walking brings its feet first to where the next skill wants them.
        choosing: Which of several skills that realise a request does it: ``off``, the one that was asked for; ``best``,
            the best by what runs say; ``learn``, now and then another one, where a failure is harmless.
    """

    rate: float = Field(20.0, gt=0)
    validity: float = Field(0.3, gt=0)
    grace: float = Field(1.0, gt=0)
    loading: float = Field(10.0, gt=0)
    lost_grace: float = Field(2.0, ge=0)
    auto_stand: bool = False
    stand_skill: str = "stand"
    teleop_skill: str = "walk"
    teleop_timeout: float = Field(0.5, gt=0)
    speed: float = Field(0.7, gt=0)
    turn_speed: float = Field(0.9, gt=0)
    creep_speed: float = Field(0.14, gt=0)
    creep_turn: float = Field(0.3, gt=0)
    clearance: float = Field(0.2, ge=0)
    tight_clearance: float = Field(0.1, ge=0)
    stall_step: float = Field(0.04, gt=0)
    place_radius: float = Field(0.15, gt=0)
    grid_age: float = Field(1.0, gt=0)
    settle_speed: float = Field(0.5, gt=0)
    stance: bool = True
    choosing: Choosing = "learn"
