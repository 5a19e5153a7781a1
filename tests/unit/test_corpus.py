"""The corpus of logs finds what is shown otherwise, and says where."""

import json

import pytest

from tests.bench import corpus
from tests.bench.corpus import Entry, difference, looks
from tests.bench.corpus.logs import PLAYS
from tests.bench.corpus.text import first_difference, of_page
from tests.read import seen

LOG = {
    "name": "short", "whole": False, "stored": True, "scenario": "knight-2012", "seed": 7, "noise": None, "start": 0, "since": 0, "instant": True,
    "until": 60, "moments": [[0, 0], [40, 1], [60, 2]],
    "commands": [[1, 40, "operator", "server.stop", {"server": 3}, None, ""], [2, 60, "operator", "server.stop", {"server": 99}, None, ""]],
}  # fmt: skip


def entry() -> Entry:
    return Entry(LOG, *looks.shown(LOG))


def test_the_same_log_again_shows_the_same():
    before = entry()
    assert difference(before, entry()) == "" and before.digests == entry().digests
    assert "Wed 1 Aug 08:00:10 after command 1/operator/servers" in before.lines
    assert before.lines["refused/command 2"].startswith("server = 99")


def test_a_changed_card_is_found_and_named_by_log_moment_desk_card_and_key(monkeypatch):
    before = entry()

    def otherwise(sim, desk, level=None):
        cards = seen(sim, desk, level)
        if desk == "operator" and sim.now == 60:
            cards["servers"] = json.loads(json.dumps(cards["servers"]))
            cards["servers"]["servers"][2]["state"] = "asleep"
        return cards

    monkeypatch.setattr(looks, "sight", otherwise)
    found = difference(before, entry())
    assert found == 'Wed 1 Aug 08:00:15 after command 2/operator/servers/servers/2/state: "stopped" -> "asleep" (the first of 1)'


def test_what_is_gone_what_is_new_and_an_outcome_alone_are_told_too():
    one = Entry(LOG, "a", {"x/card": "[1]"})
    assert difference(one, Entry(LOG, "a", {})).startswith("x/card: [1] -> nothing")
    assert difference(one, Entry(LOG, "b", {"x/card": "[1]", "new": "[]"})) == "new: nothing -> [] (the first of 1, and another outcome digest)"
    assert difference(one, Entry(LOG, "b", one.lines)) == "another outcome digest, and everything shown is the same"


def test_another_fingerprint_of_the_data_is_no_difference():
    one, other = (Entry(LOG, "a", {"page": f"knight-2012, seed 79, rules 1, data {data}"}) for data in ("df7b7fbc0c9a", "adaf4bd39ae7"))
    assert difference(one, other) == ""


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [('{"a":{"b":[1,2]}}', '{"a":{"b":[1,3]}}', "a/b/1"), ('{"a":1}', '{"a":1,"c":0}', "c"), ("one\ntwo", "one\n2", "line 2"), ("[1]", "[1.0,2]", "1")],
)
def test_texts_part_by_key_or_by_line(before, after, place):
    assert first_difference(before, after)[0] == place


def test_a_page_is_its_words_and_attributes_without_tokens():
    one, other = (f'<p class="a" nonce="{n}">Two  words<input name="csrfmiddlewaretoken" value="{n}"><a href="/seat/{n * 20}/">' for n in "xy")
    assert of_page(one) == of_page(other) and '<p class="a"\nTwo words' in of_page(one)


def test_a_digest_of_each_log_is_committed():
    assert list(json.loads(corpus.DIGESTS.read_text())) == list(PLAYS) and len(PLAYS) == 50
