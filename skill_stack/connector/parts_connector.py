"""PartsConnector: one connector for every actuated part of a robot, with one interface."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.connector.action_port import ActionPort
from skill_stack.connector.connector import Connector
from skill_stack.connector.cycle import Cycle
from skill_stack.connector.grip_switching import GripSwitching, LeadIn
from skill_stack.connector.guides.action import Velocity
from skill_stack.connector.parts_knowledge import HeldThing, PartsKnowledge
from skill_stack.connector.paths.blocked_ways import Spared
from skill_stack.connector.paths.localization import Localization
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.switching import Choice
from skill_stack.connector.team.team import RobotTeam
from skill_stack.core.errors import SkillStackError, UnknownName
from skill_stack.core.processes.confirmation import Confirmations
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import Outcome, SkillRequest, SkillStatus, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.core.world.team_member import TeamMember


@dataclass(slots=True)
class _Ahead:
    """A request that waits for what has to happen before.

    Attributes:
        request: The request.
        lead: How it is led to.
        left: Requests still to be made before.
        awaited: The request that runs for it, its own or one that ran already.
        since: When it was made, s of task time.
    """

    request: SkillRequest
    lead: LeadIn
    left: list[SkillRequest]
    awaited: str
    since: float

    @property
    def own(self) -> bool:
        """Whether what runs was made for it."""
        return self.awaited != self.lead.awaited


class PartsConnector:
    """A request goes to the part that its skill drives; requests for different parts run at the same time.

    Teleoperation drives the main part. A stop ends everything, since each part's status reports it. What a carried hand
    holds is not dropped for another request, see :class:`skill_stack.connector.grip_switching.GripSwitching`.
    """

    def __init__(
        self,
        robot: RobotSpec,
        library: SkillLibrary,
        settings: ConnectorSettings | None = None,
        observer: RunObserver | None = None,
        confirmations: Confirmations | None = None,
        actions: ActionPort | None = None,
        spared: Spared | None = None,
    ) -> None:
        """Starts idle.

        Args:
            robot: The whole robot.
            library: Its skills.
            settings: Numbers; ``auto_stand`` is for the main part alone.
            observer: Selects alternatives and learns from runs, for all parts.
            confirmations: Holds the requests that a person confirmed; None begins nothing hazardous.
            actions: Connects to action servers outside of the stack; None where there are none.
            spared: Which movable objects must be left alone where they block a path; None spares none.
        """
        settings = settings or ConnectorSettings()
        limp = settings.model_copy(update={"auto_stand": False})
        self._library, self._beside = library, PartsKnowledge()
        self._joints = {part: spec.joints for part, spec in robot.parts.items()}
        self._parts = {
            part: Connector(
                robot,
                library,
                settings if part == robot.main_part else limp,
                part=part,
                observer=observer,
                confirmations=confirmations,
                actions=actions,
                spared=spared,
                beside=self._beside,
            )  # fmt: skip
            for part in robot.parts
        }
        self._main = self._parts[robot.main_part]
        self._grip = GripSwitching(robot, library)
        self._ahead: _Ahead | None = None
        self._choices: dict[str, Choice] = {}
        self._ended: list[StepOutcome] = []
        self._given_up: set[str] = set()

    def adjust(self, settings: ConnectorSettings) -> None:
        """Replaces the settings; a running step keeps those that it began with.

        Args:
            settings: As for the constructor.
        """
        limp = settings.model_copy(update={"auto_stand": False})
        for connector in self._parts.values():
            connector.adjust(settings if connector is self._main else limp)

    @property
    def held(self) -> dict[str, HeldThing]:
        """What each hand of sliding fingers holds, by side, as its fingers feel it."""
        return self._beside.grips

    @property
    def localization(self) -> Localization | None:
        """Pose of odometry in the map; may be replaced at any time."""
        return self._main.localization

    @localization.setter
    def localization(self, value: Localization | None) -> None:
        for connector in self._parts.values():
            connector.localization = value

    @property
    def library(self) -> SkillLibrary:
        """The skills."""
        return self._library

    def look_out(self, lookout: SearchProgress) -> None:
        """Passes perception's result of a search to the part that searches."""
        for connector in self._parts.values():
            connector.lookout = lookout

    @property
    def running(self) -> tuple[SkillRequest, ...]:
        """The running requests, that of the main part first, and one that waits for what has to happen before."""
        found = tuple(request for connector in self._parts.values() for request in connector.running)
        ahead = self._ahead
        if ahead is None:
            return found
        return (ahead.request, *(one for one in found if not (ahead.own and one.id == ahead.awaited)))

    @property
    def active(self) -> SkillRequest | None:
        """The running request, the main part's before others; None without one."""
        return next(iter(self.running), None)

    @property
    def outside(self) -> bool:
        """Whether an action server works for a request, by the clock on the wall; as :attr:`Connector.outside`."""
        return any(connector.outside for connector in self._parts.values())

    def part_of(self, skill: str) -> str:
        """The part that a skill drives; raises UnknownName or DataError where the skill is unknown or unusable."""
        return self._library[skill].part

    def renew(self, library: SkillLibrary) -> bool:
        """Takes other skills when nothing runs on any part; as :meth:`Connector.renew`."""
        if self.running or not self._main.renew(library):
            return False
        self._library = self._grip.library = library
        for connector in self._parts.values():
            connector.renew(library)
        return True

    @property
    def team(self) -> RobotTeam:
        """Other robots on the floor, for the main part, which walks."""
        return self._main.team

    def presence(self, status: SkillStatus) -> TeamMember | None:
        """What others are to know of this robot; as :meth:`Connector.presence`."""
        return self._main.presence(status)

    def see(self, grid: OccupancyGrid, scene: SceneGraph) -> None:
        """Takes a grid for the main part, which walks; as :meth:`Connector.see`."""
        self._main.see(grid, scene)

    def take_map(self, drawn: OccupancyGrid) -> None:
        """Takes a drawn map for the main part; as :meth:`Connector.take_map`."""
        self._main.take_map(drawn)

    @property
    def grid_doubt(self) -> str:
        """Why the newest occupancy grid is not used; as of :class:`Connector`."""
        return self._main.grid_doubt

    @property
    def untrained(self) -> str:
        """What the adapters in force were not trained for; as of :class:`Connector`."""
        return self._main.untrained

    def start(self, request: SkillRequest, scene: SceneGraph, now: float) -> None:
        """Begins a request on the part that its skill drives, or what has to happen before; as :meth:`Connector.start`.
        """
        self._leave(f"replaced by '{request.id}'", now)
        lead = self._grip.before(request, self.running)
        self._choices = {request.id: lead.choice}
        if not (lead.steps or lead.awaited or lead.done):
            self._begin(request, scene, now)
            return
        self._ahead = _Ahead(request, lead, list(lead.steps), lead.awaited, now)
        if not lead.awaited:
            self._go_on(scene, now)

    def _begin(self, request: SkillRequest, scene: SceneGraph, now: float) -> None:
        """Begins a request."""
        self._parts[self.part_of(request.skill)].start(request, scene, now)
        self._grip.began(request, scene)

    def _go_on(self, scene: SceneGraph, now: float) -> None:
        """Begins the next of what has to happen before, or at last the request itself."""
        ahead = self._ahead
        assert ahead is not None, "something waits"
        try:
            if ahead.left:
                self._begin(ahead.left[0], scene, now)
                ahead.awaited = ahead.left.pop(0).id
                return
            self._ahead = None
            if ahead.lead.done:
                self._end(ahead, "succeeded", "the hand holds it", now)
            else:
                self._begin(ahead.request, scene, now)
        except SkillStackError as error:
            self._ahead = None
            self._end(ahead, "failed", str(error), now)

    def _end(self, ahead: _Ahead, outcome: Outcome, reason: str, now: float, violated: str = "") -> None:
        """Reports how a request ended that never began."""
        request = ahead.request
        self._ended.append(
            StepOutcome(request.id, request.skill, outcome, reason, violated, seconds=now - ahead.since)
        )

    def _leave(self, reason: str, now: float) -> None:
        """Gives up a request that waits, with what runs for it."""
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return
        self._end(ahead, "interrupted", reason, now)
        if ahead.own:
            self._given_up.add(ahead.awaited)
            for connector in self._parts.values():
                connector.cancel(ahead.awaited, reason, now)

    def change(self, request: SkillRequest, scene: SceneGraph, now: float) -> None:
        """Changes a running request. As :meth:`Connector.change`."""
        self._parts[self.part_of(request.skill)].change(request, scene, now)

    def cancel(self, request_id: str, reason: str, now: float) -> bool:
        """Ends a request, or all for an empty id; as :meth:`Connector.cancel`."""
        waits = self._ahead is not None and request_id in ("", self._ahead.request.id)
        if waits:
            self._leave(reason, now)
        ended = tuple(connector.cancel(request_id, reason, now) for connector in self._parts.values())
        return any(ended) or waits

    def teleop(self, vx: float, vy: float, wz: float, now: float, source: str = "network") -> bool:
        """Takes a velocity from a person for the main part; as :meth:`Connector.teleop`."""
        return self._main.teleop(vx, vy, wz, now, source)

    def drive(self, velocity: Velocity, topic: str, now: float) -> bool:
        """Takes a velocity of an action server; as :meth:`Connector.drive`."""
        return any(connector.drive(velocity, topic, now) for connector in self._parts.values())

    def signals(self, request_id: str) -> dict[str, float]:
        """Signals of a running request by name, SI; empty for one that does not run."""
        return next((found for one in self._parts.values() if (found := one.signals(request_id))), {})

    def choice(self, request_id: str) -> Choice | None:
        """How the hand was led to the newest request; None for another one."""
        return self._choices.get(request_id)

    def update(self, status: SkillStatus, scene: SceneGraph) -> Cycle:
        """One cycle of the part that a status is of; as :meth:`Connector.update`.

        Raises:
            UnknownName: The robot has no such part.
        """
        if status.part not in self._parts:
            raise UnknownName("part of the robot", status.part, self._parts)
        self._grip.hear(status)
        self._beside.hear(self._joints[status.part], status.joints)
        cycle = self._parts[status.part].update(status, scene)
        told = [one for one in cycle.outcomes if self._heeded(one, scene, status.task_time)]
        told, self._ended = [*told, *self._ended], []
        return replace(cycle, outcomes=tuple(told))

    def _heeded(self, outcome: StepOutcome, scene: SceneGraph, now: float) -> bool:
        """Takes how a step ended; whether somebody asked for it."""
        self._grip.ended(outcome)
        ahead, mine = self._ahead, outcome.request_id in self._given_up
        self._given_up.discard(outcome.request_id)
        if ahead is None or outcome.request_id != ahead.awaited:
            return not mine
        own = ahead.own
        if outcome.outcome == "succeeded":
            self._go_on(scene, now)
        else:
            self._ahead = None
            why = f"'{outcome.skill}' has to be done before: {outcome.reason}"
            self._end(ahead, outcome.outcome, why, now, outcome.violated)
        return not own
