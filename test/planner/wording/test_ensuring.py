"""Several states that one is to see to are brought about one after the other."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Can you make sure that the lamp is off and the fan is on?", ["turn_off lamp", "turn_on fan"]),
        ("Please ensure the fan is on, the hatch is closed and the gramophone is off.",
         ["turn_on fan", "close hatch", "turn_off gramophone"]),
        ("See to it that the long table is wiped and that the attic gets swept.", ["wipe long_table", "sweep attic"]),
        ("It is important that the hatch gets closed after you have put the rope in the chest.",
         ["lay rope chest", "close hatch"]),
        ("make sure Tarek gets the scarf and that the lamp is off", ["give scarf Tarek", "turn_off lamp"]),
    ],
)  # fmt: skip
def test_each_state_is_an_order(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize("text", ["It is important that you sleep well.", "it is essential that Tarek is happy"])
def test_what_matters_and_is_nothing_to_do_moves_nothing(lodge, text):
    assert lodge(text)[0] in ("statement", "refusal", "question")
