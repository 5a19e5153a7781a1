"""How long a desk waits for something new, on logs that are written by hand."""

from engine.analysis.idle_time import LONG_S, waits_of
from engine.events import Event, event
from engine.market_time import Calendar
from tests.days import OPEN, step_at

CALENDAR = Calendar.of()
MINUTE = 240


def mail(at: str, subject: str, sender: str = "tickplant", desk: str = "operator") -> Event:
    return event(step_at(at), "mail.arrived", (desk,), mail=1, sender=sender, subject=subject)


def waits(events: list[Event], since: str = "08:00", until: str = "09:00", desk: str = "operator"):
    return waits_of(CALENDAR, events, step_at(since), step_at(until))[desk]


def spans(events: list[Event], **kwargs: str) -> list[tuple[str, str, float]]:
    return [(row["from"], row["to"], row["wall_s"]) for row in waits(events, **kwargs)["long"]]


def test_a_desk_that_is_told_nothing_waits_from_beginning_to_end():
    found = waits([])
    assert found == {"waits": 1, "wall_s": 120.0, "longest": {"from": "08:00:00", "to": "09:00:00", "wall_s": 120.0}, "long": [found["longest"]]}


def test_a_wait_is_measured_in_wall_time_at_the_speed_of_its_phase():
    """Half an hour before the bell is a minute at thirty times, five minutes of the bell are one at five times."""
    assert spans([], since="09:00", until="09:30") == [] and waits([], since="09:00", until="09:30")["longest"]["wall_s"] == LONG_S
    assert spans([], since="09:30", until="09:35") == []
    assert spans([], since="09:20", until="09:40") == [("09:20:00", "09:40:00", 140.0)]
    quick = waits_of(CALENDAR, [], OPEN, OPEN + 5 * MINUTE, dict.fromkeys(("deployment", "premarket", "bell", "unwind", "block", "ended"), 60.0))
    assert quick["risk"]["longest"]["wall_s"] == 5.0


def test_news_ends_a_wait_and_the_next_begins():
    rang = event(step_at("08:20"), "call.rang", ("operator",), call=1, caller="Floor desk", opening="You there?")
    found = waits([rang])
    assert (found["waits"], found["longest"]["from"], found["longest"]["wall_s"]) == (2, "08:20:00", 80.0)
    assert spans([rang]) == [("08:20:00", "09:00:00", 80.0)]


def test_what_another_desk_is_told_is_no_news():
    assert waits([mail("08:30", "Cash line", desk="risk")])["waits"] == 1


def test_a_machine_that_says_the_same_with_other_figures_says_nothing_new():
    first, again = mail("08:10", "Line CTA-A 3: gap of 12 messages"), mail("08:30", "Line UTP 1: gap of 3,018 messages")
    assert waits([first, again])["waits"] == 2
    assert waits([first, again, mail("08:30", "Line statistics 08:30")])["waits"] == 3
    assert waits([first, mail("08:30", "Line UTP 1: gap of 3 messages", sender="Somebody else")])["waits"] == 3
    alarms = [event(step_at(at), "alert.raised", ("operator",), text=f"SMARS-{n} is not running") for n, at in ((3, "08:10"), (4, "08:40"))]
    assert waits(alarms)["waits"] == 2


def test_what_was_said_before_they_play_is_not_new_later():
    assert waits([mail("08:10", "Disk at 91 %"), mail("08:40", "Disk at 93 %")], since="08:20")["waits"] == 1


def test_what_a_desk_does_itself_is_no_news_to_it_and_news_to_the_others():
    asked = event(step_at("08:30"), "word.asked", what="servers.stop_all", desk="operator")
    done = event(step_at("08:30"), "command.applied", ("operator",), seq=1, command="server.look", args={}, until=0)
    assert waits([asked, done])["waits"] == 1
    assert waits([asked, done], desk="risk")["waits"] == 2
    result = event(step_at("08:30"), "lever.finished", ("operator",), seq=1, command="server.look", args={})
    assert waits([done, result])["waits"] == 2


def test_results_of_one_kind_are_new_every_time():
    results = [event(step_at(at), "lever.finished", ("operator",), seq=n, command="log.tail", args={}) for n, at in ((1, "08:20"), (2, "08:40"))]
    assert waits(results)["waits"] == 3
