"""FleetClient: executes one request by several running robots, each in its own namespace."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import correction
from skill_stack.nodes.clients.client import NotReachable
from skill_stack.nodes.clients.team_robot import HEAR, POSE, News, TeamRobot
from skill_stack.planner.fleet.addressee import Addressees
from skill_stack.planner.fleet.fleet import Fleet
from skill_stack.planner.fleet.fleet_file import FleetFile
from skill_stack.planner.fleet.fleet_plan import Assignment, FleetPlan, FleetRobot, spoken
from skill_stack.planner.fleet.fleet_run import FleetRun, FleetShare
from skill_stack.planner.given_plan import text_of

LOOK = 0.1  # s between looks for a person who wants it to end
LEAVE = 5.0  # s in which robots must have ended what they do when a person wants it to end
JOIN = 5.0  # s in which a thread must end


@dataclass(frozen=True, slots=True)
class FleetResult:
    """Result of a request.

    Attributes:
        outcome: ``succeeded``, ``failed`` or ``interrupted``; ``question``, ``refusal`` or ``statement`` where nothing
            was begun.
        reason: Why, in words.
        shares: Who did what.
        seconds: Duration by the clock on the wall, s.
    """

    outcome: str
    reason: str
    shares: tuple[FleetShare, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack say --robots FILE --json`` prints."""
        return {
            "outcome": self.outcome, "shares": [share.to_json() for share in self.shares], "reason": self.reason,
            "seconds": round(self.seconds, 3),
        }  # fmt: skip


class FleetClient:
    """Divides an instruction among robots and executes it; the port of :class:`FleetRun`. Use it as a context manager.
    """

    def __init__(
        self,
        file: FleetFile,
        resources: Resources,
        tell: Callable[[str], None] = lambda text: None,
        while_waiting: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepares.

        Args:
            file: The robots.
            resources: Where robots and skills are found.
            tell: Takes one line for each thing that happens.
            while_waiting: Called again and again meanwhile; an error of it ends what is waited for.

        Raises:
            SkillStackError: A robot is missing or wrong.
        """
        self._tell, self._while_waiting = tell, while_waiting
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._members = file.robots
        self._lines = {one.name: TeamRobot(one, resources, self._news) for one in file.robots}

    def __enter__(self) -> FleetClient:
        """Joins the network, and waits until every robot has reported.

        Raises:
            NotReachable: One does not.
            DataError: They are in different scenes.
        """
        for line in self._lines.values():
            line.start()
        try:
            self._wait_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the network."""
        self.close()

    def close(self) -> None:
        """Ends the threads."""
        for line in self._lines.values():
            line.close()
        for line in self._lines.values():
            line.join(JOIN)

    def _wait_ready(self) -> None:
        """Waits until every robot has reported."""
        ready: set[str] = set()
        deadline = time.monotonic() + HEAR + POSE + JOIN
        while len(ready) < len(self._lines):
            news = self._next()
            if news is None and time.monotonic() > deadline:
                raise NotReachable(f"nothing is heard of {', '.join(sorted(set(self._lines) - ready))}")
            if news is not None and news.kind == "lost":
                raise NotReachable(news.reason)
            if news is not None:
                ready.add(news.robot)
        things = {name: set(line.scene().objects) for name, line in self._lines.items()}
        first = next(iter(things))
        for name, found in things.items():
            if other := found ^ things[first]:
                raise DataError(f"{first} and {name} are not in one scene: only one of them has {sorted(other)[0]}")

    def divide(self, words: str) -> FleetPlan:
        """The assignments, from the robots' present state; nothing moves."""
        return Fleet(self.robots()).plan(Instruction(words, "fleet"), self._scene())

    def do(self, words: str) -> FleetResult:
        """Executes an instruction, and waits for its outcome; Ctrl-C ends what every robot does.

        Args:
            words: The request.
        """
        began = time.monotonic()
        if said := self._corrections(words):
            outcome, reason = self._correct(said)
            return FleetResult(outcome, reason, (), time.monotonic() - began)
        plan = self.divide(words)
        if plan.status != "plan":
            return FleetResult(plan.status, plan.reason, (), time.monotonic() - began)
        self._tell(plan.reason)
        run = FleetRun(plan, self._scene(), self)
        run.begin()
        try:
            while not run.over:
                self._take(run, self._next())
        except KeyboardInterrupt:
            run.stop("ended by Ctrl-C")
            deadline = time.monotonic() + LEAVE
            while not run.over and time.monotonic() < deadline:
                self._take(run, self._next())
        return FleetResult(run.outcome, run.reason, tuple(run.shares.values()), time.monotonic() - began)

    def _corrections(self, words: str) -> dict[str, str]:
        """Corrections of running tasks by robot: "Rex, slower", "both of you, wait"; empty for other words."""
        segments = Addressees({one.name: (one.name, *one.names) for one in self._members}).segments(words)
        if not all(correction(segment.text) for segment in segments):
            return {}
        return {name: segment.text for segment in segments for name in segment.robots or self._lines}

    def _correct(self, said: Mapping[str, str]) -> tuple[str, str]:
        """Sends corrections to their robots; outcome and answers."""
        for name, text in said.items():
            self._lines[name].give(text)
        answers: dict[str, News] = {}
        while len(answers) < len(said):
            news = self._next()
            if news is not None and news.kind in ("ended", "lost"):
                answers[news.robot] = news
        good = all(news.outcome in ("succeeded", "statement") for news in answers.values())
        told = "; ".join(f"{spoken(name)}: {news.reason.rstrip('.')}" for name, news in answers.items())
        return "succeeded" if good else "failed", f"{told}."

    def _next(self) -> News | None:
        self._while_waiting()
        try:
            return self._news.get(timeout=LOOK)
        except queue.Empty:
            return None

    def _take(self, run: FleetRun, news: News | None) -> None:
        """Passes events on."""
        if news is None:
            return
        if news.kind == "event":
            self._tell(f"{spoken(news.robot)}: {news.outcome.replace('_', ' ')}: {news.reason}")
        elif news.kind == "ended":
            self._tell(f"{spoken(news.robot)}: {news.outcome}: {news.reason}")
            run.ended(news.robot, news.outcome, news.reason)
        elif news.kind == "lost":
            run.lost(news.robot, news.reason)

    def _scene(self) -> SceneGraph:
        return next(iter(self._lines.values())).scene()

    # the port of FleetRun

    def start(self, share: Assignment, facts: frozenset[Fact]) -> None:
        """See :class:`skill_stack.planner.fleet.fleet_run.FleetPort`."""
        self._lines[share.robot].give(text_of(share.plan, facts))

    def cancel(self, robot: str) -> None:
        """See :class:`skill_stack.planner.fleet.fleet_run.FleetPort`."""
        self._lines[robot].cancel()

    def robots(self) -> Sequence[FleetRobot]:
        """The robots in their present state."""
        return [line.now() for line in self._lines.values()]

    def tell(self, text: str) -> None:
        """Reports to the client."""
        self._tell(text)
