"""Messages of browsers: those of the page are read, everything else is refused with a reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.monitor.page.orders import DriveOrder, SayOrder, SkillOrder, StopOrder, number_of, read_order


def test_what_a_page_sends_is_read():
    assert read_order('{"t":"stop","n":3}') == StopOrder(3)
    assert read_order('{"t":"say","n":1,"words":"gehe zum Ball\\n"}') == SayOrder(1, words="gehe zum Ball\n")
    assert read_order('{"t":"drive","vx":0.5,"vy":0,"wz":-1e-3}') == DriveOrder(0, vx=0.5, vy=0.0, wz=-0.001)
    given = {"target": "red_ball", "speed": 0.3, "slow": True}
    assert read_order(json.dumps({"t": "skill", "name": "go_to", "arguments": given})).arguments == given
    assert isinstance(read_order('{"t":"skill","name":"sit","later":[1]}'), SkillOrder), "newer pages may say more"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", '"stop"', "{}", '{"t":1}', '{"t":"shutdown"}', '{"t":"stop","n":-1}',
        '{"t":"stop","n":1e9}', '{"t":"stop","robot":7}', '{"t":"say"}', '{"t":"say","words":["a"]}',
        '{"t":"say","words":"' + "a" * 2001 + '"}',
        '{"t":"say","words":"\\u0000"}', '{"t":"say","words":"\\u202e"}', '{"t":"drive","vx":1,"vy":0}',
        '{"t":"drive","vx":1e999,"vy":0,"wz":0}', '{"t":"drive","vx":NaN,"vy":0,"wz":0}',
        '{"t":"drive","vx":"1","vy":0,"wz":0}',
        '{"t":"drive","vx":101,"vy":0,"wz":0}', '{"t":"wheel","do":"leave"}', '{"t":"wheel","do":"__init__"}',
        '{"t":"skill","name":"sit","arguments":{"a":{"b":1}}}', '{"t":"skill","name":"sit","arguments":{"a":null}}',
        '{"t":"plot","names":' + json.dumps(["x"] * 17) + "}", '{"t":"forget","id":"1"}',
        '{"t":"stop","x":' + "[" * 5000,
        "[" * 8000, '{"a":' * 3000, b"\xff\xfe{}", "\ud800",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text):
    with pytest.raises(DataError, match="."):
        read_order(text)


@given(st.one_of(st.text(max_size=300), st.binary(max_size=300)))
def test_garbage_is_refused_or_read(text):
    try:
        read_order(text)
    except DataError:
        pass


def test_the_number_of_a_message_is_found_where_there_is_one():
    assert number_of('{"t":"shutdown","n":12}') == 12
    assert [number_of(text) for text in ("", "{", "[]", '{"n":"a"}', "[" * 9000)] == [0] * 5
