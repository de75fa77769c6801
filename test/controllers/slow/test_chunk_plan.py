"""What the newest answers say of now: by their age, mixed as declared, and nothing past it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.controllers.slow.chunk_plan import Chunk, ChunkPlan
from skill_stack.core.skills.manifest_chunk import ManifestChunk


def spec(**changes):
    data = {"steps": 10, "step": 0.1, "latency": 0.1, "max_age": 0.8, "blend": "newest"}
    return ManifestChunk.model_validate(data | changes)


def chunk(sequence, asked, value=0.0, came=None, slope=1.0):
    values = value + slope * np.arange(10.0)[:, None] * np.ones((1, 2))
    return Chunk(sequence, asked, asked + 0.1 if came is None else came, values, np.arange(10.0) / 10)


def plan_of(*chunks, linear=False, **changes):
    plan = ChunkPlan(spec(**changes), linear)
    for one in chunks:
        plan.add(one, one.came)
    return plan


@pytest.mark.parametrize(("now", "held", "straight"), [(0.1, 1.0, 1.0), (0.25, 2.0, 2.5), (0.3, 3.0, 3.0)])
def test_an_answer_is_indexed_by_its_age(now, held, straight) -> None:
    assert plan_of(chunk(1, 0.0)).at(now)[0] == pytest.approx([held] * 2)
    values, progress = plan_of(chunk(1, 0.0), linear=True).at(now)
    assert values == pytest.approx([straight] * 2) and progress == pytest.approx(held / 10)


def test_past_its_age_there_is_nothing() -> None:
    plan = plan_of(chunk(1, 0.0))
    assert plan.at(0.8) is not None and plan.at(0.81) is None
    assert ChunkPlan(spec(), False).at(0.0) is None


def test_late_and_overtaken_answers_are_dropped_and_counted() -> None:
    plan = plan_of(chunk(2, 0.2))
    assert not plan.add(chunk(1, 0.1), 0.4) and plan.late == 1
    assert not plan.add(chunk(3, 0.3), 1.2) and plan.late == 2
    assert plan.add(chunk(4, 0.4), 1.2) and plan.late == 2


def test_answers_of_a_run_before_do_not_count_at_all() -> None:
    plan = plan_of(chunk(2, 0.2))
    plan.start(3)
    assert plan.at(0.3) is None
    assert not plan.add(chunk(2, 0.2), 0.3) and plan.late == 0


def test_a_newer_answer_fades_in() -> None:
    plan = plan_of(chunk(1, 0.0, 0.0, slope=0.0), chunk(2, 0.2, 8.0, came=0.3, slope=0.0), blend="fade", fade=0.2)
    for now, expected in ((0.3, 0.0), (0.35, 2.0), (0.4, 4.0), (0.5, 8.0), (0.9, 8.0)):
        assert plan.at(now)[0] == pytest.approx([expected] * 2)


def test_ensembling_weighs_as_act_does() -> None:
    answers = [chunk(1, 0.0, 1.0, slope=0.0), chunk(2, 0.1, 2.0, slope=0.0), chunk(3, 0.2, 4.0, slope=0.0)]
    plan = plan_of(*answers, blend="ensemble", decay=0.5)
    weights = np.exp(-0.5 * np.arange(3))
    assert plan.at(0.3)[0] == pytest.approx([weights @ [1.0, 2.0, 4.0] / weights.sum()] * 2)
    # The first reaches 1 s ahead; beyond that it has nothing to say any more.
    late = plan_of(chunk(1, 0.0, 1.0, slope=0.0), chunk(2, 0.5, 2.0, slope=0.0), blend="ensemble", decay=0.0)
    assert late.at(1.0)[0] == pytest.approx([1.5] * 2) and late.at(1.05)[0] == pytest.approx([2.0] * 2)


@pytest.mark.parametrize("blend", ["newest", "fade", "ensemble"])
def test_what_lies_ahead_is_what_will_be_done_if_nothing_comes(blend) -> None:
    answers = [chunk(1, 0.0, 1.0), chunk(2, 0.2, 7.0, came=0.3, slope=-0.5)]
    plan, same = (plan_of(*answers, blend=blend, fade=0.2) for _ in range(2))
    ahead = plan.ahead(0.35, 6)
    assert ahead == pytest.approx(np.stack([same.at(0.35 + 0.1 * step)[0] for step in range(6)]))
    assert plan.at(0.35)[0] == pytest.approx(ahead[0]), "looking ahead forgets nothing"
    assert plan.ahead(1.1, 2) is None and ChunkPlan(spec(), False).ahead(0.0, 2) is None


def test_after_the_fallback_an_answer_is_not_mixed_with_those_before() -> None:
    plan = plan_of(chunk(1, 0.0, 1.0, slope=0.0), chunk(2, 0.9, 2.0, came=0.95, slope=0.0), blend="fade", fade=0.2)
    assert plan.at(0.95)[0] == pytest.approx([2.0] * 2)


@given(
    st.lists(st.tuples(st.floats(-5.0, 5.0), st.floats(0.02, 0.3)), min_size=1, max_size=8),
    st.sampled_from(["newest", "fade", "ensemble"]),
    st.floats(-1.0, 1.0),
    st.booleans(),
)
def test_a_mixture_never_leaves_what_the_answers_span(answers, blend, decay, linear) -> None:
    plan = ChunkPlan(spec(blend=blend, decay=decay), linear)
    now = 0.0
    for sequence, (value, gap) in enumerate(answers, 1):
        now += gap
        plan.add(chunk(sequence, now - 0.01, value, came=now, slope=0.0), now)
        low, high = min(v for v, _ in answers[:sequence]), max(v for v, _ in answers[:sequence])
        values, progress = plan.at(now)
        assert ((values >= low - 1e-9) & (values <= high + 1e-9)).all() and 0.0 <= progress <= 1.0
