"""SetpointMaker: the next setpoint: from the requests, else from the person, else the stance."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.connector.joint_shares import JointShares
from skill_stack.connector.mixer import spread
from skill_stack.connector.running_step import RunningStep, StepCycle
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.skill_route import LIMP, next_skill, stance_of
from skill_stack.connector.teleop import TeleopLease
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillStatus, SkillWeight
from skill_stack.core.skills.skill_library import SkillLibrary

Going = Sequence[tuple[RunningStep, StepCycle]]
"""Running requests, each with its newest cycle."""


class SetpointMaker:
    """Counts and fills setpoints.

    Attributes:
        library: Skills of the robot; may be replaced.
        settings: Settings of the connector; may be replaced.
        untrained: What of the robot's condition the adapters in force were not trained for; empty for nothing.
    """

    def __init__(self, robot: RobotSpec, library: SkillLibrary, settings: ConnectorSettings, part: str) -> None:
        """Starts without a setpoint.

        Args:
            robot: The robot.
            library: Its skills; may be replaced.
            settings: Numbers of the connector.
            part: Actuated part that is driven.
        """
        self.library = library
        self._robot, self.settings, self._part = robot, settings, part
        self._sequence = 0
        self._asked = False
        self.untrained = ""

    def hear(self, status: SkillStatus) -> None:
        """Continues the counter of the setpoint in force, after a restart of the connector."""
        self._sequence = max(self._sequence, status.setpoint_sequence)

    def make(
        self, status: SkillStatus, going: Going, steps: JointShares, teleop: TeleopLease, stops: int
    ) -> SkillSetpoint | None:
        """The next setpoint; None before the first request.

        Args:
            status: What the controller does.
            going: The requests.
            steps: What each of them has leased.
            teleop: The person.
            stops: Stops that are known of.
        """
        skill: str | None = None
        yes = next((step.request.confirmation for step, _ in going if step.request.confirmation), "")
        skills: tuple[SkillWeight, ...] = ()
        if going:
            goals = {name: value for _, cycle in going for name, value in cycle.goals.items()}
            source, request_id = "plan", going[0][0].request.id
            skills = steps.weights([(s, c.skill) for s, c in going], status, self._sequence + 1)
            skills = spread(skills, {c.skill: c.mix for _, c in going if c.skill and c.mix}, self._robot)
        elif teleop.fresh(status.task_time) and status.mode is not ControlMode.ESTOP:
            wanted = self.library[self.settings.teleop_skill]
            skill = next_skill(self.library, wanted.name, wanted.enter_through, status)
            goals, source = teleop.goals() if skill == wanted.name else {}, "teleop"
            request_id, yes = teleop.id, teleop.confirmation
        else:
            skill, goals, source, request_id = self._idle_skill(status), {}, "connector", ""
        skills = (SkillWeight(skill),) if skill is not None else skills
        if not skills and not self._asked:
            return None
        self._asked = True
        self._sequence += 1
        goals = self._with_coefficients(skills, goals)
        # A limp robot is asked for nothing, but time may go on: in lock-step the simulator waits for this.
        return SkillSetpoint(
            request_id=request_id,
            sequence=self._sequence,
            valid_until=status.task_time + self.settings.validity,
            part=self._part,
            source=source,
            skills=skills,
            goals=goals,
            stop_count=stops,
            confirmation=yes,
        )

    def _with_coefficients(self, skills: Sequence[SkillWeight], goals: dict[str, float]) -> dict[str, float]:
        """Goal values with the coefficients of adapters for what is known of load, floor and motors, within bounds."""
        self.untrained = ""
        for one in skills:
            spec = self.library[one.skill] if one.skill in self.library else None
            part = spec.policy.adapters if spec is not None and spec.policy is not None else None
            if part is not None:
                choice = part.choose(self.settings.condition, goals)
                goals, self.untrained = goals | choice.goals, choice.said
        return goals

    def _idle_skill(self, status: SkillStatus) -> str | None:
        """The stance of the present phase; a damped robot stays damped unless ``auto_stand`` is set."""
        if status.mode is ControlMode.DISARMED and self.settings.auto_stand:
            stand = self.library[self.settings.stand_skill]
            return stand.enter_through or stand.name
        if status.mode in LIMP:
            return None
        return stance_of(self.library, status)
