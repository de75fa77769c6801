"""A humanoid that walks to something and touches it, judged by the truth."""

import math
import os

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.handling_scenes import KINDS, handling_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore, contrast_figures, contrast_misses
from skill_stack.runtime.handling.handling_episodes import HandlingEpisodes, distance


def test_scenes_have_all_kinds_and_are_the_same_for_a_seed():
    assert {handling_scene(seed).kind for seed in range(5)} == set(KINDS)
    assert handling_scene(5) == handling_scene(5)
    for seed in range(12):
        scene = handling_scene(seed)
        spots = [one.position[:2] for one in scene.file.objects if one.id.startswith("cone")]
        assert all(math.dist(a, b) > 1.0 for a in spots for b in spots if a != b)


def test_the_distance_is_that_of_the_nearer_fingertips_from_the_surface():
    ball = SceneObject("ball", "ball", (0.0, 0.0, 1.0), 0.0, "sphere", (0.2, 0.2, 0.2))
    tips = np.array([[[0.13, 0.0, 1.0], [0.0, 2.0, 1.0]]] * 3)
    assert distance(tips, ball) == pytest.approx(0.03)
    post = SceneObject("post", "post", (0.0, 0.0, 0.5), 0.0, "cylinder", (0.2, 0.2, 1.0))
    assert distance(np.array([[[0.13, 0.0, 1.04], [5.0, 0.0, 0.0]]]), post) == pytest.approx(0.05)


def test_figures_tell_what_is_missed():
    scores = [ContrastScore(n, "touch it", "touch", n < 8, n < 7, "", 1.0) for n in range(10)]
    figures = contrast_figures(scores)
    assert (figures["done"]["share"], figures["done_without"]["share"]) == (0.8, 0.7)
    assert len(contrast_misses(figures, 0.9, 0.25)) == 2
    assert not contrast_misses(figures, 0.8, 0.1)


def test_a_humanoid_goes_around_and_touches_where_going_near_is_not_enough():
    score = HandlingEpisodes(Resources.from_environment(os.environ), "g1").score(1006)
    assert score.words == "reach for the yellow ball"
    assert score.done and not score.without
