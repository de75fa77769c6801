"""Connector: executes the requests for one part, with setpoints to the controller 20 times a second."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from skill_stack.connector.action_port import ActionPort, NoActions, within_reach
from skill_stack.connector.cycle import Cycle
from skill_stack.connector.goal_values import clip_goals
from skill_stack.connector.guides.action import Velocity
from skill_stack.connector.joint_shares import JointShares
from skill_stack.connector.motion_range import with_rest
from skill_stack.connector.parts_knowledge import PartsKnowledge
from skill_stack.connector.paths.blocked_ways import BlockedWays, Spared
from skill_stack.connector.paths.landmarks import Landmarks, placed
from skill_stack.connector.paths.localization import Localization
from skill_stack.connector.paths.obstacle_removal import BLOCKED
from skill_stack.connector.paths.surroundings import Surroundings
from skill_stack.connector.running_step import RunningStep, StepCycle
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.selection.skill_options import SkillOption, suited
from skill_stack.connector.setpoint_maker import SetpointMaker
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.stops import StopLedger
from skill_stack.connector.switching import Choice
from skill_stack.connector.team.team import RobotTeam
from skill_stack.connector.teleop import FASTEST_ASKED, SHARED, SOURCES, TeleopLease
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.processes.confirmation import HAND_WANTED, Confirmations, NoConfirmations, NotConfirmed
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, SkillRequest, SkillStatus, StepOutcome, plan_of
from skill_stack.core.skills.skill_alternatives import arguments_for
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.parts import with_part_places
from skill_stack.core.world.estimate_trust import place_doubt
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.holding import held_after
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.core.world.sighting import Sighting
from skill_stack.core.world.team_member import TeamMember

AGREED = "map and camera agree"
"""Condition of a step about a thing that cannot be moved."""
_JUMP = 1.0  # s; task time that falls by more belongs to a device that began anew


class Connector:
    """Arbitrates who drives (safety > teleoperation > plan) and turns steps into setpoints. No clocks, no IO.

    Attributes:
        localization: Where odometry lies in the map; may be replaced at any time.
        observer: Chooses ways and learns from runs; may be replaced while nothing runs.
        lookout: What perception said last of a search; may be replaced at any time.
        team: Other robots on the floor.
        landmarks: What seen things say of where the robot is.
    """

    def __init__(
        self,
        robot: RobotSpec,
        library: SkillLibrary,
        settings: ConnectorSettings | None = None,
        localization: Localization | None = None,
        part: str = "body",
        observer: RunObserver | None = None,
        confirmations: Confirmations | None = None,
        actions: ActionPort | None = None,
        name: str = "",
        spared: Spared | None = None,
        beside: PartsKnowledge | None = None,
    ) -> None:
        """Starts idle.

        Args:
            robot: The robot.
            library: Its skills.
            settings: Numbers; None for the usual ones.
            localization: Where odometry lies in the map; None takes the place ``start`` of the first scene.
            part: Actuated part that it drives.
            observer: Selects among alternatives for a request and learns from runs; None takes the skill itself.
            confirmations: Holds the requests that a person confirmed; None begins nothing hazardous.
            actions: Connects to action servers outside of the stack; None where there are none.
            name: Name by which other robots on the floor know it.
            spared: Which movable objects must be left alone where they block a path; None spares none.
            beside: What it shares with the connectors of other parts of the robot.
        """
        self._part, library = part, with_rest(library, robot)
        self._beside = beside or PartsKnowledge()
        self.team = RobotTeam(robot.footprint, name)
        self.lookout: SearchProgress | None = None
        self._robot, self._library = robot, library
        self._settings = settings or ConnectorSettings()
        self.localization = localization
        self.landmarks = Landmarks()
        self._steps = JointShares(library, robot, part)
        self._latest = ""
        self._ended: list[StepOutcome] = []
        self._held: frozenset[Fact] = frozenset()
        self._stops = StopLedger()
        self._teleop = TeleopLease(self._settings.teleop_timeout)
        self._newest = -math.inf
        self._mode: ControlMode | None = None
        self._reason = ""
        keep = robot.footprint.side + self._settings.clearance
        self._surroundings = Surroundings(self._settings.grid_age, keep)
        self.observer = observer
        self._confirmations = confirmations or NoConfirmations()
        self._actions = actions or NoActions()
        self._asked_for: dict[str, str] = {}  # by request, where another skill realises it
        self._status: SkillStatus | None = None
        self._ways = BlockedWays(library, robot, self._settings, spared)
        self._maker = SetpointMaker(robot, library, self._settings, part)

    def adjust(self, settings: ConnectorSettings) -> None:
        """Replaces the settings; a running step keeps those that it began with."""
        self._settings = self._maker.settings = settings
        self._ways.adjust(settings)
        self._teleop.timeout = settings.teleop_timeout
        self._surroundings.age_limit = settings.grid_age
        self._surroundings.keep = self._robot.footprint.side + settings.clearance

    @property
    def active(self) -> SkillRequest | None:
        """The running request, the one with most joints where there are several; or None."""
        return self._steps.main.request if self._steps.main else None

    @property
    def running(self) -> tuple[SkillRequest, ...]:
        """Every running request, the one with most joints first."""
        return tuple(step.request for step in self._steps)

    @property
    def outside(self) -> bool:
        """Whether an action server outside of the stack works for a request, by the clock on the wall."""
        return any(step.spec.action is not None for step in self._steps)

    def renew(self, library: SkillLibrary) -> bool:
        """Replaces the skills, when nothing runs.

        Args:
            library: Skills of the robot.

        Returns:
            Whether they were taken; False while a request is carried out or a person drives.
        """
        if self._steps.main is not None or self._teleop.fresh(self._newest):
            return False
        library = with_rest(library, self._robot)
        self._library, self._steps = library, JointShares(library, self._robot, self._part)
        self._maker.library = library
        self._ways.renew(library)
        return True

    def start(self, request: SkillRequest, scene: SceneGraph, now: float) -> None:
        """Begins a request; one that runs ends ``interrupted``, which the next update reports.

        Only one of the same plan that needs other joints goes on beside it.

        Args:
            request: The request.
            scene: The world, in which objects among the arguments must be known.
            now: Task time, s.

        Raises:
            UnknownName: Unknown skill, argument, guide or object.
            DataError: An argument is missing or out of range, the plan was stopped, a source of higher priority drives,
                or it is hazardous and no person confirmed it.
        """
        if self._stops.refused(request.id):
            raise DataError(f"plan '{plan_of(request.id)}' was stopped; give a new instruction")
        if self._mode is ControlMode.ESTOP:
            raise DataError(f"the emergency stop is latched ({self._reason or 'no reason given'}); reset it first")
        if self._teleop.fresh(now):
            raise DataError("teleoperation drives; let go first")
        scene = with_part_places(scene, request.arguments.values())
        way = self._way(request, scene)
        whole = self._done_before(way.request, scene)
        step = RunningStep(
            way.request, way.library, self._robot, self._settings, now, self._actions, whole, self._held, self._beside
        )  # fmt: skip
        if step.spec.part != self._part:
            raise DataError(f"'{request.skill}' drives part '{step.spec.part}', this connector '{self._part}'")
        for parameter in step.spec.goal:
            name = step.arguments[parameter.name]
            if parameter.type == "object" and name not in ("", *scene.objects):  # empty: an optional one
                raise UnknownName("object", str(name), scene.objects)
        same = [one for one in self._steps if plan_of(one.request.id) == plan_of(request.id)]
        stay = [one for one in same if one.request.id != request.id and one not in self._steps.conflicting_steps(step)]
        self._steps.check_mixture(step, stay)
        self._need_yes(request)
        self._interrupt(f"replaced by '{request.id}'", now, [one for one in self._steps if one not in stay])
        self._steps.add(step)
        self._latest = request.id
        if way.request.skill != request.skill:
            self._asked_for[request.id] = request.skill
        if self.observer is not None:
            self.observer.begin(request, way, self._library, scene)

    def _need_yes(self, request: SkillRequest) -> None:
        """Raises NotConfirmed where a hazardous request lacks a person's confirmation."""
        if request.hazardous or self._library.hazard(request.skill) == "high":
            self._confirmations.take(request)

    def _done_before(self, request: SkillRequest, scene: SceneGraph) -> bool:
        """Whether a motion of that kind has succeeded on this robot."""
        return self.observer is not None and self.observer.knows(request, self._library, scene)

    def _way(self, request: SkillRequest, scene: SceneGraph) -> SkillOption:
        """The skill chosen for a request."""
        library = suited(within_reach(self._library, self._actions.lack), self._settings.condition)
        if self.observer is None:
            return SkillOption(request.skill, request, library, "none")
        return self.observer.choose(request, library, scene, self._status)

    def change(self, request: SkillRequest, scene: SceneGraph, now: float) -> None:
        """Changes arguments or pace of the running request, which goes on under its id.

        Args:
            request: The same request with what has changed.
            scene: The world, in which objects among the arguments must be known.
            now: Task time, s.

        Raises:
            UnknownName: Unknown argument or object.
            DataError: That request does not run (any more), it cannot be changed so, or it is hazardous and no person
                confirmed the change.
        """
        step = self._steps.find(request.id)
        if step is None:
            raise DataError(f"'{request.id}' does not run, so it cannot be changed")
        self._need_yes(request)
        asked, scene = request, with_part_places(scene, request.arguments.values())
        if self._asked_for.get(request.id) == request.skill:
            arguments = arguments_for(step.spec, request.arguments)
            if arguments is None:
                raise DataError(f"'{step.spec.name}' runs for it, which keeps to no constraints on its path")
            request = replace(request, skill=step.spec.name, arguments=arguments)
        for parameter in step.spec.goal:
            name = request.arguments.get(parameter.name)
            if parameter.type == "object" and name is not None and name not in scene.objects:
                raise UnknownName("object", str(name), scene.objects)
        step.change(request, now, self._done_before(request, scene))
        if self.observer is not None:
            self.observer.change(asked, self._library, scene)

    def cancel(self, request_id: str, reason: str, now: float) -> bool:
        """Ends a request as ``interrupted``; the robot takes the stance of its phase.

        Args:
            request_id: The request; an empty string means whichever runs.
            reason: One sentence for people.
            now: Task time, s.

        Returns:
            Whether that request was running.
        """
        ended = [step for step in self._steps if request_id in ("", step.request.id)]
        self._interrupt(reason, now, ended)
        return bool(ended)

    def teleop(self, vx: float, vy: float, wz: float, now: float, source: str = "network") -> bool:
        """Takes a velocity from a person, within the skill's range; a non-zero one interrupts a running step.

        Args:
            vx: Forward, m/s.
            vy: To the left, m/s.
            wz: Turning to the left, rad/s.
            now: Task time, s.
            source: ``remote`` (the robot's own), ``local`` (dead-man switch at the robot), ``network``, or ``cmd_vel``
                for whoever publishes on that topic.

        Returns:
            Whether it was taken; False behind a stronger source, or after a stop until the hand has let go.

        Raises:
            DataError: A value is not finite or implausibly large, or driving is hazardous and no local person drives.
            UnknownName: The source or the velocity skill is unknown.
        """
        _check_velocity((vx, vy, wz))
        if source not in SOURCES:
            raise UnknownName("teleoperation source", source, SOURCES)
        spec = self._library[self._settings.teleop_skill]
        goals = clip_goals(spec, {"vx": float(vx), "vy": float(vy), "wz": float(wz)})
        hazardous = self._library.hazard(spec.name) == "high"
        if hazardous and any(goals.values()) and not self._confirmations.hand_on():
            raise NotConfirmed(f"to drive with '{spec.name}' is hazardous; {HAND_WANTED}")
        taken = self._teleop.command((goals["vx"], goals["vy"], goals["wz"]), now, source)
        if hazardous and taken:
            driven = SkillRequest(self._teleop.id, spec.name)
            self._teleop.confirmation = self._confirmations.confirm(driven).confirmation
        if taken and self._teleop.fresh(now):
            self._interrupt("teleoperation took over", now)
        return taken

    def drive(self, velocity: Velocity, topic: str, now: float) -> bool:
        """Takes a velocity of an action server outside of the stack, for the request that uses this server.

        It is followed only while a goal of that request is under way, within the limits of the deployment and of the
        skill that walks, and no longer than a person's (``teleop_timeout``).

        Args:
            velocity: vx, vy in m/s, wz in rad/s.
            topic: Where it came.
            now: Task time, s.

        Returns:
            Whether a running request takes velocities from that topic.

        Raises:
            DataError: A value is not finite or implausibly large.
        """
        _check_velocity(velocity)
        return any(step.drive(velocity, topic, now) for step in self._steps)

    def choice(self, request_id: str) -> Choice | None:
        """How what ran before a running request was left; None before, or where that request does not run."""
        step = self._steps.find(request_id)
        return None if step is None else step.choice

    def signals(self, request_id: str) -> dict[str, float]:
        """Signals of a running request by name, SI; empty for one that does not run."""
        step = self._steps.find(request_id)
        return step.signals if step is not None else {}

    def update(self, status: SkillStatus, scene: SceneGraph) -> Cycle:
        """One cycle, on the arrival of a status.

        Args:
            status: Newest status of the controller.
            scene: The world.
        """
        if status.task_time < self._newest - _JUMP:
            self._on_new_time(status.task_time)
        if self._status is None and any(entry.spec and entry.spec.action for entry in self._library.entries.values()):
            # A server may still drive for a goal of the connector that was here before.
            self._teleop.release(SHARED, status.task_time)
        self._newest, self._status = status.task_time, status
        self._mode, self._reason = status.mode, status.reason
        self._maker.hear(status)
        if self._stops.observe(status.stop_count):
            self._on_stop(status)
        if self.localization is None:
            self.localization = Localization.from_start(scene)
        scene = self.team.world(self._ways.world(scene), status.task_time)
        self._look_around(status, scene)
        self._carry(scene)
        self.team.begin()
        cycles = [self._update(step, status, scene) for step in self._steps]
        self.team.end()
        signals, met = (cycles[0][1].signals, cycles[0][1].met) if cycles else ({}, ())
        going = [(step, cycle) for step, cycle in cycles if cycle.outcome is None]
        outcomes, self._ended = tuple(self._ended), []
        setpoint = self._maker.make(status, going, self._steps, self._teleop, self._stops.count)
        return Cycle(setpoint, outcomes, signals, met)

    def _carry(self, scene: SceneGraph) -> None:
        """Tells the team what this robot carries, on all of its parts."""
        held = {fact.arguments[-1] for fact in self._held}.union(*(step.carried for step in self._steps))
        self._beside.carried[self._part] = tuple(scene[name] for name in sorted(held) if name in scene.objects)
        self.team.carry([thing for things in self._beside.carried.values() for thing in things])

    def _update(self, step: RunningStep, status: SkillStatus, scene: SceneGraph) -> tuple[RunningStep, StepCycle]:
        """One cycle of one request, which releases its joints when it has ended."""
        clearing = self._ways.errand(step.request.id)
        scene = with_part_places(scene, step.arguments.values())
        world = clearing.world(scene) if clearing is not None else scene
        mine, here = self._steps.view(step, status), self.locate(status)
        team = self.team if self.team.mates else None
        cycle = step.update(mine, here, world, self._surroundings.last, self.lookout, team)
        if cycle.outcome is None and (disputed := self._disputed(step)):
            why = f"the camera sees '{disputed}' elsewhere than the map has it"
            cycle = replace(cycle, outcome=step.end("failed", why, status.task_time, AGREED))
        if self.observer is not None and clearing is None:
            self.observer.cycle(step.request.id, status, cycle.goals)
        if cycle.outcome is None:
            return step, cycle
        field = self._surroundings.last.field
        follower = self._ways.follower(step, cycle.outcome, scene, here, field, status.task_time)
        blocked = follower is None and clearing is None and cycle.outcome.violated == BLOCKED
        if blocked and here is not None and self._surroundings.memory.doubt(here, status.task_time):
            self._look_around(status, scene)
            follower = self._ways.again(step, status.task_time)  # what was seen long ago may have changed
        if follower is None:
            self._end(step, cycle.outcome)
            return step, cycle
        self._asked_for.setdefault(step.request.id, step.request.skill)
        step.close()
        self._steps.remove(step)
        self._steps.add(follower)
        return self._update(follower, status, scene)

    def _disputed(self, step: RunningStep) -> str:
        """The thing of a step of which map and camera disagree; empty for none, or where it is the robot's own place
        that is wrong.
        """
        doubted = self.landmarks.doubted
        if len(doubted) == len(self.landmarks.contradicted):
            return ""
        return next((str(value) for value in step.arguments.values() if value in doubted), "")

    def _end(self, step: RunningStep, outcome: StepOutcome) -> None:
        """Releases the joints of an ended request and reports its outcome under the requested skill."""
        step.close()
        if step.drive((0.0, 0.0, 0.0), SHARED, self._newest):
            self._teleop.release(SHARED, self._newest)  # what its server still says is no person
        self._steps.remove(step)
        self._held = held_after(self._held, outcome, step.spec, step.arguments)
        outcome = self._ways.ended(outcome)
        if self.observer is not None:
            self.observer.end(outcome)
        asked = self._asked_for.pop(outcome.request_id, outcome.skill)
        self._ended.append(outcome if asked == outcome.skill else replace(outcome, skill=asked))

    def see(self, grid: OccupancyGrid, scene: SceneGraph) -> None:
        """Takes an occupancy grid from perception or a saved map; it is used while it is fresh.

        Args:
            grid: The newest grid.
            scene: The world.
        """
        origin = self.localization.odom if self.localization is not None else Pose2(0.0, 0.0, 0.0)
        self._surroundings.take(grid, self._ways.world(scene).objects, origin)

    def sight(self, sightings: Sequence[Sighting], scene: SceneGraph, status: SkillStatus) -> None:
        """Takes what a camera saw of known things, which corrects where the robot is.

        Args:
            sightings: What was seen, as of this status.
            scene: The map.
            status: The controller's status at the look.
        """
        if self.localization is None or place_doubt(status.base, self._robot.estimation):
            return
        odometry = Localization().locate(status)
        if odometry is not None:
            now = status.task_time
            self.localization = self.landmarks.corrected(self.localization, odometry, sightings, scene, now)

    def placed(self, sightings: Sequence[Sighting], scene: SceneGraph, status: SkillStatus) -> SceneGraph:
        """The map with movable things where a camera saw them, relative to where the robot is thought to be.

        Args:
            sightings: What was seen, as of this status.
            scene: The map.
            status: The controller's status at the look.
        """
        return placed(sightings, scene, self.locate(status), status.task_time)

    def take_map(self, drawn: OccupancyGrid) -> None:
        """Takes a drawn map, as SLAM or a map server publish it, for ways around its walls.

        Args:
            drawn: The map.

        Raises:
            DataError: It is not in ``map``.
        """
        self._surroundings.take_map(drawn)

    @property
    def grid_doubt(self) -> str:
        """Why the newest occupancy grid was not used in the last cycle; empty when it was, or there is none."""
        return self._surroundings.doubt

    @property
    def untrained(self) -> str:
        """What of load, floor and motors the adapters in force were not trained for; empty for nothing."""
        return self._maker.untrained

    def _look_around(self, status: SkillStatus, scene: SceneGraph) -> None:
        """Updates the obstacles."""
        about = {value for step in self._steps for value in step.arguments.values() if isinstance(value, str)}
        origin = self.localization.odom if self.localization is not None else Pose2(0.0, 0.0, 0.0)
        self._surroundings.look(scene.objects, origin, status.task_time, self.locate(status), about)

    def locate(self, status: SkillStatus) -> Pose2 | None:
        """The robot's pose in ``map``, or None when it is unknown, too old or too uncertain."""
        if self.localization is None or place_doubt(status.base, self._robot.estimation):
            return None
        return self.localization.locate(status)

    def presence(self, status: SkillStatus) -> TeamMember | None:
        """What other robots on the floor are to know of this one; None while its place is unknown.

        Args:
            status: Newest status of the controller.
        """
        here = self.locate(status)
        if here is None:
            return None
        vx, vy, _ = map(float, status.base_velocity)
        return self.team.presence(here, (vx, vy), status.base.position)

    def _on_new_time(self, now: float) -> None:
        """After a restart of the device: measurements and stick commands of the old time are void."""
        for step in self._steps:
            step.started = now
        self._interrupt("time began anew", now)
        self._surroundings.forget()
        self.team.mates.restart(now)
        self._teleop.stop(now)

    def _on_stop(self, status: SkillStatus) -> None:
        """Ends whatever runs; the plan may be between two steps, so the latest request is included."""
        self._teleop.stop(status.task_time)
        if self._latest:
            self._stops.refuse(self._latest)
        if status.mode is not ControlMode.ESTOP:  # the step itself fails of an emergency stop, with its reason
            self._interrupt("stop", status.task_time)

    def _interrupt(self, reason: str, now: float, steps: Iterable[RunningStep] | None = None) -> None:
        """Ends some requests, or all."""
        for step in self._steps if steps is None else steps:
            self._end(step, step.end("interrupted", reason, now))


def _check_velocity(velocity: Velocity) -> None:
    """Raises DataError for velocities that are not finite or implausibly large."""
    if not all(abs(value) <= FASTEST_ASKED for value in velocity):
        told = f"finite velocities up to {FASTEST_ASKED:g} m/s and rad/s"
        raise DataError(f"teleoperation needs {told}, not ({', '.join(f'{value:g}' for value in velocity)})")
