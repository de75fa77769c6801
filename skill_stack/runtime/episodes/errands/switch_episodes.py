"""Episodes of switches in one process, judged by the simulator's contacts."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.controllers.estimation.felt_contact import CARRIED, NEAR, STEP, STILL
from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillRequest, SkillStatus
from skill_stack.core.world.scene_file import SceneFile, VariationFile, set_up
from skill_stack.evaluation.scenes.switch_cases import Asked, SwitchCase, switch_case
from skill_stack.evaluation.scores.switch_score import SwitchScore, right_choice
from skill_stack.hardware.mujoco.object_mover import true_support
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes
from skill_stack.runtime.line.event_line import EventLine

FLOOR = SceneFile(
    name="switches", description="An empty floor.", size=(20.0, 20.0),
    variation=VariationFile(friction=(0.5, 1.2), added_mass=(-1.0, 1.0), latency=(0.0, 0.015), noise=(0.5, 1.5)),
)  # fmt: skip
"""Where it happens, and what the seed varies besides."""
LONGEST, AFTER = 20.0, 3.0
"""Time within which something must begin, and for which it is watched then, s."""


class TrueContact:
    """What truly carries a robot, from the simulator's contact forces; the definition of what is felt."""

    def __init__(self, line: EventLine) -> None:
        """Takes the line.

        Args:
            line: The line.
        """
        self._line, self._feet = line, [foot.name for foot in line.robot.feet]
        self._stand = np.array([line.robot.poses["default"][name] for name in line.robot.joint_names])
        self._lifted, self._before = np.zeros(len(self._feet)), line.now

    def look(self, stands: bool) -> str:
        """To be called in every control period; gives what carries the robot now.

        Args:
            stands: Whether the running skill is one in which the robot stands or walks.
        """
        feet, total = true_support(self._line.device, self._feet)
        passed, self._before = self._line.now - self._before, self._line.now
        self._lifted = np.where(feet > 1.0, 0.0, self._lifted + passed)
        off = np.abs(self._line.state.position - self._stand).max()
        carried = total > 0.0 and feet.sum() >= CARRIED * total
        if (stands or off <= NEAR) and carried and self._lifted.max() <= STEP:
            return "free"
        return "holding" if np.abs(self._line.state.velocity).max() < STILL else "contact"


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
        leads = self._library[self._runs(case.first)].phase_at(min(case.at, 0.99)).leave_through is None
        right = right_choice(choice, true, leads)
        wrong = [f"left '{choice}', but it was {true}"] if not right else []
        wrong += ["it fell"] if fallen else []
        wrong += [f"'{case.then[0]}' did not begin"] if seconds >= LONGEST else []
        words = f"{case.first[0]} at {case.at:.2f}, then {case.then[0]}"
        return SwitchScore(seed, words, f"{true}, {case.goal}", choice, right, fallen, round(seconds, 2),
                           round(finished, 2), "; ".join(wrong))  # fmt: skip

    def _begun(self, case: SwitchCase) -> tuple[EventLine, str]:
        """A line in the middle of the first skill, and what truly carries it."""
        line = EventLine(self._robot, self._library, set_up(FLOOR, case.seed), ConnectorSettings(), self._planner)
        line.begin()
        for skill, arguments in case.before:
            line.run_skill(skill, arguments)
        true, contact = "", TrueContact(line)
        _ask(line, "first", case.first)
        wanted, end = self._runs(case.first), line.now + LONGEST
        posture, began = self._library[wanted].posture is not None, None
        while line.now < end:
            status = line.step()
            true = contact.look(self._library[status.skill].phase_at(status.progress).kind == "free")
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
            if ran is None and status.request_id == "then/1" and status.skill == self._runs(then):
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

    def _runs(self, asked: Asked) -> str:
        """The skill that the controller runs for a request."""
        spec = self._library[asked[0]]
        return spec.base or spec.name


def _ask(line: EventLine, name: str, asked: Asked) -> SkillStatus:
    """Makes a request."""
    line.ask(SkillRequest(f"{name}/1", asked[0], dict(asked[1])))
    return line.step()
