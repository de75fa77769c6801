"""Parts that looks showed become facts that move with their thing, and fade where looks do not show them."""

import math

from computed_looks import mug, seen, thing

from skill_stack.core.spatial.parts import parts_of
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.part_memory import PartMemory

EYE = Eye((-0.35, 0.0, 0.42), (0.0, 0.0, 0.04))


def watched(memory, scene, things, begin=0.0, looks=3):
    for number in range(looks):
        frame = seen(things, EYE, noise=0.001, stamp=begin + 0.5 * number, seed=number)
        observation = LookObserver().look(frame)
        scene.update(observation)
        memory.take(observation, scene.tracks.values())


def test_a_handle_is_a_fact_of_its_mug() -> None:
    memory, scene = PartMemory(), ObjectMap()
    watched(memory, scene, mug(handle=math.pi / 2))
    track = max(scene.tracks.values(), key=lambda one: one.sightings)
    handle = parts_of(track.thing(2.0), memory.facts(scene.tracks))["handle"]
    assert math.dist(handle.point[:2], (0.0, 0.06)) < 0.025 and handle.outward[1] > 0.9


def test_parts_of_what_is_gone_are_gone_and_wrong_ones_fade() -> None:
    memory, scene = PartMemory(), ObjectMap()
    watched(memory, scene, mug(handle=math.pi / 2))
    assert memory.facts(scene.tracks)
    assert memory.facts({}) == frozenset()
    block = [thing("box", "green", 0.0, 0.0, (0.08, 0.08, 0.08))]
    other = ObjectMap()
    watched(memory, other, block, looks=2)
    assert not any(fact.arguments[1] == "handle" for fact in memory.facts(other.tracks))
