"""Episodes of switches of a hand on its gantry in one process, judged by the simulator's contacts."""

from __future__ import annotations

import dataclasses
import math

from skill_stack.core.errors import SkillStackError
from skill_stack.core.setpoint import ControlMode, SkillRequest, StepOutcome
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.grip_cases import OTHER, THING, Asked, GripCase, grip_case
from skill_stack.evaluation.scores.switch_score import SwitchScore, grip_choices
from skill_stack.hardware.mujoco.object_mover import true_presses
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.line.parts_line import PartsLine

LONGEST, AFTER = 40.0, 1.0
"""Time within which something must begin and end, and for which it is watched then, s."""
SURE = 2.0
"""How many times its weight the friction of the fingers must be able to carry for a thing to be held."""
FALLS, LOOSE = 0.3, 0.01
"""Speed downwards, m/s, and height over what it stood on, m, of a thing that falls."""
TOPPLED, KNOCKED, GONE = 0.5, 0.06, 0.05
"""Tilt of what does not stand any more, rad, way of what was pushed aside, m, and how far below its place a thing has
fallen off the table, m."""


class TrueGrip(HandTruth):
    """What the fingers truly hold, from the simulator's contact forces; the definition of what is felt.

    Attributes:
        dropped: Whether the thing has fallen.
    """

    def __init__(self, line: PartsLine, thing: str) -> None:
        """See :class:`skill_stack.runtime.episodes.hand_truth.HandTruth`."""
        super().__init__(line, thing)
        self.dropped, self._ground = False, float(self.position()[2])

    def look(self) -> str:
        """``free``, ``contact`` on what carries it, or ``holding``, and whether nothing else carries it."""
        presses = true_presses(self._line.device, self._thing)
        by_hand = [one for one in presses if one[0] in self._own and one[1] > 0.0]
        carried = all(body in self._own for body, _, _ in presses)
        digits = {self._digit(body) for body, _, _ in by_hand}
        grip = sum(force * friction for _, force, friction in by_hand)
        weight = float(self._model.body_mass[self._thing]) * 9.81
        if not digits:
            return "free"
        held = len(digits) > 1 and grip >= SURE * weight
        return f"{'holding' if held else 'contact'}{' in the air' if carried else ''}"

    def watch(self) -> None:
        """To be called in every control period."""
        falls = float(self._data.cvel[self._thing][5]) < -FALLS and self.position()[2] > self._ground + LOOSE
        away = bool(self.position()[2] < self._ground - GONE)
        self.dropped = self.dropped or (falls and not self.touching()) or away

    def _digit(self, body: int) -> int:
        """The first body of a finger, or the palm."""
        while body != self.palm and self._model.body_parentid[body] not in (self.palm, 0):
            body = int(self._model.body_parentid[body])
        return body


class GripLine(PartsLine):
    """A line that is asked for something while something else goes on."""

    def ask(self, name: str, asked: Asked) -> None:
        """Makes a request; one that is refused has failed."""
        request = SkillRequest(name, asked[0], self._library[asked[0]].complete(dict(asked[1])))
        try:
            self.connector.start(self.operator.confirmed(request, self._library), self.scene, self.now)
        except SkillStackError as error:
            self._outcomes.append(StepOutcome(name, asked[0], "failed", str(error)))

    def ended(self, name: str) -> StepOutcome | None:
        """How a request ended; None before."""
        return next((one for one in self._outcomes if one.request_id == name), None)

    def drives(self, name: str) -> bool:
        """Whether a part carries out a request."""
        return any(one.request_id == name and one.mode is ControlMode.ACTIVE for one in self.statuses.values())


class GripEpisodes(RobotEpisodes):
    """Runs switches, each in its own world, and again with the first skill finished before."""

    def score(self, seed: int) -> SwitchScore:
        """Runs and judges the switch of a seed."""
        case = grip_case(seed)
        line, truth, wrong = self._begun(case)
        true, over = truth.look(), line.ended("first/1") is not None
        seconds, choice, ended = self._switch(line, truth, case) if not wrong else (LONGEST, "", "")
        finished = 0.0 if over or wrong else self._finishing(case)
        right = not wrong and choice in grip_choices(true, case.goal)
        told = [wrong] if wrong else [] if right else [f"left '{choice}', but it was {true}"]
        told += ["it was dropped"] if truth.dropped else []
        told += [ended] if ended else []
        words = f"{case.first[0]} for {case.after:.2f} s, then {case.then[0]}"
        return SwitchScore(seed, words, f"{true}, {case.goal}", choice, right, truth.dropped, round(seconds, 2),
                           round(finished, 2), "; ".join(told))  # fmt: skip

    def _begun(self, case: GripCase) -> tuple[GripLine, TrueGrip, str]:
        """A line in the middle of the first skill, the truth, and what went wrong before."""
        line = GripLine(self._robot, self._library, set_up(case.scene, case.seed))
        objects = dict(line.scene.objects)
        for name, (dx, dy) in case.misplaced.items():
            x, y, z = objects[name].position
            objects[name] = dataclasses.replace(objects[name], position=(x + dx, y + dy, z))
        line.scene = SceneGraph(objects, line.scene.facts, line.scene.robot)
        truth = TrueGrip(line, THING)
        line.watcher = truth.watch
        for skill, arguments in case.before:
            outcome = line.run_skill(skill, arguments)
            if outcome.outcome != "succeeded":
                return line, truth, f"before: '{skill}': {outcome.reason}"
        line.ask("first/1", case.first)
        line.idle(case.after)
        return line, truth, ""

    def _switch(self, line: GripLine, truth: TrueGrip, case: GripCase) -> tuple[float, str, str]:
        """Time until something runs, how it was led to, and what was wrong at its end."""
        other = HandTruth(line, OTHER)
        stood, began = other.position(), line.now
        line.ask("then/1", case.then)
        choice, ran = line.connector.choice("then/1") or "", None
        while line.ended("then/1") is None and line.now < began + LONGEST:
            line.step()
            if ran is None and line.drives("then/1"):
                ran = line.now - began
        ended = line.ended("then/1")
        line.idle(AFTER)
        wrong = self._wrong(case, ended, truth)
        if not wrong and math.dist(other.position(), stood) > KNOCKED:
            wrong = "the other thing was pushed"
        if ended is not None and ended.outcome == "succeeded" and ran is None:
            ran = 0.0  # it was done already
        return (LONGEST if ran is None else ran), choice, wrong

    @staticmethod
    def _wrong(case: GripCase, ended: StepOutcome | None, truth: TrueGrip) -> str:
        """What was wrong with what was asked for, and with the thing."""
        if ended is None:
            return f"'{case.then[0]}' did not end"
        if ended.outcome != "succeeded":
            return f"'{case.then[0]}': {ended.reason}"
        stands = case.scene.objects[1].shape != "sphere" and not truth.touching()
        return "it was toppled" if stands and truth.tilt() > TOPPLED else ""

    def _finishing(self, case: GripCase) -> float:
        """Time until what was asked for runs, where the first is finished before."""
        line, truth, _ = self._begun(case)
        began = line.now
        while line.ended("first/1") is None and line.now < began + LONGEST:
            line.step()
        waited = line.now - began
        seconds, _, _ = self._switch(line, truth, case)
        return waited + seconds
