"""LegsMixer: blends primitives of a robot that has nothing but legs, per group of joints, as a small network says.

Groups are those that the first share names, primitives the shares. Actions are the goal values of all of them, then a
weight for each primitive: in every group (``blended``), or one for all, of which the largest has the joints
(``switched``). ``scratch`` gives joint targets, which the last share's servo follows. Only with that are positions of
joints told, so that ``calm`` is 0 for the others.
"""

from __future__ import annotations

import numpy as np

from skill_stack.connector.mix import Mix, Numbers
from skill_stack.connector.whole_body.decisions import SCRATCH, Decisions, approach, by_joints, weights_of
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary

AIMS = 0.1
"""Share of what the nose is off that the posture makes up for each cycle, once the legs walk no more: of 0.5 s."""
MIRRORED = ("vy", "wz", "roll", "yaw")
"""Goal values that change their sign where the network sees the mirror image."""


class LegsMixer:
    """See :class:`skill_stack.connector.mixer.Mixer`; the numbers come from the guide ``whole_body``."""

    def __init__(self, spec: SkillSpec, library: SkillLibrary, robot: RobotSpec) -> None:
        """Reads the network beside the skill, unless a learner acts.

        Raises:
            DataError: The file is missing or wrong, or its actions do not fit the skill.
        """
        assert spec.blended is not None, "a mixer is of a blended skill"
        self._robot, self._shares = robot, spec.blended.shares
        self._groups, self._ranges = self._shares[0].joints, _ranges(spec, library)
        self._decisions = Decisions(spec, library, robot, names_of)
        self._raised = self._turned = 0.0

    def mix(self, goals: Numbers, signals: Numbers) -> Mix:
        """See :class:`skill_stack.connector.mixer.Mixer`; a group whose legs do not walk is told no velocity."""
        goals = self._decisions.made(goals)
        actions, method = self._decisions.actions, self._decisions.method
        if method == SCRATCH:
            return by_joints(self._robot, actions, self._shares[-1])
        told = actions[len(self._ranges) :]
        rows = told.reshape(len(self._groups), -1) if method == "blended" else told[None]
        weights = [weights_of(row) if method == "blended" else np.eye(len(row))[row.argmax()] for row in rows]
        self._decisions.walks = bool(np.mean([row[0] for row in weights]) >= 0.5)
        groups = self._groups if method == "blended" else ("",)
        skills = tuple(
            SkillWeight(share.skill, float(weight), (group,) if group else ())
            for group, row in zip(groups, weights)
            for share, weight in zip(self._shares, row)
            if weight > 0.0
        )
        return Mix(skills, self._told(goals))

    def _told(self, goals: Numbers) -> dict[str, float]:
        """Goal values: a walk to the target, then a posture with the nose at it, all changed by the actions."""
        sign = 1.0 - 2.0 * goals.get("mirrored", 0.0)
        shift = {name: float(action) * (high - low) / 2.0 for (name, (low, high)), action in
                 zip(self._ranges.items(), self._decisions.actions)}  # fmt: skip
        speed, turning = approach(goals, shift["vx"], shift["wz"])
        out = shift | {"vx": speed, "wz": turning}
        for name, value in self._aimed(goals).items():
            out[name] += value
        out = {name: (sign if name in MIRRORED else 1.0) * value for name, value in out.items()}
        out = {name: float(np.clip(out[name], *bounds)) for name, bounds in self._ranges.items()}
        return out if self._decisions.walks else {**out, "vx": 0.0, "vy": 0.0, "wz": 0.0}

    def _aimed(self, goals: Numbers) -> dict[str, float]:
        """A posture that brings the nose to the target; the base is raised first, what is left is pitch."""
        nose = goals["nose"]
        (low, high), (down, up), (right, left) = (self._ranges[name] for name in ("height", "pitch", "yaw"))
        if self._decisions.walks:
            self._raised = self._turned = 0.0
        else:
            least, most = low - nose * up, high - nose * down
            self._raised = float(np.clip(self._raised + AIMS * goals["tip_up"], least, most))
            self._turned = float(np.clip(self._turned + AIMS * goals["tip_aside"] / nose, right, left))
        height = min(max(self._raised, low), high)
        return {"height": height, "pitch": (height - self._raised) / nose, "yaw": self._turned}


def names_of(method: str, spec: SkillSpec, library: SkillLibrary, robot: RobotSpec) -> tuple[str, ...]:
    """Names of the actions of a method, in their order; those of a weight are the skill's, once for every group."""
    if method == SCRATCH:
        return robot.joint_names
    assert spec.blended is not None, "it is a blended skill"
    primitives = tuple(share.skill for share in spec.blended.shares)
    groups = len(spec.blended.shares[0].joints) if method == "blended" else 1
    return tuple(_ranges(spec, library)) + primitives * groups


def _ranges(spec: SkillSpec, library: SkillLibrary) -> dict[str, tuple[float, float]]:
    """Bounds of the primitives' goals that are numbers, by name; of two with one name those of the first."""
    assert spec.blended is not None, "it is a blended skill"
    found: dict[str, tuple[float, float]] = {}
    for share in spec.blended.shares:
        for one in library[share.skill].goal:
            if one.lower is not None and one.upper is not None:
                found.setdefault(one.name, (one.lower, one.upper))
    return found
