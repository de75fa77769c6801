"""TeamRobot: one robot of several from a client's view: its scene and its tasks."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Literal

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph
from skill_stack.nodes.clients.client import NotReachable, TaskClient
from skill_stack.nodes.views.world_view import WorldView
from skill_stack.planner.fleet.fleet_file import FleetMember
from skill_stack.planner.fleet.fleet_plan import FleetRobot
from skill_stack.planner.planner import Planner

HEAR = 10.0  # s in which the robot must tell where it is and what there is
POSE = 2.0  # s more in which it may find out where it is
TURN = 0.1  # s between looks for a new task

NewsKind = Literal["ready", "event", "ended", "lost"]


@dataclass(frozen=True, slots=True)
class News:
    """An event of one robot.

    Attributes:
        robot: Its name.
        kind: ``ready``: its world is known; ``event``: something happened in its task; ``ended``: its task has;
            ``lost``: it does not answer.
        outcome: Of a task that ended; the kind of an event.
        reason: In words.
    """

    robot: str
    kind: NewsKind
    outcome: str = ""
    reason: str = ""


class TeamRobot(WorkerThread):
    """A thread with its own node in the robot's namespace; reports events through a queue."""

    def __init__(self, member: FleetMember, resources: Resources, news: queue.SimpleQueue[News]) -> None:
        """Loads the robot's skills; the thread joins the network once it is started.

        Args:
            member: The robot.
            resources: Where robots and skills are found.
            news: Takes what happens.

        Raises:
            SkillStackError: Its robot or skills are missing or wrong, or it has no running stack.
        """
        super().__init__(f"robot-{member.name}")
        if not member.robot:
            raise NotReachable(
                f"'{member.name}' has skills from a file and no stack that runs; to have words done, every robot "
                "needs 'robot: NAME', and 'namespace:' where that is not its name"
            )
        self._member, self._news = member, news
        self._robot = load_robot(resources.robot(member.robot), resources)
        self._planner = Planner(load_library(resources, self._robot, member.control))
        self._world: WorldView | None = None
        self._orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._unwanted = threading.Event()

    def now(self) -> FleetRobot:
        """The robot's present state; to be called once it is ready."""
        assert self._world is not None
        facts = self._world.facts(self._planner.library)
        return FleetRobot(self._member.name, self._planner, self._world.pose, facts, self._member.names)

    def scene(self) -> SceneGraph:
        """The scene; to be called once it is ready."""
        assert self._world is not None
        return self._world.graph()

    def give(self, text: str) -> None:
        """Queues an instruction or a plan; from any thread, returns at once."""
        self._unwanted.clear()
        self._orders.put(text)

    def cancel(self) -> None:
        """Ends its task; from any thread, returns at once."""
        self._unwanted.set()

    def close(self) -> None:
        """Ends the thread as soon as nothing runs."""
        self._orders.put(None)

    def work(self) -> None:
        """The thread."""
        try:
            with TaskClient(self._member.place, self._look) as client:
                self._client = client
                self._hear(client)
                self._tell("ready")
                while (text := self._next(client)) is not None:
                    result = client.do(text, lambda kind, said: self._tell("event", kind, said), "fleet")
                    self._tell("ended", result.outcome, result.reason)
        except SkillStackError as error:
            self._tell("lost", reason=str(error))

    def _hear(self, client: TaskClient) -> None:
        """Waits until the robot and its scene have been reported."""
        world = WorldView(client.node, self._robot)
        if not client.spin(lambda: world.known, HEAR):
            place = self._member.place
            raise NotReachable(
                f"nothing is heard of '{self._member.name}' in namespace '{place}'; start it with: "
                f"skill-stack up {self._member.robot}_sim --namespace {place}"
            )
        client.spin(lambda: world.pose is not None, POSE)
        self._world = world

    def _next(self, client: TaskClient) -> str | None:
        """The next task; processes callbacks meanwhile."""
        while True:
            client.spin(lambda: not self._orders.empty(), TURN)
            if not self._orders.empty():
                return self._orders.get()

    def _look(self) -> None:
        """Called while waiting."""
        if self._unwanted.is_set() and self._client.cancel():
            self._unwanted.clear()

    def _tell(self, kind: NewsKind, outcome: str = "", reason: str = "") -> None:
        self._news.put(News(self._member.name, kind, outcome, reason))
