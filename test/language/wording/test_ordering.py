"""What is said to come first is done first; where that is not read, nothing is done unasked."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Greet Vroni. Prior to that, open the window.", ["open window", "greet Vroni"]),
        ("Turn on the fan; finally, sweep the attic.", ["turn_on fan", "sweep attic"]),
        ("Before closing the hatch, sweep the scullery.", ["sweep scullery", "close hatch"]),
        ("After you have closed the hatch, wipe the rack.", ["close hatch", "wipe rack"]),
        ("Turn off the lamp before you open the window.", ["turn_off lamp", "open window"]),
    ],
)
def test_what_comes_first_is_done_first(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize(
    "text",
    [
        "Turn off the lamp last; first give the rope to Tarek.",
        "Sweep the attic at the very end; to begin with, wipe the long table.",
        "Close the chest last, and before that put the scarf in it.",
        "Wipe the rack. Before you do so, turn off the lamp.",
        "Close the chest; put the scarf in it before that, though.",
        "Put the rope in the chest, having opened it first.",
        "Don't sweep the parlour until you have wiped the long table.",
        "Greet Tarek, but not before you have swept the attic.",
        "Greet Tarek as soon as he has been given the flask.",
    ],
)
def test_an_order_of_orders_that_is_not_read_moves_nothing_unasked(lodge_plan, text):
    assert lodge_plan(text).status != "plan"
