"""The control room with the real stack: one team stands while the others go on, a failed run goes on from its log, and every facilitator
hears of everything at once.
"""

import asyncio
from typing import Any

import pytest

from game.control.exercise_controls import drive, drive_team
from game.live.broker import client as broker
from game.live.broker import lease_key
from game.models import Command, Exercise, FacilitatorLink, Player, Run, Seat
from game.people import seating
from game.spoken import tell_row
from tests import days
from tests.builders import eventually, new_exercise, taken_seat
from tests.integration.test_crash import shown_step, undisturbed
from tests.socket_client import Socket

JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def exercise(lasting_world):
    """Cobalt, whose operator is Dana, and Amber, in the opening bell."""
    exercise = new_exercise(start_step=days.step_at("09:31"), speeds={"bell": 10}, autopilot="assistant")
    exercise.add_team("Amber", "history")
    taken_seat(exercise)
    drive(exercise, "start")
    eventually(lambda: not exercise.runs().filter(step__lt=exercise.start_step).exists(), 60, "both markets move")
    yield Exercise.objects.get(pk=exercise.pk)
    Exercise.objects.filter(pk=exercise.pk, state__in=("running", "paused")).update(state="ended")


def both(exercise: Exercise) -> tuple[Run, Run]:
    cobalt, amber = exercise.runs()
    return cobalt, amber


def moves(run: Run, what: str) -> None:
    before = shown_step(run)
    eventually(lambda: shown_step(run) > before + 40, 20, what)


def stands(run: Run) -> int:
    """Wait until nobody turns the run any more; where it stands."""
    eventually(lambda: not broker().exists(lease_key(run.pk)), 10, "its worker lets go")
    return shown_step(run)


def session(client: Any) -> str:
    client.post(f"/facilitator/{FacilitatorLink.issue()}/")
    return str(client.cookies["sessionid"].value)


async def picture(socket: Socket, until: Any, within: float = 10.0) -> dict[str, Any]:
    """What a control room shows, from when `until` of it is true."""
    shown: dict[str, Any] = {}
    async with asyncio.timeout(within):
        while not shown or not until(shown):
            message = await socket.until("frame", within)
            shown |= {name: card["d"] for name, card in message["cards"].items()}
    return shown


def test_a_team_is_paused_alone_its_desks_say_so_and_nobody_turns_it_until_it_goes_on(lasting_world, exercise, client):
    cobalt, amber = both(exercise)
    cookie = taken_seat(exercise)[1]

    async def play() -> None:
        desk = await Socket.open("127.0.0.1", lasting_world.port, "/ws/seat/operator/", cookie)
        watcher = await Socket.open("127.0.0.1", lasting_world.port, f"/ws/watch/{cobalt.team_id}/operator/", session=session_key)
        wall = await Socket.open("127.0.0.1", lasting_world.port, f"/ws/projector/{exercise.code}/")
        for socket in (desk, watcher, wall):
            await socket.until("hello")
        await asyncio.to_thread(drive_team, cobalt.team, "pause")
        for socket in (desk, watcher):
            told = await socket.until("state", state="paused")
            assert told["reason"] == Run.PAUSED
        board = await picture(wall, lambda cards: cards.get("board", {"teams": [{}]})["teams"][0].get("stands"))
        assert [team["stands"] for team in board["board"]["teams"]] == ["paused", ""] and board["state"]["state"] == "running"
        await asyncio.to_thread(drive, exercise, "speed", "20")
        assert (await desk.until("state"))["state"] == "paused", "what is told to all does not wake those who stand"
        late = await Socket.open("127.0.0.1", lasting_world.port, "/ws/seat/operator/", cookie)
        hello = await late.until("hello")
        assert (hello["exercise"]["state"], hello["exercise"]["reason"]) == ("paused", Run.PAUSED), "who comes meanwhile is told so too"

    session_key = session(client)
    asyncio.run(play())
    step, epoch = stands(cobalt), Run.objects.get(pk=cobalt.pk).epoch
    moves(amber, "the other team goes on")
    moves(amber, "and on, while the reaper looks")
    assert (shown_step(cobalt), Run.objects.get(pk=cobalt.pk).epoch) == (step, epoch), "nobody is sent for it"
    drive_team(cobalt.team, "resume")
    moves(cobalt, "it goes on")
    drive_team(cobalt.team, "end")
    ended = eventually(lambda: Run.objects.filter(pk=cobalt.pk, state="ended").first(), 15, "it is scored alone")
    moves(amber, "the other team still goes on")
    assert ended.score["total"] > 0 and ended.digest == undisturbed(ended) and Exercise.objects.get(pk=exercise.pk).state == "running"


def test_a_run_that_fails_stands_alone_with_its_reason_and_goes_on_from_its_log_as_if_nothing_had_been(exercise):
    cobalt, amber = both(exercise)
    Seat.objects.filter(team=cobalt.team_id, desk="risk").update(autopilot="genius")
    failed = eventually(lambda: Run.objects.filter(pk=cobalt.pk, state="failed").first(), 20, "it stands")
    reason = tell_row(failed.reason)
    assert "'genius' is no autopilot" in reason and "it stopped at 09:3" in reason
    assert Run.objects.get(pk=amber.pk).state == "running"
    moves(amber, "the other team never notices")
    assert Exercise.objects.get(pk=exercise.pk).state == "running"
    Seat.objects.filter(team=cobalt.team_id, desk="risk").update(autopilot="history")
    drive_team(cobalt.team, "retry")
    moves(cobalt, "it goes on")
    drive(exercise, "end")
    for run in (cobalt, amber):
        run = eventually(lambda run=run: Run.objects.filter(pk=run.pk, state="ended").first(), 15, "it is scored")
        assert run.digest == undisturbed(run)


def test_both_facilitators_are_told_at_once_what_one_of_them_does_and_one_who_comes_late_reads_it_all(lasting_world, exercise, client):
    cobalt, _ = both(exercise)
    key = session(client)
    path = f"/ws/control/{exercise.code}/"

    async def play() -> None:
        sockets = [await Socket.open("127.0.0.1", lasting_world.port, path, session=key) for _ in range(2)]
        for socket in sockets:
            assert (await socket.until("hello"))["desk"] == "facilitator"
            shown = await picture(socket, lambda cards: "rows" in cards)
            row = shown["rows"][str(cobalt.team_id)]
            assert row["bad_servers"] == 1 and row["loss_usd"] > 0 and row["gross_usd"] > 0 and row["clock"] >= "09:31"
        act = {"do": "pause", "team": str(cobalt.team_id)}
        answer = await asyncio.to_thread(client.post, f"/facilitator/exercise/{exercise.code}/", act, **JSON)
        assert answer.json()["reason"] == "" and answer.json()["state"]["teams"][0]["paused"]
        for socket in sockets:
            await picture(socket, lambda cards: cards.get("teams", [{"paused": False}])[0]["paused"], 3)
        late = await Socket.open("127.0.0.1", lasting_world.port, path, session=key)
        happened = await late.until("happened")
        texts = [line["text"] for line in happened["lines"] if line["kind"] == "system"]
        assert happened["whole"] and texts[-1] == "paused this team" and "started the exercise" in texts
        await late.send({"t": "drive", "do": "pause"})
        assert "only watches" in (await late.until("error"))["reason"], "what is done is done by forms"

    asyncio.run(play())


def test_no_event_is_missed_by_a_control_room_that_leaves_frames_out(lasting_world, exercise, client):
    key = session(client)
    cobalt, _ = both(exercise)

    async def play() -> list[str]:
        socket = await Socket.open("127.0.0.1", lasting_world.port, f"/ws/control/{exercise.code}/", session=key)
        await socket.until("happened")
        last = 0
        while last < 8:  # unanswered frames: the server sends no more of them
            message = await socket.receive()
            last = max(last, message["seq"] if message["t"] == "frame" else 0)
            if last == 4:
                break
        for number in range(6):
            await asyncio.to_thread(drive_team, cobalt.team, "speed", str(2 + number))
        await socket.send({"t": "ack", "seq": last})
        texts: list[str] = []
        async with asyncio.timeout(10):
            while "set this team's speed to 7x" not in texts:
                texts += [line["text"] for line in (await socket.until("happened"))["lines"]]
        return [text for text in texts if "speed" in text]

    assert asyncio.run(play()) == [f"set this team's speed to {number}x" for number in range(2, 8)]


def test_a_moved_player_is_led_to_the_other_teams_desk_under_the_same_name(lasting_world, exercise):
    seat, cookie = taken_seat(exercise)
    goal = Seat.objects.get(team__exercise=exercise, team__name="Amber", desk="risk")
    player = Player.objects.get(exercise=exercise)

    async def play() -> None:
        desk = await Socket.open("127.0.0.1", lasting_world.port, "/ws/seat/operator/", cookie)
        await desk.until("hello")
        await asyncio.to_thread(seating.change_seat, seat, "move", str(goal.pk), str(player.pk))
        bye = await desk.until("bye")
        assert bye["go"] == "/desk/risk/" and bye["retry"] is False
        there = await Socket.open("127.0.0.1", lasting_world.port, "/ws/seat/risk/", cookie)
        hello = await there.until("hello")
        assert (hello["team"], hello["player"], hello["desk"]) == ("Amber", "Dana", "risk")
        await asyncio.to_thread(seating.change_seat, goal, "hand", "novice")
        assert (await there.until("bye"))["go"] == "", "there is nowhere to lead to"

    asyncio.run(play())


def test_a_team_that_comes_late_is_where_the_others_are_and_history_played_what_lay_before(exercise):
    late = exercise.come_late("Late ones")
    there = late.run.start_step
    assert there >= days.step_at("09:31")
    eventually(lambda: shown_step(late.run) >= there, 90, "it has caught up")
    moves(late.run, "it goes on at the others' speed")
    desks = dict(Command.objects.filter(run=late.run, step__lt=there, by="autopilot").values_list("kind", "by"))
    assert desks, "history's commands before"
    drive(exercise, "end")
    run = eventually(lambda: Run.objects.filter(pk=late.run.pk, state="ended").first(), 15, "it is scored")
    assert run.digest == undisturbed(run)
