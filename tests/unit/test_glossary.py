"""Words explain themselves: each term once, in a sentence or two, and in a reader's language where there is one."""

import pytest

from engine import Language, glossary, load_scenario, read_scenario, scenario_files, scenario_ids
from engine.scenario.folders import File
from engine.scenario.glossary import read_glossary, shared


@pytest.mark.parametrize("scenario_id", scenario_ids())
def test_every_scenario_explains_its_words_in_a_sentence_or_two(scenario_id):
    rows = glossary(load_scenario(scenario_id))
    assert len(rows) >= 60
    words = [word.casefold() for row in rows for word in row["words"]]
    assert len(set(words)) == len(words), "a word means one thing"
    for row in rows:
        assert row["text"][-1] == "." and 1 <= row["text"].replace("NBBO.", "").count(". ") + 1 <= 3 and len(row["text"]) <= 220, row["id"]
    assert {"parent order", "gross", "collar", "account 33", "order flag", "checksum", "reject"} <= set(words)
    named = load_scenario(scenario_id).told.behaviours.values()
    assert {name.casefold() for name in named if name.istitle() or name.isupper()} <= set(words), "and what a release does, where it has a name"


def test_names_of_a_firm_are_its_scenarios_own():
    own = {row["id"] for row in glossary(load_scenario("knight-2012"))} - {term.id for term in shared().term}
    assert own == {"smars", "rlp", "power-peg", "account-33"}


def test_a_language_has_its_own_texts_by_their_english_and_the_scenarios_where_it_lacks_one():
    scenario = load_scenario("knight-2012")
    english = {row["id"]: row["text"] for row in glossary(scenario)}
    german = Language("xx", catalogue=lambda _: {english["gross"]: "Alles, was die Firma hält, zusammengezählt."})
    texts = {row["id"]: row["text"] for row in glossary(scenario, german)}
    assert texts["gross"] == "Alles, was die Firma hält, zusammengezählt." and texts["net"].startswith("Long less short.")


def test_a_scenario_says_its_own_of_a_term_and_no_word_is_explained_twice():
    def read(text):
        return {term.id: term for term in read_glossary(File("a/glossary.toml", text.encode())).term}

    said = read('[[term]]\nid = "gross"\nwords = ["gross"]\ntext = "What this other firm holds, all of it."\n')
    assert said["gross"].text == "What this other firm holds, all of it." and len(said) == len(shared().term)
    for wrong, says in (
        ('[[term]]\nid = "mine"\nwords = ["Gross"]\ntext = "Something else is meant by it."\n', "word 'gross'"),
        ('[[term]]\nid = "mine"\nwords = []\ntext = "Something else is meant by it."\n', "term 'mine'.words"),
        ("term = [", "not TOML"),
    ):
        with pytest.raises(ValueError, match=says):
            read(wrong)


def test_to_explain_a_word_otherwise_changes_no_run():
    scenario = load_scenario("knight-2012")
    files = dict(scenario_files(scenario))
    files["knight-2012/glossary.toml"] = files["knight-2012/glossary.toml"].replace("The firm's error account.", "An account for errors.")
    changed = read_scenario("knight-2012", files)
    assert changed.sha256 == scenario.sha256 and changed.glossary != scenario.glossary
