"""HoldingMixer: a blend in which one skill takes something, and which never drops it."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.connector.goal_values import clip_goals
from skill_stack.connector.guides import make_guide
from skill_stack.connector.guides.guide import Guide, GuideContext, GuideView
from skill_stack.connector.held_watch import HeldWatch
from skill_stack.connector.mix import Mix, Mixer, Numbers
from skill_stack.connector.paths.clearance import keep_clear
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.holding import taken_by

HELD, THEN = "held", "then_"
"""Signal, and number that the mixer sees, 1 once something is held; and how names of numbers begin that then take the
place of those without it: where it is to come to."""

CLEAR = 0.15
"""Free space before its feet while it holds something, which reaches further, m."""


class HoldingMixer:
    """See :class:`skill_stack.connector.mixer.Mixer`.

    It passes on what another mixer says until that first gives a weight to the share that takes something. From then
    on the guide of the taking skill says what the joints of that share do: they are its alone until the step ends,
    whatever the mixer says. The other joints have the stance of the taking skill until the thing is held, and after
    that what the mixer says, by skills that keep hold. So whatever runs then has a stance that keeps hold, too.
    """

    def __init__(self, inner: Mixer, spec: SkillSpec, library: SkillLibrary, robot: RobotSpec) -> None:
        """Takes a mixer.

        Args:
            inner: Says what is mixed, and when something is taken.
            spec: The blended skill.
            library: Its skills.
            robot: The robot.

        Raises:
            DataError: The taking skill moves another one than its share, or a skill does not keep hold.
        """
        part = spec.blended
        assert part is not None, "a mixer is of a blended skill"
        self._inner, self._library, self._robot = inner, library, robot
        self._share = next(share for share in part.shares if share.takes)
        self._takes = library[self._share.takes]
        self._keeps = {share.skill: share.holds for share in part.shares if share.holds}
        self._carrier, self._stance = part.shares[0].holds, self._takes.phases[0].stance
        if self._takes.guided is None or self._takes.base != self._share.skill:
            raise DataError(f"'{spec.name}' takes by '{self._takes.name}', which does not guide '{self._share.skill}'")
        for name in (*self._keeps.values(), self._share.skill, self._stance):
            if any(phase.kind != "holding" for phase in library[name].phases):
                raise DataError(f"'{spec.name}' mixes '{name}' while it holds something, which that does not keep")
        self._joints = frozenset(robot.joint_names)
        mine = robot.members(self._share.joints)
        self._mine, self._rest = tuple(mine), tuple(name for name in robot.joint_names if name not in mine)
        self._guide: Guide | None = None
        self._held = False

    def look(self, view: GuideView, context: GuideContext) -> None:
        """Takes what a guide sees, and the context of the step; before every mix."""
        self._view, self._context = view, context

    def mix(self, goals: Numbers, signals: Numbers) -> Mix:
        """See :class:`skill_stack.connector.mixer.Mixer`.

        Raises:
            GuideFailure: It cannot be taken, or is no longer held.
        """
        then = {name.removeprefix(THEN): value for name, value in goals.items() if self._held and name.startswith(THEN)}
        mix = self._inner.mix({**goals, **then, HELD: float(self._held)}, signals)
        if self._guide is None:
            if all(one.skill != self._share.skill for one in mix.skills):
                return mix
            self._guide = self._made_guide()
        step = self._guide.step(self._view)
        self._held = self._held or step.remaining <= 0.0
        if self._held:
            self._watch.check(self._view.pose, self._view.scene, self._view.now, self._view.joints)
        goals = {name: value for name, value in mix.goals.items() if name not in self._joints}
        others, view = self._others(mix), self._view
        if self._held:
            outlines = view.outlines.without(self._things)
            goals = keep_clear(goals, view.pose, outlines, self._context.footprint.front + CLEAR)
        for one in others:
            goals = clip_goals(self._library[one.skill], goals)
        skills = (*others, SkillWeight(self._share.skill, 1.0, self._mine))
        return Mix(skills, {**goals, **step.goals}, {**step.signals, HELD: float(self._held)})

    def _others(self, mix: Mix) -> list[SkillWeight]:
        """What moves the joints that do not hold."""
        if not self._held:
            return [SkillWeight(self._stance, 1.0, self._rest)]
        weights: dict[str, float] = {}
        for one in mix.skills:
            if one.skill in self._keeps:
                name = self._keeps[one.skill]
                weights[name] = min(1.0, weights.get(name, 0.0) + one.weight)
        return [SkillWeight(name, weight, self._rest) for name, weight in (weights or {self._carrier: 1.0}).items()]

    def _made_guide(self) -> Guide:
        """The guide of the taking skill, with the arguments of the step that it knows."""
        part, known = self._takes.guided, {goal.name for goal in self._takes.goal}
        assert part is not None, "it was looked at before"
        mine = {name: value for name, value in self._context.arguments.items() if name in known}
        arguments = self._takes.complete(mine)
        self._things = taken_by(self._takes, arguments)
        self._watch = HeldWatch(self._things, self._robot)
        return make_guide(part.guide, replace(self._context, arguments=arguments, numbers=part.settings,
                                              template=part.template))  # fmt: skip
