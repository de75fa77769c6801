import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.world.fact import Fact, Literal, apply_effects

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


def test_parse_ground_and_match():
    literal = Literal.parse("near(robot, $target)").ground({"target": "red_ball"})
    assert str(literal) == "near(robot, red_ball)"
    assert literal.holds({Fact("near", ("robot", "red_ball"))})
    assert not literal.holds({Fact("near", ("robot", "blue_ball"))})


def test_negative_literal_with_wildcard():
    literal = Literal.parse("not near(robot, *)")
    assert literal.holds(frozenset())
    assert not literal.holds({Fact("near", ("robot", "table"))})


def test_effects_remove_before_they_add():
    facts = frozenset({Fact("posture", ("robot", "sitting")), Fact("near", ("robot", "table"))})
    effects = [Literal.parse("posture(robot, standing)"), Literal.parse("not posture(robot, *)")]
    after = apply_effects(facts, effects)
    assert after == {Fact("posture", ("robot", "standing")), Fact("near", ("robot", "table"))}


@pytest.mark.parametrize("text", ["", "near", "near(robot", "Near(robot)", "near(robot)) ", "not", "near(a(b))"])
def test_other_forms_are_refused_with_an_example(text):
    with pytest.raises(DataError, match="predicate"):
        Literal.parse(text)


@given(NAMES, st.lists(NAMES, max_size=3), st.booleans())
def test_text_round_trip(predicate, arguments, positive):
    literal = Literal(predicate, tuple(arguments), positive)
    if predicate == "not":
        return
    assert Literal.parse(str(literal)) == literal


@given(st.frozensets(st.builds(Fact, NAMES, st.tuples(NAMES))), NAMES, NAMES)
def test_an_added_fact_holds_afterwards(facts, predicate, argument):
    effect = Literal(predicate, (argument,))
    assert effect.holds(apply_effects(facts, [effect]))
