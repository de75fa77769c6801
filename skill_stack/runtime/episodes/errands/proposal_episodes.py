"""Episodes of choosing among proposals of which some are spoilt: the Go2 in one process, judged on simulator truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import SceneSetup, set_up
from skill_stack.core.world.world_facts import NEAR_GAP, place_facts
from skill_stack.evaluation.scenes.proposal_scenes import START, ProposalScene, proposal_scene, spoilt
from skill_stack.evaluation.scores.proposal_score import ProposalScore
from skill_stack.planner.proposal_choice import chosen_by_result
from skill_stack.planner.symbolic.checker import Checker
from skill_stack.planner.trial import SAME_HEADING, SAME_PLACE, TrialSituation
from skill_stack.runtime.episodes.scoring import judge_sitting, pose_of
from skill_stack.runtime.line.observed_line import ObservedLine, Over
from skill_stack.runtime.rehearsal.rehearsal import LineRehearser, load_rehearsal, resting_pose, stage_of
from skill_stack.runtime.rehearsal.rehearsal_world import sample_world

PROPOSALS, SPOILT = 5, 0.4
"""Proposals for each instruction, and the share of them that the proposer spoils."""
STANDING = Fact("posture", ("robot", "standing"))
TRUE_WORLD = 900_000
"""Seeds of the true worlds begin here; rehearsals take those from 0 on."""
LONGEST = 150.0  # s of task time
JUDGED = 1.0  # s after the end over which the seat is judged


class ProposalEpisodes:
    """Runs instructions, each on its own floor."""

    def __init__(self, resources: Resources, robot: str, clock: Callable[[], float]) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots and skills are.
            robot: Name of the robot.
            clock: Clock by which a choice may take as long as a rehearsal does, s.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        settings = load_rehearsal(resources)
        self._stage, self._clock = stage_of(resources, robot, settings.doubt), clock
        self._seconds = settings.budget.seconds

    def score(self, seed: int) -> ProposalScore:
        """Lets a plan be chosen for the instruction of a seed, and judges it and the first proposal."""
        scene = proposal_scene(seed)
        setup = set_up(scene.file, seed)
        graph = replace(setup.graph(), robot=setup.start)
        situation = TrialSituation(graph, place_facts(graph) | {STANDING})
        right = self._stage.planner.plan(Instruction(scene.words, "eval"), graph, situation.facts)
        proposals, wrong = self._proposals(right, situation, np.random.default_rng((seed, 40)))
        began = self._clock()
        vote = chosen_by_result(LineRehearser(self._stage), situation, proposals, self._seconds, self._clock)
        spent = round(self._clock() - began, 2)
        first = not self._judged(scene, setup, situation, proposals[0])
        if vote.plan is None:
            return ProposalScore(seed, scene.words, scene.kind, wrong, False, False, first, vote.reason, spent)
        reason = self._judged(scene, setup, situation, vote.plan)
        return ProposalScore(seed, scene.words, scene.kind, wrong, True, not reason, first, reason, spent)

    def _proposals(
        self, right: Plan, situation: TrialSituation, rng: np.random.Generator
    ) -> tuple[list[Plan], int]:
        """Proposals that pass the checker of all plans, and how many of them are spoilt."""
        assert right.tree is not None, right.reason
        things = [thing.id for thing in situation.scene.things]
        checker = Checker(self._stage.library, tuple(situation.scene.objects))
        made, wrong = [], 0
        for number in range(PROPOSALS):
            tree = right.tree
            if rng.random() < SPOILT:
                wrong += 1
                while tree is right.tree or checker.check(tree, situation.facts) is not None:
                    tree = spoilt(right.tree, things, rng)
            made.append(replace(right, id=f"{right.id}-{number}", tree=tree))
        return made, wrong

    def _judged(self, scene: ProposalScene, setup: SceneSetup, situation: TrialSituation, plan: Plan) -> str:
        """What a plan did not do of what the words ask for, in a world that no rehearsal saw; empty for nothing."""
        stage = self._stage
        world = sample_world(situation, stage.doubt, TRUE_WORLD + scene.seed, stage.robot)
        pose = resting_pose(stage.library, situation.facts) or "lie"
        line = ObservedLine(stage.robot, stage.library, world.setup, situation.scene, stage.planner, pose)
        line.limit(LONGEST)
        try:
            done = line.run_plan(plan)
            line.idle(JUDGED)
        except Over:
            return "it fell" if line.fallen else "it took too long"
        if done.outcome != "succeeded":
            return f"the robot said: {done.reason}"
        return self._missed(scene, line)

    def _missed(self, scene: ProposalScene, line: ObservedLine) -> str:
        """What did not come about; everything that the robot stopped at counts."""
        visited = _visited(line)
        if visited != list(scene.visits):
            return f"was at {', '.join(visited) or 'nothing'}, asked for {', '.join(scene.visits) or 'nothing'}"
        if hit := line.run_into(frozenset(scene.visits)):
            return f"ran into {hit[0]}"
        tail = line.trace[-round(JUDGED / 2 * line.robot.control_rate) :]
        sits = judge_sitting(tail)
        if sits.passed != (scene.kind == "sit"):
            return sits.reason or "it sits"
        if scene.goal is None:
            return ""
        start, end = pose_of(line.trace[0]), pose_of(tail[-1])
        ahead, turn = scene.goal
        off = end.distance_to(start.x + ahead * math.cos(start.yaw), start.y + ahead * math.sin(start.yaw))
        if off > SAME_PLACE:
            return f"ended {off:.2f} m off"
        turned = abs(math.remainder(end.yaw - start.yaw - turn, math.tau))
        return f"ended turned {turned:.2f} rad off" if turned > SAME_HEADING else ""


def _visited(line: ObservedLine) -> list[str]:
    """Things that the robot was near at the end of a step, in order; one stood at twice in a row counts once."""
    found: list[str] = []
    for event in line.events:
        here = pose_of(event.truth)
        near = [
            name for name, thing in line.things().items()
            if name != START and outline_distance(thing, here.x, here.y) < NEAR_GAP
        ]  # fmt: skip
        found += [name for name in near if found[-1:] != [name]]
    return found
