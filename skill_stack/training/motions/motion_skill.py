"""Puts the policy of a motion in the place of its planner: a skill of the same name and words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.kept_rewards import REWARDS_FILE
from skill_stack.core.skill_origin import SkillOrigin, content_hash, write_origin
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_results import write_results
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import CONFIDENCE, counts, success_interval
from skill_stack.evaluation.measured import commit_here, seeds_text, spread
from skill_stack.evaluation.paired import mcnemar_exact, pairs_of
from skill_stack.runtime.practice.practised_skill import motion_data_of
from skill_stack.training.motions.learn_motion import CLONED, PLANNER, TRAINED, KeptMotion, LearnedMotion

PLANNED = "planned.yaml"
"""Where the skill of before is, which planned: copied over ``skill.yaml`` it is back."""
POLICY = "policy.onnx"
"""File of the policy in its skill's folder."""
OF_BEFORE = ("name", "robot", "description", "phrases", "senses")
"""What it has from the skill of before."""


class PlannerStays(SkillStackError):
    """No policy did as well as the planner; the message says by how much."""


def motion_results(learned: LearnedMotion, who: str) -> dict[str, Any]:
    """What was measured of a policy, and of the planner with the same seeds; content of ``results.json``.

    Args:
        learned: What was learnt.
        who: The policy.
    """
    episodes, planner = learned.episodes[who], learned.episodes[PLANNER]
    pairs = pairs_of(_outcomes(planner), _outcomes(episodes))
    successes, total = learned.successes(who), len(episodes)
    return {
        "task": learned.motion.spec.name,
        "body": learned.motion.robot.name,
        "episodes": total,
        "successes": successes,
        "interval": [round(end, 4) for end in success_interval(successes, total)],
        "confidence": CONFIDENCE,
        "counts": counts(successes, total),
        "seeds": seeds_text([episode.seed for episode in episodes]),
        "commit": commit_here(),
        "policy": who,
        "policy_sha256": learned.digests[who],
        "figures": spread(episodes),
        "failures": [{"seed": each.seed, "reason": each.reason} for each in episodes if not each.passed],
        "planner": {
            "successes": learned.successes(PLANNER),
            "interval": [round(end, 4) for end in success_interval(learned.successes(PLANNER), total)],
            "figures": spread(planner),
            "lost": pairs.lost,
            "won": pairs.won,
            "p_value": round(mcnemar_exact(pairs.lost, pairs.won), 4),
        },
        "learning": {"cpu_seconds": round(learned.cpu_seconds, 1), "ticks": learned.steps, "seed": learned.seed},
    }


def install_motion(found: Resources, learned: LearnedMotion, time: str) -> Path:
    """Puts the better policy into the overlay, in place of the composite, in quarantine until a person releases it.

    At every moment there is a whole skill: that of before, or the new one.

    Args:
        found: Whose overlay takes it.
        learned: What was learnt.
        time: When, ISO 8601, UTC.

    Returns:
        The skill's folder.

    Raises:
        PlannerStays: No policy did as well as the planner.
        DataError: A file cannot be written.
    """
    who, motion = learned.best, learned.motion
    if not who:
        short = learned.successes(PLANNER) - max(learned.successes(one) for one in (CLONED, TRAINED))
        raise PlannerStays(
            f"'{motion.spec.name}' stays with the planner: {learned.told}; the better policy is {short} short. More "
            "--minutes go on from here, another --seed begins anew"
        )
    folder = found.overlay / "models" / motion.robot.name / motion.spec.name
    how = f"{who} in {learned.cpu_seconds:.0f} CPU-s from the sampling planner; {learned.told}"
    origin = SkillOrigin(package="", version="1", author="practice", key="", installed=time, practised=how)
    spec = _skill(learned, who, how)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_origin(folder, origin)  # first: at no moment may it move a real robot
        _put(folder / REWARDS_FILE, (motion.folder / REWARDS_FILE).read_bytes())
        _put(folder / PLANNED, (motion.folder / "skill.yaml").read_bytes())
        _put(folder / "train.yaml", _yaml(motion.task.model_dump(mode="json", exclude_defaults=True)))
        _put(folder / POLICY, learned.policies[who].read_bytes())
        write_results(folder, json.loads(json.dumps(motion_results(learned, who))), keep=False)
        _put(folder / "skill.yaml", _yaml(spec))
        write_origin(folder, origin.model_copy(update={"tried": content_hash(folder), "trial": learned.told}))
    except OSError as error:
        raise DataError(f"{folder}: cannot be written: {error}; free space, and the same command goes on") from error
    return folder


def _skill(learned: LearnedMotion, who: str, how: str) -> dict[str, Any]:
    """Content of ``skill.yaml``."""
    motion = learned.motion
    before = motion.spec.model_dump(mode="json", include=set(OF_BEFORE), exclude_defaults=True)
    data = {
        **policy_data(motion, learned.digests[who]), **before,
        "provenance": {
            "recipe": f"skill-stack practise {motion.robot.name} {motion.spec.name} --seed {learned.seed}: {how}",
            "results": "results.json", "notes": f"{motion.kept.words}; {PLANNED} is the skill of before, which plans",
        },
    }  # fmt: skip
    SkillSpec.model_validate(data)
    return data


def policy_data(motion: KeptMotion, digest: str) -> dict[str, Any]:
    """Content of ``skill.yaml`` of a motion that a policy does, without what it is asked for by and where it is from.

    Args:
        motion: The motion.
        digest: SHA-256 of the policy, hexadecimal.
    """
    planner = motion.planner
    return motion_data_of(planner, motion.spec.name, motion.kept.words) | {
        "kind": "policy", **planner.model_dump(mode="json", include={"phases"}),
        "timeout": motion.kept.rewards.seconds or planner.timeout, "blend": 0.4,
        "policy": {
            "model": POLICY, "sha256": digest, "fixed_goal": {command.name: 0.0 for command in motion.task.commands}
        },
    }  # fmt: skip


def _outcomes(episodes: tuple[Episode, ...]) -> dict[tuple[str, int], bool]:
    return {(episode.task, episode.seed): episode.passed for episode in episodes}


def _yaml(data: dict[str, Any]) -> bytes:
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)).encode()


def _put(target: Path, content: bytes) -> None:
    """Writes a file so that concurrent readers see the old one or the new one."""
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(content)
    part.replace(target)
