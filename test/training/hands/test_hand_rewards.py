"""Reward terms of hands: their signs and limits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from skill_stack.training.hands.hand_rewards import HAND_REWARDS, HandTick

REST = HandTick(
    dt=0.05,
    turn=np.zeros(1),
    tumble=np.zeros(1),
    away=np.zeros((1, 3)),
    off=np.zeros(1),
    askew=np.zeros(1),
    velocity=np.zeros((1, 3)),
    upright=np.ones(1),
    position=np.zeros((1, 16)),
    joint_velocity=np.zeros((1, 16)),
    torque=np.zeros((1, 16)),
    default=np.zeros(16),
    actions=np.zeros((3, 1, 16)),
)
SETTINGS = {
    "turn": {"most": 1.0},
    "tumble": {"most": 10.0},
    "object_at": {"within": 0.01},
    "object_off": {"most": 0.05},
    "object_leant": {"within": 0.1},
    "object_askew": {"most": 0.5},
}


def test_at_rest_only_lying_flat_being_there_and_at_its_place_count() -> None:
    count = {"alive", "object_at", "object_leant", "object_upright"}
    for name, term in HAND_REWARDS.items():
        assert term(REST, **SETTINGS.get(name, {}))[0] == (1.0 if name in count else 0.0), name


@pytest.mark.parametrize(
    ("term", "change", "value"),
    [
        ("turn", {"turn": np.array([0.6])}, 0.6),
        ("turn", {"turn": np.array([7.0])}, 1.0),
        ("turn", {"turn": np.array([-7.0])}, -1.0),
        ("tumble", {"tumble": np.array([2.0])}, 4.0),
        ("tumble", {"tumble": np.array([20.0])}, 10.0),
        ("object_speed", {"velocity": np.array([[0.1, -0.2, 0.0]])}, 0.3),
        ("object_away", {"away": np.array([[0.03, 0.0, -0.04]])}, 0.0025),
        ("object_at", {"off": np.array([0.01])}, np.exp(-1.0)),
        ("object_off", {"off": np.array([0.02])}, 0.02),
        ("object_off", {"off": np.array([0.2])}, 0.05),
        ("object_leant", {"askew": np.array([0.1])}, np.exp(-1.0)),
        ("object_askew", {"askew": np.array([0.2])}, 0.2),
        ("object_askew", {"askew": np.array([2.0])}, 0.5),
        ("object_upright", {"upright": np.array([np.sqrt(0.5)])}, 0.0),
        ("pose", {"position": np.full((1, 16), 0.5)}, 4.0),
        ("torque", {"torque": np.full((1, 16), 0.5)}, 4.0),
        ("work", {"torque": np.ones((1, 16)), "joint_velocity": np.full((1, 16), -0.1)}, 1.6),
        ("action_rate", {"actions": np.stack([np.ones((1, 16)), np.zeros((1, 16)), np.zeros((1, 16))])}, 16.0),
        ("action_jerk", {"actions": np.stack([np.zeros((1, 16)), np.ones((1, 16)), np.zeros((1, 16))])}, 64.0),
    ],
)
def test_a_term_counts_what_it_says(term: str, change: dict[str, np.ndarray], value: float) -> None:
    tick = dataclasses.replace(REST, **change)
    assert HAND_REWARDS[term](tick, **SETTINGS.get(term, {}))[0] == pytest.approx(value)
