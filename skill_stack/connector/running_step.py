"""RunningStep: one request from its start to its outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from skill_stack.connector.action_port import ActionPort, NoActions
from skill_stack.connector.controller_watch import ControllerWatch
from skill_stack.connector.goal_values import clip_goals, completed_arguments, completed_goals, filled_template
from skill_stack.connector.guides import Guide, GuideContext, make_guide
from skill_stack.connector.guides.action import ActionGuide, Velocity
from skill_stack.connector.guides.guide import STILL, GuidedBody, GuideFailure, GuideStep, GuideView
from skill_stack.connector.guides.joint_guide import JointGuide
from skill_stack.connector.guides.pace import look_ahead
from skill_stack.connector.held_watch import HeldWatch
from skill_stack.connector.holding_mixer import HELD, HoldingMixer
from skill_stack.connector.mix import Mix
from skill_stack.connector.mixer import make_mixer
from skill_stack.connector.motion_range import MotionRange
from skill_stack.connector.parts_knowledge import PartsKnowledge
from skill_stack.connector.paths.clearance import keep_clear
from skill_stack.connector.paths.kept_path import KEPT, KeptPath, inside
from skill_stack.connector.paths.localization import Localization
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.paths.obstacle_removal import BLOCKED
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.skill_route import LIMP, stance_of
from skill_stack.connector.stall import StallWatch
from skill_stack.connector.stance import StancePreparation
from skill_stack.connector.step_pace import check_deadline, checked_pace, own_settings, paced_goals, paced_settings
from skill_stack.connector.switching import Choice, Switch, Switching
from skill_stack.connector.team.team import Mobility, RobotTeam
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.rewards.reward_arguments import in_use
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, Outcome, Shortfall, SkillRequest, SkillStatus, StepOutcome
from skill_stack.core.skills.action_part import DONE
from skill_stack.core.skills.condition import ConditionWatch
from skill_stack.core.skills.preparation import PreparingSkill
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.skills.way_constraint import way_of
from skill_stack.core.world.estimate_trust import motion_doubt, place_doubt
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.holding import held_by, taken_by
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.search_progress import SearchProgress

NEARER = "an aim comes nearer"
"""Condition of a motion by reward terms that is violated where it reaches no more of what was asked for."""
_TURN_MARGIN = 0.03  # m beyond the nose that is kept free while turning on the spot
_GOES = 0.1  # m/s of a base that goes somewhere and does not sway
_WALK_MARGIN = 0.08  # m beyond the side that is kept free while walking


@dataclass(frozen=True, slots=True)
class StepCycle:
    """What one update of a running step gives.

    Attributes:
        skill: Skill that the controller shall run, or None for nothing at all.
        goals: Its goal values.
        signals: Signals by name, SI.
        met: Conditions that hold.
        outcome: Set when the step has ended.
        mix: What stands for that skill where it carries several; None where it is meant itself.
    """

    skill: str | None
    goals: dict[str, float] = field(default_factory=dict)
    signals: dict[str, float] = field(default_factory=dict)
    met: tuple[str, ...] = ()
    outcome: StepOutcome | None = None
    mix: Mix | None = None


class RunningStep:
    """A running request.

    The skills that lead to the requested one (rising first) have their own timeouts; the requested skill's time begins
    when the controller runs it for this request.

    Attributes:
        request: The request.
        started: When it began, s of task time.
        path: The constraints on its path, from its first cycle on; None for none.
        signals: Newest signals by name, SI.
    """

    def __init__(
        self,
        request: SkillRequest,
        library: SkillLibrary,
        robot: RobotSpec,
        settings: ConnectorSettings,
        now: float,
        actions: ActionPort | None = None,
        whole: bool = False,
        held: frozenset[Fact] = frozenset(),
        beside: PartsKnowledge | None = None,
    ) -> None:
        """Checks the request.

        Args:
            request: The request.
            library: Skills of the robot.
            robot: The robot.
            settings: Numbers of the connector.
            now: Task time, s.
            actions: Reaches action servers outside of the stack; None where there are none.
            whole: Whether a planned motion of that kind has succeeded on this device, so that it may go all the way.
            held: What the robot holds, which is never in its way.
            beside: What the guides of all parts share; None for nothing.

        Raises:
            UnknownName: Unknown skill, argument or guide.
            DataError: Unusable skill, an argument that is missing or out of range, a pace or time limit that is none.
        """
        self.request, self.started, self._beside = request, now, beside or PartsKnowledge()
        self._actions, self._whole, self._facts = actions, whole, held
        self._library, self._settings = library, settings
        self._robot, self._footprint, self._estimation = robot, robot.footprint, robot.estimation
        self.spec: SkillSpec = library[request.skill]
        self.arguments = completed_arguments(self.spec, request.arguments)
        self._pace = checked_pace(request.pace)
        check_deadline(request.deadline)
        runs = library[self.spec.base] if self.spec.base else self.spec
        self._mixer, self._blend = make_mixer(runs, library, robot), runs.blended
        self._wanted = self._blend.shares[0].skill if self._blend else runs.name
        self._switching = Switching(library, self._wanted, self.spec.enter_through, settings.settle_speed)
        self._stance = StancePreparation(self.spec.prepare if settings.stance else ())
        self._guide = self._made_guide(actions or NoActions())
        self._holds, self._placeless = self._stays()
        self._success = ConditionWatch.from_texts(self._success_texts())
        self._failure = ConditionWatch.from_texts(self.spec.failure)
        self._stall = StallWatch(settings.stall_step)
        self._begun: float | None = None
        self._timed: float | None = None  # from when the time limit counts: the beginning, or a change
        self._held_at: float | None = None
        self._watch = ControllerWatch(request.id, settings, self._holds)
        self._leg, self._leg_since, self._doubt, self._deviation = "", now, "", 0.0
        self.path: KeptPath | None = None
        needed = held_by(self.spec, self.arguments)
        self._carries = needed | {fact.arguments[-1] for fact in held}
        self._grip = HeldWatch(needed, robot)
        self.signals: dict[str, float] = {}
        self._joints = robot.part(self.spec.part).joint_names if self.spec.part in robot.parts else ()
        self._range = MotionRange(self.spec)
        self._range.ask(self._wanted_terms(), whole)

    def again(
        self, now: float, request: SkillRequest | None = None, library: SkillLibrary | None = None
    ) -> RunningStep:
        """A step that begins with all that this one knew, on the same path.

        Args:
            now: Task time, s.
            request: Another request that serves this one; None for the same.
            library: Skills that it runs with; None for the same.
        """
        begun = RunningStep(
            request or self.request, library or self._library, self._robot, self._settings, now, self._actions,
            self._whole, self._facts, self._beside,
        )  # fmt: skip
        begun.path = self.path
        return begun

    @property
    def library(self) -> SkillLibrary:
        """Skills that it runs with."""
        return self._library

    @property
    def carried(self) -> frozenset[str]:
        """Ids of what is held while it runs."""
        return self._carries | (taken_by(self.spec, self.arguments) if self.signals.get(HELD) else frozenset())

    @property
    def choice(self) -> Choice | None:
        """How the skill that ran before was left."""
        return self._switching.choice

    @property
    def wanted(self) -> str:
        """The skill that the controller finally runs for it."""
        return self._wanted

    def _made_guide(self, actions: ActionPort) -> Guide | None:
        """What leads the skill that runs; None for a skill without a guide."""
        if self.spec.guided:
            return make_guide(self.spec.guided.guide, self._context(self.arguments))
        return ActionGuide(self.spec.action, self._context(self.arguments), actions) if self.spec.action else None

    def _stays(self) -> tuple[bool, bool]:
        """Whether it only holds the stance, and whether it can do without knowing where the robot is."""
        guided, action = self.spec.guided, self.spec.action
        holds = guided.guide == "hold" if guided else action is not None and action.base is None
        standing = isinstance(self._guide, JointGuide) and not self._guide.PLACED
        return holds, (holds and not (action is not None and action.needs_place)) or standing

    def _context(self, arguments: dict[str, float | str]) -> GuideContext:
        """The guide's context at the present pace."""
        numbers = self.spec.guided.settings if self.spec.guided else {}
        settings = own_settings(self._settings, numbers)
        settings = paced_settings(settings, self._pace) if self._pace else settings
        template = filled_template(self.spec.guided.template, arguments) if self.spec.guided else ""
        return GuideContext(arguments, settings, numbers, self._footprint, self._robot, self.spec.part, template)

    def change(self, request: SkillRequest, now: float, whole: bool = False) -> None:
        """Continues under the same id with other arguments or at another pace.

        Args:
            request: The same request with what has changed.
            now: Task time, s.
            whole: As where it began, of what it has changed to.

        Raises:
            UnknownName: Unknown argument.
            DataError: Another skill; an argument that is wrong, or that this skill cannot change while it runs.
        """
        if request.skill != self.spec.name:
            raise DataError(f"a running '{self.spec.name}' cannot become '{request.skill}'; start that instead")
        arguments, pace = completed_arguments(self.spec, request.arguments), checked_pace(request.pace)
        if self.spec.kind in ("posture", "vendor") and (pace, arguments) != (self._pace, self.arguments):
            raise DataError(f"'{self.spec.name}' cannot be changed or held while it runs; it can only be ended")
        self.request, self.arguments, self._pace, self.path = request, arguments, pace, None
        if not pace:
            self.close()
        else:
            self._range.ask(self._wanted_terms(), whole)
            if self._guide is not None:
                self._guide.change(self._context(arguments))
        self._timed = None if self._begun is None else now
        self._success = ConditionWatch.from_texts(self._success_texts())
        self._stall = StallWatch(self._settings.stall_step)

    def close(self) -> None:
        """Cancels what an action server does for it."""
        if isinstance(self._guide, ActionGuide):
            self._guide.close()

    def drive(self, velocity: Velocity, topic: str, now: float) -> bool:
        """Takes a velocity of an action server; whether the topic is this request's."""
        return isinstance(self._guide, ActionGuide) and self._guide.drive(velocity, topic, now)

    def _held(self, status: SkillStatus) -> StepCycle | None:
        """The stance while the pace is 0 and the step's time stops; None otherwise."""
        now = status.task_time
        if not self._pace:
            self._held_at = now if self._held_at is None else self._held_at
            return StepCycle(stance_of(self._library, status), {}, self.signals)
        if self._held_at is not None:
            pause, self._held_at, self._leg_since = now - self._held_at, None, now
            self._begun = None if self._begun is None else self._begun + pause
            self._timed = None if self._timed is None else self._timed + pause
        return None

    def _success_texts(self) -> tuple[str, ...]:
        """Success conditions; without any, a posture must be complete, and an action as its server reports."""
        if self.spec.action is not None:
            return (f"{DONE} >= 1", *self.spec.success)
        if self.spec.success or self.spec.kind != "posture":
            return self.spec.success
        return ("progress >= 1.0",)

    def end(self, outcome: Outcome, reason: str, now: float, violated: str = "") -> StepOutcome:
        """How the step ended, with the last signals as evidence."""
        seconds = now - self.started
        return StepOutcome(self.request.id, self.spec.name, outcome, reason, violated, dict(self.signals), seconds)

    def update(
        self,
        status: SkillStatus,
        pose: Pose2 | None,
        scene: SceneGraph,
        outlines: Outlines,
        lookout: SearchProgress | None = None,
        team: RobotTeam | None = None,
    ) -> StepCycle:
        """One cycle.

        Args:
            status: Newest status of the controller.
            pose: The robot in ``map``, or None when unknown.
            scene: The world.
            outlines: Outlines of everything in it.
            lookout: What perception said last of a search.
            team: Other robots on the floor; None without any.
        """
        now, status = status.task_time, self._carried(status)
        self._note(status)
        refused = self._watch.refusal(status) or self._lacking(status.lacks)
        if refused is not None:
            return StepCycle(None, outcome=self.end("failed", refused[0], now, refused[1]))
        if (held := self._held(status)) is not None:
            return held
        switch = self._next(status)
        leg = switch.skill if switch is not None else None
        if (first := self._first(status, leg)) is not None:
            self._leg_since = now
            return StepCycle(first.skill, completed_goals(self._library[first.skill], first.goals), self.signals)
        if self._in_force(status, leg) and self._begun is None:
            self._begun = now
        if leg != self._leg:
            self._leg, self._leg_since = leg or "", now
        if self._begun is None:
            goals = switch.goals if switch is not None else {}
            return StepCycle(leg, goals, self.signals, (), self._late_entry(leg, now))
        try:
            if self._guide is None:
                if self._goes_blind(pose):
                    ahead = dict(zip(("vx", "vy"), status.base_velocity.tolist()))
                    look_ahead(self._view(status, pose, scene, outlines, lookout), ahead, self._footprint)
                return self._judge(GuideStep(self._plain_goals(leg), {}, 0.0), leg, now)
            return self._by_guide(self._guide, status, pose, scene, outlines, lookout, team, leg)
        except GuideFailure as failure:
            return StepCycle(leg, outcome=self.end("failed", str(failure), now, failure.name))

    def _goes_blind(self, pose: Pose2 | None) -> bool:
        """Whether a network, which sees nothing on its way, leads the base somewhere: somebody has to look ahead."""
        policy = self.spec.policy
        leads = policy is not None and policy.manifest is not None and bool(policy.manifest.action.goals)
        return leads and pose is not None and self.signals.get("speed", 0.0) > _GOES

    def _by_guide(
        self, guide: Guide, status: SkillStatus, pose: Pose2 | None, scene: SceneGraph, outlines: Outlines,
        lookout: SearchProgress | None, team: RobotTeam | None, leg: str | None,
    ) -> StepCycle:  # fmt: skip
        """The cycle of a skill with a guide; raises GuideFailure when it cannot continue."""
        if pose is None and not self._placeless:
            why = place_doubt(status.base, self._estimation)
            raise GuideFailure("position is known", f"the position is unknown{f': {why}' if why else ''}")
        self._grip.check(pose, scene, status.task_time, self._measured(status))
        outlines = self._kept(outlines.without(self._carries), status, scene, pose)
        return self._guided(guide, self._view(status, pose, scene, outlines, lookout), pose, team, leg)

    def _kept(self, outlines: Outlines, status: SkillStatus, scene: SceneGraph, pose: Pose2 | None) -> Outlines:
        """Outlines with the constraints on the path that were asked for, as seen from where the step began.

        Raises:
            GuideFailure: One of them speaks of what is not there.
        """
        text = next((str(self.arguments[one.name]) for one in self.spec.goal if one.type == "way"), "")
        if (not text and self.path is None) or pose is None:
            return outlines
        self._deviation = status.base.position
        if self.path is None:
            goal, side = str(self.arguments.get("target", "")), self._footprint.side
            try:
                asked = way_of(text)
                if problem := inside(asked, scene, pose, goal):
                    raise GuideFailure(KEPT, problem)
                self.path = KeptPath.begun(asked, scene, pose, goal, side, self._settings.place_radius)
            except UnknownName as error:
                raise GuideFailure(KEPT, str(error)) from error
        return self.constrained(outlines)

    def constrained(self, outlines: Outlines) -> Outlines:
        """Outlines with the constraints on the path that it keeps to."""
        return outlines if self.path is None else self.path.applied(outlines, self._deviation)

    def _measured(self, status: SkillStatus) -> dict[str, float]:
        """Positions of the joints of its part, rad, by name; empty where the controller tells none."""
        return dict(zip(self._joints, status.joints.tolist()))

    def _view(
        self,
        status: SkillStatus,
        pose: Pose2 | None,
        scene: SceneGraph,
        outlines: Outlines,
        lookout: SearchProgress | None,
    ) -> GuideView:
        """The guide's input."""
        now, body = status.task_time, GuidedBody.from_status(status)
        mine = lookout if lookout is not None and lookout.request == self.request.id else None
        here, progress = pose or Pose2(0.0, 0.0, 0.0), self.signals["progress"]
        elapsed, deviation = self._elapsed(now), status.base.position
        joints = self._measured(status)
        odometry = Localization().locate(status) or here
        return GuideView(
            here, scene, outlines, now, elapsed, progress, mine, body, deviation, joints, self._beside, odometry
        )

    def _guided(
        self, guide: Guide, view: GuideView, pose: Pose2 | None, team: RobotTeam | None, leg: str | None
    ) -> StepCycle:
        """The guide's output; ``pose`` is None where it needs no position.

        Raises:
            GuideFailure: It cannot continue.
        """
        try:
            step = guide.step(view)
        except GuideFailure as failure:
            if failure.name != BLOCKED:
                raise
            if team is None or not team.may_clear(view.now):
                told = f"{failure}{team.in_the_way(view.now) if team is not None else ''}"
                if self.path is None:
                    raise GuideFailure(failure.name, told) from failure
                raise GuideFailure(KEPT, f"{told} that keeps to {self.path}") from failure
            step = GuideStep(STILL, {}, 0.0, waiting=True)
        step = step if self._placeless or pose is None else self._safe(step, view, team)
        if isinstance(self._mixer, HoldingMixer):
            self._mixer.look(view, self._context(self.arguments))
        return self._judge(step, leg, view.now)

    def _first(self, status: SkillStatus, leg: str | None) -> PreparingSkill | None:
        """Preparation of the feet, until the skill has begun."""
        if self._stance.done or self._begun is not None or leg != self._wanted or status.skill == leg:
            return None
        return None if status.mode in LIMP else self._stance.next(status, self.signals)

    def _carried(self, status: SkillStatus) -> SkillStatus:
        """The status with the carrying skill, where the controller reports another one of a blend."""
        blend = self._blend
        if blend is None or status.request_id != self.request.id or status.skill not in blend.skills:
            return status
        return replace(status, skill=self._wanted)

    def _next(self, status: SkillStatus) -> Switch | None:
        """The skill to request now; None for none."""
        if not self._holds:
            return self._switching.next(status, self.signals.get("speed", 0.0))
        stance = stance_of(self._library, status)
        return None if stance is None else Switch("at once", stance)

    def _in_force(self, status: SkillStatus, leg: str | None) -> bool:
        """Whether the controller runs the requested skill for this request."""
        if self._holds:
            return True
        mine = status.request_id == self.request.id and status.mode is ControlMode.ACTIVE
        return mine and status.skill == self._wanted == leg

    def _plain_goals(self, leg: str | None) -> dict[str, float]:
        """Numeric arguments as the goals of a skill without a guide."""
        if leg != self._wanted:
            return {}
        return self._range.told if self.spec.sampled else paced_goals(self.spec, self.arguments, self._pace)

    def _wanted_terms(self) -> dict[str, float]:
        """Targets and weights that a planned motion is asked for, at its pace; empty for another skill."""
        return in_use(paced_goals(self.spec, self.arguments, self._pace)) if self.spec.sampled else {}

    def _note(self, status: SkillStatus) -> None:
        """Stores the signals that depend on the status alone."""
        vx, vy = float(status.base_velocity[0]), float(status.base_velocity[1])
        # A signal that is not there makes no condition true.
        self._doubt = motion_doubt(status.base, self._estimation)
        self.signals = {
            "elapsed": self._elapsed(status.task_time),
            **({"speed": (vx * vx + vy * vy) ** 0.5} if not self._doubt else {}),
            "tilt": status.tilt,
            "yaw_rate": status.yaw_rate,
            "progress": status.progress if status.skill == self._wanted else 0.0,
            **({"load": status.load} if status.load == status.load else {}),
        }

    def _lacking(self, lacks: Shortfall) -> tuple[str, str] | None:
        """What a motion by reward terms comes no nearer to, and the violated condition; None of another one."""
        if self._begun is None or self.spec.sampled is None or lacks.aim < 0:
            return None
        aim = self.spec.sampled.asked(self._range.told).aims[lacks.aim]
        return f"it comes no nearer: {aim.label} stays {lacks.off:.2g} {aim.kind.unit}".rstrip() + " off", NEARER

    def _elapsed(self, now: float) -> float:
        """Time since the requested skill began, s; 0 before."""
        return 0.0 if self._begun is None else now - self._begun

    def _late_entry(self, leg: str | None, now: float) -> StepOutcome | None:
        """Whether a skill on the way to the requested one exceeded its own timeout."""
        if leg is None or leg not in self._library:
            return None
        limit = self._library[leg].timeout if leg != self._wanted else self._settings.grace
        if now - self._leg_since <= limit + self._settings.grace:
            return None
        return self.end("failed", f"'{leg}' did not get done within {limit:g} s", now, f"{self.spec.name} begins")

    def _safe(self, step: GuideStep, view: GuideView, team: RobotTeam | None) -> GuideStep:
        """The guide's goals, limited by clearance, other robots and the ranges of the base skill."""
        if not step.goals:
            return step
        turning = abs(step.goals.get("vx", 0.0)) < 0.05 and step.goals.get("wz", 0.0) != 0.0
        keep = self._footprint.front + _TURN_MARGIN if turning else self._footprint.side + _WALK_MARGIN
        if step.moving:
            step = replace(step, goals=keep_clear(step.goals, view.pose, view.outlines, keep, step.near))
        base = self._library[self._wanted]
        if team is not None and STILL.keys() <= step.goals.keys():
            step = team.steered(step, view, self._mobility(base))
        return replace(step, goals=clip_goals(base, step.goals))

    def _mobility(self, base: SkillSpec) -> Mobility:
        """What velocities the base skill can walk with."""
        ranges = {one.name: (one.lower or 0.0, one.upper or 0.0) for one in base.goal}
        (back, ahead), (right, left) = ranges.get("vx", (0.0, 0.0)), ranges.get("vy", (0.0, 0.0))
        settings = self._settings
        keep = self._footprint.side + settings.tight_clearance
        return Mobility((back, right), (ahead, left), settings.creep_speed, settings.speed, keep)

    def _judge(self, step: GuideStep, leg: str | None, now: float) -> StepCycle:
        """Success, failure or time-out."""
        stalled = self._stall.update(step.remaining, step.moving and self._guide is not None, now)
        self.signals = {**self.signals, **step.signals, "stalled_for": stalled, "time_left": self._left(now)}
        goals, mix = {} if leg != self._wanted else step.goals, None
        if self._mixer is not None and leg == self._wanted:
            mix = self._mixer.mix(goals, self.signals)
            goals, self.signals = mix.goals, {**self.signals, **mix.signals}
        met = self._success.update(self.signals, now)
        failed = self._failure.update(self.signals, now)
        outcome = None
        if failed:
            outcome = self.end("failed", f"{failed[0]} became true", now, failed[0])
        elif self._success.conditions and len(met) == len(self._success.conditions):
            outcome = self.end("succeeded", step.said or self._range.said(), now)
        else:
            outcome = self._time_over(met, now)
        return StepCycle(leg, goals, self.signals, (*met, *failed), outcome, mix)

    def _left(self, now: float) -> float:
        """Time that is left of its limit, s; none for a first try at reduced range that may last as it likes."""
        if self._range.reduced and math.isinf(self.spec.asked_seconds(self.arguments)):
            return 0.0
        return self._limit if self._since is None else max(self._limit - (now - self._since), 0.0)

    @property
    def _since(self) -> float | None:
        """Task time from which the limit counts, s; None before the skill began."""
        return self._begun if self._timed is None else self._timed

    @property
    def _limit(self) -> float:
        """Longest time that it goes on, s."""
        return min(self.request.deadline or self.spec.timeout, self.spec.asked_seconds(self.arguments))

    def _time_over(self, met: tuple[str, ...], now: float) -> StepOutcome | None:
        """At its time limit a skill without success conditions is done; any other one has failed."""
        limit, since = self._limit, self._since
        if since is None or now - since < limit:
            return None
        if not self._success.conditions:
            return self.end("succeeded", f"its {limit:g} s are over", now)
        missing = next(c.text for c in self._success.conditions if c.text not in met)
        reason = f"'{missing}' was not reached within {limit:g} s" + (f": {self._doubt}" if self._doubt else "")
        return self.end("failed", reason, now, missing)
