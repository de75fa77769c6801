"""Switches between skills through every process of a deployment, in lock-step, judged on simulator truth."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import numpy as np

from skill_stack.commands.common import block_of
from skill_stack.commands.measure.through_nodes.episode import Speaker, skill_act
from skill_stack.commands.measure.through_nodes.errands import NodeEpisodes, stage_of
from skill_stack.commands.measure.through_nodes.stage import LOOK, EvaluationStage
from skill_stack.core.errors import SkillStackError
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.evaluation.scenes.switch_cases import Asked, SwitchCase, switch_case
from skill_stack.evaluation.scores.switch_score import SwitchScore
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import FOOT, recall
from skill_stack.runtime.episodes.errands.switch_episodes import AFTER, FLOOR, LONGEST, Support, judged, runs

Array = np.ndarray
MOVED = 0.02
"""Change of a posture's progress from which it went on or back."""


@dataclass(slots=True)
class SeenSwitch:
    """What the controller reports of a switch.

    Attributes:
        asked: Request that was running when something else was asked for.
        wanted: The skill that is to run.
        stance: The stance by which a walk slows down; empty for what is no walk.
        taken: Whether the controller has heard of it.
        ran: Task time at which it ran, s; None before.
        skills: Which skills drove for the new request before it ran.
        progress: Progress of the first skill meanwhile, from the moment of asking on.
    """

    asked: SkillStatus
    wanted: str
    stance: str = ""
    taken: bool = False
    ran: float | None = None
    skills: set[str] = field(default_factory=set)
    progress: list[float] = field(default_factory=list)

    def take(self, status: SkillStatus) -> None:
        """Takes a report."""
        if self.ran is not None or status.task_time <= self.asked.task_time:
            return
        self.taken = self.taken or status.request_id != self.asked.request_id
        if status.request_id != self.asked.request_id and status.skill == self.wanted:
            self.ran = status.task_time
        elif status.skill == self.asked.skill:
            self.progress.append(status.progress)
        else:
            self.skills.add(status.skill)

    @property
    def seconds(self) -> float:
        """Time until it ran, s."""
        return LONGEST if self.ran is None else self.ran - self.asked.task_time

    def choice(self, same: bool) -> str:
        """How the first skill was left, by what was seen; empty where the same skill goes on."""
        if same:
            return ""
        if self.skills:
            return "slow down" if self.skills == {self.stance} else "leave through"
        told = [self.asked.progress, *self.progress]
        if max(told) > told[0] + MOVED and told[-1] >= max(told) - MOVED:
            return "advance"
        if min(told) < max(told) - MOVED:
            return "roll back"
        return "at once"


class SeenContact:
    """What truly carries a robot of another process, by which feet carry load, where it touches the floor, and rest."""

    def __init__(self, stage: EvaluationStage) -> None:
        """Takes the running stack."""
        self._stage, self._before = stage, stage.now().task_time
        self._device = MujocoDevice(stage.robot, stage.setup, "default")
        self._feet = [self._device.model.site(foot.name).id for foot in stage.robot.feet]
        self._support = Support(stage.robot, self._before)
        self._joints = stage.state()[stage.details.joints]
        self.phase = ""

    def look(self, stands: bool) -> None:
        """To be called often; ``stands`` is whether the running skill is one in which the robot stands or walks."""
        truth, state = self._stage.now(), self._stage.state()
        now, passed = truth.task_time, truth.task_time - self._before
        if passed <= 0.0:
            return
        joints = state[self._stage.details.joints]
        speed, self._joints, self._before = float(np.abs(joints - self._joints).max()) / passed, joints, now
        self.phase = self._support.take(now, truth.contact, self._on_feet(state), joints, speed, stands)

    def _on_feet(self, state: Array) -> bool:
        """Whether nothing but feet touches the floor."""
        recall(self._device, state)
        data = self._device.data
        feet = data.site_xpos[self._feet]
        touching = [one.pos for one in data.contact[: data.ncon] if one.dist <= 0.0 and one.efc_address >= 0]
        return all(np.linalg.norm(feet - place, axis=1).min() < FOOT for place in touching)


class NodeSwitches(NodeEpisodes):
    """The switches of a quadruped through all processes, and again with the first skill finished before."""

    def score(self, seed: int) -> SwitchScore:
        """Runs and judges the switch of a seed."""
        case = switch_case(seed)
        with self._run(seed) as run:
            true, seen, fallen, over = run.switch(case)
            library = run.stage.library
        finished = 0.0
        if not over:
            with self._run(seed) as run:
                finished = run.switch(case, finish=True)[1].seconds
        choice = seen.choice(case.goal == "same")
        return judged(case, library, true, choice, seen.seconds, finished, fallen)

    @contextmanager
    def _run(self, seed: int) -> Iterator[_Run]:
        """A running stack of its own."""
        with stage_of(self._resources, self._deployment, FLOOR, seed) as stage:
            with closing(RobotChannels.open(block_of(stage.namespace), stage.robot)) as channels:
                with closing(_Run(stage, channels)) as run:
                    yield run


class _Run:
    """One switch of a running stack."""

    def __init__(self, stage: EvaluationStage, channels: RobotChannels) -> None:
        self.stage, self._channels = stage, channels
        self._speakers: list[Speaker] = []

    def close(self) -> None:
        """Ends what still waits for a skill: a thread within ROS at the end of a process aborts that."""
        for speaker in self._speakers:
            speaker.give_up()

    def switch(self, case: SwitchCase, finish: bool = False) -> tuple[str, SeenSwitch, bool, bool]:
        """What truly carried the robot when it was told something else, what was seen of that, whether it fell, and
        whether the first skill had ended before.

        Args:
            case: The switch.
            finish: Whether the first skill is finished before.

        Raises:
            SkillStackError: It could not begin.
        """
        stage = self.stage
        for asked in case.before:
            before = self._speaker(asked)
            before.speak()
            before.thread.join()
            if before.outcome != "succeeded":
                raise SkillStackError(f"'{asked[0]}' before the switch: {before.reason}")
        first, then, contact = self._speaker(case.first), self._speaker(case.then), SeenContact(stage)
        status = self._until(case, first, contact)
        running = stage.library[status.skill]
        stance = running.phase_at(status.progress).stance if running.posture is None else ""
        seen, fallen, over = SeenSwitch(status, runs(stage.library, case.then), stance), False, not first.busy
        while finish and first.busy and self._status().task_time < status.task_time + LONGEST:
            stage.poll()
            time.sleep(LOOK)
        then.speak()
        while (now := self._look(seen)) < status.task_time + (LONGEST if seen.ran is None else seen.seconds + AFTER):
            fallen = fallen or stage.now().fallen
            if not seen.taken:  # until then the first skill went on
                contact.look(self._free(self._status()))
            if seen.ran is None and not then.busy and then.outcome == "succeeded":
                seen.ran = now
        return contact.phase, seen, fallen, over

    def _until(self, case: SwitchCase, first: Speaker, contact: SeenContact) -> SkillStatus:
        """Runs the first skill up to the moment of the switch."""
        stage, wanted = self.stage, runs(self.stage.library, case.first)
        posture, since = stage.library[wanted].posture is not None, None
        before = self._status().request_id
        first.speak()
        end = stage.now().task_time + LONGEST
        while (status := self._status()).task_time < end:
            stage.poll()
            contact.look(self._free(status))
            if status.request_id != before and status.skill == wanted:
                since = status.task_time if since is None else since
                far = status.progress if posture else status.task_time - since
                if far >= case.at and (not posture or case.at < 1.0 or contact.phase != "contact"):
                    return status
            time.sleep(LOOK / 4)
        raise SkillStackError(f"'{case.first[0]}' did not come to where it is to be left")

    def _look(self, seen: SeenSwitch) -> float:
        """Takes the newest report; its task time, s."""
        self.stage.poll()
        time.sleep(LOOK / 4)
        status = self._status()
        seen.take(status)
        return status.task_time

    def _free(self, status: SkillStatus) -> bool:
        """Whether a skill runs in which the robot stands or walks."""
        return bool(status.skill) and self.stage.library[status.skill].phase_at(status.progress).kind == "free"

    def _status(self) -> SkillStatus:
        status = self._channels.read_status()
        if status is None:
            raise SkillStackError("the controller reports nothing")
        return status

    def _speaker(self, asked: Asked) -> Speaker:
        speaker = Speaker(self.stage.namespace, skill_act(asked[0], dict(asked[1])))
        self._speakers.append(speaker)
        speaker.ready.wait()
        return speaker
