"""Messages of the sockets and of the loudspeaker: what is read back is what was written, and nothing else gets in."""

import asyncio
import json
import uuid

import pytest
from autobahn.exception import Disconnected
from hypothesis import given
from hypothesis import strategies as st

from game.live.loudspeaker import pack, unpack
from game.sockets import protocol
from game.sockets.frames import FrameConsumer

names = st.from_regex(r"[a-z]{1,12}", fullmatch=True)
contents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.integers(0, 10**6),
    st.dictionaries(names, st.tuples(st.integers(0, 10**6), contents.map(json.dumps)), max_size=5),
    st.lists(contents.map(json.dumps), max_size=3),
)
def test_a_packed_message_unpacks_to_the_same_whatever_the_cards_hold(step, cards, notes):
    assert unpack(pack(step, cards, notes))[:3] == (step, cards, notes)


@given(st.dictionaries(names, st.tuples(st.integers(0, 10**6), contents.map(json.dumps)), max_size=5))
def test_a_frame_is_json_with_every_card_whole(cards):
    read = json.loads(protocol.frame(7, 21600, cards))
    assert (read["t"], read["seq"], read["step"]) == ("frame", 7, 21600)
    assert read["cards"] == {name: {"v": version, "d": json.loads(text)} for name, (version, text) in cards.items()}


@given(st.text(max_size=200) | contents.map(json.dumps))
def test_whatever_is_sent_is_a_message_or_a_reason(text):
    try:
        protocol.read(text)
    except protocol.BadMessage as problem:
        assert str(problem).endswith(".")


def test_a_command_is_read_with_its_defaults():
    client_id = uuid.uuid4()
    order = protocol.read(json.dumps({"t": "command", "id": str(client_id), "kind": "servers.stop_all"}))
    assert order == protocol.CommandMessage(t="command", id=client_id, kind="servers.stop_all", args={}, confidence=None, why="")


@pytest.mark.parametrize("text", ["", "null", "7", '"ack"', "[]", "{}", '{"t":null}', '{"t":"command"}', '{"t":"ack","seq":true}'])
def test_half_a_message_is_refused_with_a_reason(text):
    with pytest.raises(protocol.BadMessage):
        protocol.read(text)


def test_a_reason_names_a_command_and_has_some_words():
    client_id = uuid.uuid4()
    why = protocol.read(json.dumps({"t": "why", "id": str(client_id), "text": "eight is stale"}))
    assert why == protocol.Why(t="why", id=client_id, text="eight is stale")
    for text in ("", "x" * 501, None, 7):
        with pytest.raises(protocol.BadMessage, match="text"):
            protocol.read(json.dumps({"t": "why", "id": str(client_id), "text": text}))
    with pytest.raises(protocol.BadMessage, match="id"):
        protocol.read(json.dumps({"t": "why", "id": "8", "text": "eight is stale"}))


def test_an_id_that_is_no_random_uuid_is_refused():
    with pytest.raises(protocol.BadMessage, match="id"):
        protocol.read(json.dumps({"t": "command", "id": "00000000-0000-1000-8000-000000000000", "kind": "servers.stop_all"}))


def test_what_is_said_to_a_client_that_has_gone_stops_nothing():
    said = []

    async def gone(message):
        said.append(message)
        raise Disconnected("Attempt to send on a closed protocol")

    window = FrameConsumer()
    window.base_send = gone
    asyncio.run(window.send("{}"))
    assert said == [{"type": "websocket.send", "text": "{}"}]
