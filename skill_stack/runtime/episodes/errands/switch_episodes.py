"""Episodes of switches in one process, judged by the simulator's contacts."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.controllers.estimation.felt_contact import CARRIED, NEAR, STEP, STILL
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillRequest, SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneFile, VariationFile, set_up
from skill_stack.evaluation.scenes.switch_cases import Asked, SwitchCase, switch_case
from skill_stack.evaluation.scores.switch_score import CHOICES, SwitchScore
from skill_stack.hardware.mujoco.object_mover import true_support
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes
from skill_stack.runtime.line.event_line import EventLine

Array = np.ndarray
FLOOR = SceneFile(
    name="switches", description="An empty floor.", size=(20.0, 20.0),
    variation=VariationFile(friction=(0.5, 1.2), added_mass=(-1.0, 1.0), latency=(0.0, 0.015), noise=(0.5, 1.5)),
)  # fmt: skip
"""Where it happens, and what the seed varies besides."""
LONGEST, AFTER = 20.0, 3.0
"""Time within which something must begin, and for which it is watched then, s."""


class Support:
    """What truly carries a robot on legs, from what is true of it; the definition of what is felt."""

    def __init__(self, robot: RobotSpec, now: float) -> None:
        """Begins with every foot on the ground.

        Args:
            robot: The robot.
            now: Task time, s.
        """
        self._stand = np.array([robot.poses["default"][name] for name in robot.joint_names])
        self._lifted, self._before = np.zeros(len(robot.feet)), now

    def take(self, now: float, loaded: Array, carried: bool, joints: Array, speed: float, stands: bool) -> str:
        """``free``, ``contact`` or ``holding``; to be called often.

        Args:
            now: Task time, s.
            loaded: Which feet bear load, bool, shape (feet,).
            carried: Whether the feet carry the robot.
            joints: Joint positions, rad.
            speed: Largest speed of a joint, rad/s.
            stands: Whether the running skill is one in which the robot stands or walks.
        """
        passed, self._before = now - self._before, now
        self._lifted = np.where(loaded, 0.0, self._lifted + passed)
        upright = stands or np.abs(joints - self._stand).max() <= NEAR
        if upright and carried and self._lifted.max() <= STEP:
            return "free"
        return "holding" if speed < STILL else "contact"


class TrueContact:
    """What truly carries a robot in this process, from the simulator's contact forces."""

    def __init__(self, line: EventLine) -> None:
        """Takes the line.

        Args:
            line: The line.
        """
        self._line, self._feet = line, [foot.name for foot in line.robot.feet]
        self._support = Support(line.robot, line.now)

    def look(self, stands: bool) -> str:
        """To be called in every control period; gives what carries the robot now.

        Args:
            stands: Whether the running skill is one in which the robot stands or walks.
        """
        feet, total = true_support(self._line.device, self._feet)
        carried, state = total > 0.0 and feet.sum() >= CARRIED * total, self._line.state
        return self._support.take(
            self._line.now, feet > 1.0, carried, state.position, float(np.abs(state.velocity).max()), stands
        )


def runs(library: SkillLibrary, asked: Asked) -> str:
    """The skill that the controller runs for a request."""
    spec = library[asked[0]]
    return spec.base or spec.name


def judged(
    case: SwitchCase, library: SkillLibrary, true: str, choice: str, seconds: float, finished: float, fallen: bool
) -> SwitchScore:
    """The score of a switch.

    Args:
        case: The switch.
        library: Skills of the robot.
        true: What truly carried the robot.
        choice: How the first skill was left; empty where the same skill went on.
        seconds: Until what was asked for ran, s.
        finished: The same where the first is finished before, s; 0 where nothing was left to finish.
        fallen: Whether the robot fell.
    """
    # What has no way out of its own is one: who rises and still lies goes on.
    leads = library[runs(library, case.first)].phase_at(min(case.at, 0.99)).leave_through is None
    right = choice == "" or choice in CHOICES[true] or (choice == "advance" and leads and true == "holding")
    wrong = [f"left '{choice}', but it was {true}"] if not right else []
    wrong += ["it fell"] if fallen else []
    wrong += [f"'{case.then[0]}' did not begin"] if seconds >= LONGEST else []
    words = f"{case.first[0]} at {case.at:.2f}, then {case.then[0]}"
    return SwitchScore(case.seed, words, f"{true}, {case.goal}", choice, right, fallen, round(seconds, 2),
                       round(finished, 2), "; ".join(wrong))  # fmt: skip


class SwitchEpisodes(RobotEpisodes):
    """Runs switches, each in its own world, and again with the first skill finished before."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """See :class:`skill_stack.runtime.episodes.errands.robot_episodes.RobotEpisodes`."""
        super().__init__(resources, robot)
        self._planner = Planner(self._library)

    def score(self, seed: int) -> SwitchScore:
        """Runs and judges the switch of a seed."""
        case = switch_case(seed)
        line, true = self._begun(case)
        over = "first/1" in line.ended
        seconds, choice, fallen = self._switch(line, case.then)
        finished = 0.0 if over else self._finishing(case)
        return judged(case, self._library, true, choice, seconds, finished, fallen)

    def _begun(self, case: SwitchCase) -> tuple[EventLine, str]:
        """A line in the middle of the first skill, and what truly carries it."""
        line = EventLine(self._robot, self._library, set_up(FLOOR, case.seed), ConnectorSettings(), self._planner)
        line.begin()
        for skill, arguments in case.before:
            line.run_skill(skill, arguments)
        true, contact = "", TrueContact(line)
        _ask(line, "first", case.first)
        wanted, end = runs(self._library, case.first), line.now + LONGEST
        posture, began = self._library[wanted].posture is not None, None
        while line.now < end:
            status = line.step()
            phase = self._library[status.skill].phase_at(status.progress) if status.skill else None  # None: damped
            true = contact.look(phase is not None and phase.kind == "free")
            if status.request_id != "first/1" or status.skill != wanted:
                continue
            began = line.now if began is None else began
            if (status.progress >= case.at and true != "contact") if posture and case.at >= 1.0 else (
                status.progress >= case.at if posture else line.now - began >= case.at
            ):  # fmt: skip
                break
        return line, true

    def _switch(self, line: EventLine, then: Asked) -> tuple[float, str, bool]:
        """Time until something runs, how what ran before was left, and whether the robot fell."""
        began = line.now
        _ask(line, "then", then)
        end, ran, choice = began + LONGEST, None, ""
        while line.now < (end if ran is None else ran + AFTER):
            choice = choice or line.connector.choice("then/1") or ""
            status = line.step()
            if ran is None and status.request_id == "then/1" and status.skill == runs(self._library, then):
                ran = line.now
        fallen = any(truth.fallen for truth in line.truths)
        return (LONGEST if ran is None else ran - began), choice, fallen

    def _finishing(self, case: SwitchCase) -> float:
        """Time until what was asked for runs, where the first is finished before."""
        line, _ = self._begun(case)
        began = line.now
        while "first/1" not in line.ended and line.now < began + LONGEST:
            line.step()
        seconds, _, _ = self._switch(line, case.then)
        return line.now - began - AFTER if seconds < LONGEST else LONGEST


def _ask(line: EventLine, name: str, asked: Asked) -> SkillStatus:
    """Makes a request."""
    line.ask(SkillRequest(f"{name}/1", asked[0], dict(asked[1])))
    return line.step()
