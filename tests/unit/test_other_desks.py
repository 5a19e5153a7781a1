"""What calls for somebody at a desk of theirs that they do not look at."""

import asyncio
import json

from game.live.hub import Slot
from game.live.loudspeaker import Unpacked
from game.sockets.other_desks import Elsewhere, calling

RINGING = {"calls": [{"id": 3, "caller": "NYSE", "state": "ringing", "left_s": 40}, {"id": 1, "caller": "Bank", "state": "missed", "left_s": 0}]}
WORDS = {"words": [{"what": "servers.stop_all", "label": "Stop all", "state": "asked", "by": "operator", "at": "09:34:00"}]}
ALERTS = {"alerts": [{"at": "09:32", "text": "Gap"}, {"at": "08:49", "text": "Older"}]}
MESSAGES = {
    "messages": [{"id": 7, "from": "The regulator", "text": "Hello", "replies": []}, {"id": 5, "from": "Client", "text": "Hi", "replies": []}]
}
NOTHING = {"ringing": [], "asked": [], "said": [], "alert": ""}


def test_a_ringing_phone_a_word_and_the_newest_alert_call():
    found = calling("risk", {"calls": RINGING, "words": WORDS, "alerts": ALERTS})
    assert found["ringing"] == [{"id": 3, "caller": "NYSE"}]
    assert found["asked"] == [{"what": "servers.stop_all", "label": "Stop all", "at": "09:34:00"}]
    assert found["alert"] == "09:32 Gap"
    assert calling("risk", {}) == NOTHING


def test_the_newest_message_calls_until_it_is_answered():
    assert calling("operator", {"messages": MESSAGES})["said"] == [{"id": 7, "from": "The regulator"}]
    newest, older = MESSAGES["messages"]
    answered = {"messages": [{**newest, "replies": [{"at": "09:40:00", "text": "Yes"}]}, older]}
    assert calling("operator", {"messages": answered})["said"] == []


def test_a_word_calls_only_where_it_is_given():
    assert calling("operator", {"words": WORDS})["asked"] == []


def test_it_is_told_when_it_changes_and_again_when_the_page_asks():
    async def play() -> None:
        wake = asyncio.Event()
        others = Elsewhere(wake, str)
        slot = others._slots["risk"] = Slot(wake, others.leave)
        assert others.news() == {"risk": NOTHING} and others.news() is None
        slot.offer(Unpacked(7, {"calls": (7, json.dumps(RINGING)), "positions": (7, "[]")}, ["a note of the risk manager's"]))
        assert others.news() == {"risk": calling("risk", {"calls": RINGING})}
        later = {"calls": [{**RINGING["calls"][0], "left_s": 39}]}
        slot.offer(Unpacked(8, {"calls": (8, json.dumps(later))}, []))
        assert others.news() is None, "a second less to ring is nothing new"
        assert not slot.notes
        others.again()
        assert others.news() == {"risk": calling("risk", {"calls": RINGING})}

    asyncio.run(play())
