"""Knowledge of the world is data."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.language.implied.knowledge import Knowledge


def test_files_add_to_one_another(tmp_path):
    (tmp_path / "a.yaml").write_text("categories: {toy: [ball]}\n")
    (tmp_path / "b.yaml").write_text("categories: {toy: [cone, ball]}\nplaces: {toy: [box]}\n")
    knowledge = Knowledge.load([tmp_path / "a.yaml", tmp_path / "b.yaml"])
    assert dict(knowledge.categories)["toy"] == ("ball", "cone") and dict(knowledge.places)["toy"] == ("box",)


def test_wrong_knowledge_is_refused_with_the_reason(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text("categories: [toy]")
    with pytest.raises(DataError, match="categories"):
        Knowledge.load([path])


def test_a_saying_that_is_no_pattern_is_refused(tmp_path):
    path = tmp_path / "needs.yaml"
    path.write_text("needs: [{say: ['i am (thirsty'], use: [water], ask: ['bring {thing}']}]")
    with pytest.raises(DataError, match="say"):
        Knowledge.load([path])
