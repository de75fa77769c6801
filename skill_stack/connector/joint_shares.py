"""JointShares: several requests on one part of the body, each with its own joints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from skill_stack.connector.running_step import RunningStep
from skill_stack.connector.skill_route import LIMP, stance_of
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, SkillStatus, SkillWeight
from skill_stack.core.skills.claims import Anatomy, Claim
from skill_stack.core.skills.skill_library import SkillLibrary


@dataclass(slots=True)
class PartShare:
    """One request and the joints that it leases until it ends.

    Attributes:
        step: The request at work.
        claim: What it takes.
        since: Number of the first setpoint that held its skill, or None.
        begun: Task time at which the controller was first seen to run that, s, or None.
    """

    step: RunningStep
    claim: Claim
    since: int | None = None
    begun: float | None = None


class JointShares:
    """The requests of one part, the one that carries it first.

    One that needs the whole part has it alone. Beside one another run those of one plan whose joints differ; what
    needs nothing, such as waiting, runs beside anything.
    """

    def __init__(self, library: SkillLibrary, robot: RobotSpec, part: str) -> None:
        """Begins with none.

        Args:
            library: Skills.
            robot: The robot, whose joints are leased.
            part: The part.
        """
        self._library = replace(library, anatomy=Anatomy.from_robot(robot))
        self._whole = self._library.anatomy.joints(part, part)
        self._all: list[PartShare] = []
        self._under = ""

    def __iter__(self) -> Iterator[RunningStep]:
        return iter([share.step for share in self._all])

    @property
    def main(self) -> RunningStep | None:
        """The request that carries the part, or the first one; None without one."""
        return self._all[0].step if self._all else None

    def find(self, request_id: str) -> RunningStep | None:
        """A request that runs, or None."""
        return next((share.step for share in self._all if share.step.request.id == request_id), None)

    def conflicting_steps(self, step: RunningStep) -> list[RunningStep]:
        """Running requests that need joints of a new one."""
        claim = self._claim(step)
        return [share.step for share in self._all if claim.clash(share.claim)]

    def check_mixture(self, step: RunningStep, stay: Sequence[RunningStep]) -> None:
        """Checks whether a new request can be combined with those that stay.

        Args:
            step: The new request.
            stay: Requests that go on.

        Raises:
            DataError: They cannot run in the controller together; the message states why.
        """
        for share in self._all:
            if share.step not in stay or not share.claim.joints or not self._claim(step).joints:
                continue
            names = f"'{share.step.request.skill}' and '{step.request.skill}'"
            specs = [self._library[one.wanted] for one in (share.step, step)]
            if any(spec.kind == "vendor" for spec in specs):
                raise DataError(f"{names}: a motion of the robot's own controller cannot be mixed with anything")
            if specs[0].name == specs[1].name:
                raise DataError(f"{names} are both done by '{specs[0].name}', which has one set of goal values")
            both = {goal.name for goal in specs[0].goal} & {goal.name for goal in specs[1].goal}
            if both:
                raise DataError(f"{names} both take the goal value '{min(both)}'")

    def add(self, step: RunningStep) -> None:
        """Leases joints to a request."""
        self._all.append(PartShare(step, self._claim(step)))
        self._all.sort(key=lambda share: -len(share.claim.wanted))  # sorting is stable: of equals the first comes first

    def remove(self, step: RunningStep) -> None:
        """Ends a lease."""
        self._all = [share for share in self._all if share.step is not step]

    def view(self, step: RunningStep, status: SkillStatus) -> SkillStatus:
        """The status from the point of view of one request.

        The controller reports the skill that drives most joints. That another one runs is seen from the setpoint in
        force, and how far its posture is from the time since then: its interpolation is a matter of time alone.

        Args:
            step: The request.
            status: What the controller reports.
        """
        share = next(one for one in self._all if one.step is step)
        if not share.claim.joints or (len(self._all) == 1 and share.claim.wanted >= self._whole):
            return status
        runs = status.mode is ControlMode.ACTIVE and share.since is not None
        if not runs or status.setpoint_sequence < (share.since or 0):
            return status
        share.begun = status.task_time if share.begun is None else share.begun
        if status.skill == step.wanted:
            return replace(status, request_id=step.request.id)
        spec, elapsed = self._library[step.wanted], status.task_time - share.begun
        length = sum(frame.duration for frame in spec.posture.keyframes) if spec.posture else 0.0
        progress = min(1.0, elapsed / length) if length else 0.0
        phase = spec.phase_at(progress).name
        return replace(status, skill=spec.name, phase=phase, progress=progress, request_id=step.request.id)

    def weights(
        self, legs: Sequence[tuple[RunningStep, str | None]], status: SkillStatus, sequence: int
    ) -> tuple[SkillWeight, ...]:
        """The combined skill weights for all of them.

        A skill that only leads to a requested one (rising) has the whole part. Joints without a lease belong to the
        skill that carries the part, and where none does to the stance of the present phase.

        Args:
            legs: For each request, the skill that it needs now.
            status: What the controller reports.
            sequence: Number of the setpoint that is being made.
        """
        wanted = [(share, leg) for share in self._all for step, leg in legs if step is share.step and leg is not None]
        moving = [(share, leg) for share, leg in wanted if share.claim.joints]
        for share, leg in moving or wanted[:1]:
            if not share.claim.joints or leg not in (share.step.wanted, *self._stances(share.step.wanted)):
                return (SkillWeight(leg),)
        if len(moving) == 1 and moving[0][0].claim.wanted >= self._whole:
            moving[0][0].since = sequence if moving[0][0].since is None else moving[0][0].since
            return (SkillWeight(moving[0][1]),)
        return self._mixed(moving, status, sequence)

    def _mixed(
        self, moving: Sequence[tuple[PartShare, str]], status: SkillStatus, sequence: int
    ) -> tuple[SkillWeight, ...]:
        """Several skills at once, or one that does not need the whole part."""
        out, free = [], self._whole
        for number, (share, leg) in enumerate(moving):
            others = [one.claim for k, (one, _) in enumerate(moving) if k != number]
            needed = frozenset().union(*(claim.joints for claim in others))
            mine = (share.claim.joints_beside(others[:number]) - needed) | share.claim.joints
            out.append((leg, mine))
            free -= mine
            share.since = sequence if share.since is None else share.since
        stance = self._stance({leg for _, leg in moving}, status)
        if free and stance:
            out.insert(0, (stance, free))
        return tuple(SkillWeight(leg, 1.0, self._names(joints)) for leg, joints in out)

    def _stances(self, skill: str) -> set[str]:
        """Skills that hold a position: the stances of its phases."""
        return {phase.stance for phase in self._library[skill].phases}

    def _stance(self, driven: set[str], status: SkillStatus) -> str:
        """The skill for joints that no request leased: the stance of the previous phase, while it lasts."""
        if status.mode in LIMP:
            self._under = ""
        elif status.skill not in driven:
            self._under = stance_of(self._library, status) or ""
        return "" if self._under in driven else self._under

    def _names(self, joints: frozenset[str]) -> tuple[str, ...]:
        """Joint names within the part."""
        return tuple(sorted(joint.partition("/")[2] for joint in joints))

    def _claim(self, step: RunningStep) -> Claim:
        return self._library.claim(step.spec, step.arguments)
