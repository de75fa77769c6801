"""Who left a thing somewhere only says where it is."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("The rope that somebody left on the rack has to be returned to the chest.", ["lay rope chest"]),
        ("Take the novel I forgot on the long table to Tarek.", ["give novel Tarek"]),
        ("Give Tarek the flask, which you'll find on the rack.", ["give flask Tarek"]),
        ("Please hand the flask, which you'll find on the rack, to Vroni.", ["give flask Vroni"]),
        ("The scarf which was dropped on the rack must be brought to Vroni.", ["give scarf Vroni"]),
        ("The rope that Tarek used this morning must be put in the chest.", ["lay rope chest"]),
        ("The rope and the flask are both to be taken to Mr Abel.", ["give rope Mr_Abel", "give flask Mr_Abel"]),
        ("The rope and the flask are both in the scullery and should be taken to Tarek.",
         ["give rope Tarek", "give flask Tarek"]),
        ("I'd like the novel, the one on the long table, to be put in the chest.", ["lay novel chest"]),
    ],
)  # fmt: skip
def test_it_is_only_said_where_a_thing_is(lodge, text, steps):
    assert lodge(text) == steps
