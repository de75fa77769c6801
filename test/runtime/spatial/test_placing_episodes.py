"""A thing is put down as words say, through planner, connector, controllers and physics."""

from skill_stack.runtime.spatial.placing_episodes import placing_scene, run_placing


def test_a_teapot_is_put_down_with_its_spout_where_it_is_said() -> None:
    assert "with the spout towards the box" in placing_scene(1).words
    _, _, _, said, right = run_placing(1)
    assert right, said
