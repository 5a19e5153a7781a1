"""Certificates of participation: a page a person, with what was played, when, at which desk, and what the team's log shows of the objectives."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext

import engine
from game.debrief.report.paper import EDGE, LABEL, SMALL, WIDE, Cell, Column, Paper


class Certified(NamedTuple):
    """Who took part: their name, their team, the desk's title, and the team's objectives as game/views/result.py tells them."""

    name: str
    team: str
    desk: str
    objectives: Sequence[dict[str, Any]]


def make(told: dict[str, Any], people: Sequence[Certified], calendar: engine.Calendar) -> bytes:
    """PDF of these people. `told`: title, scenario, played, ended_at, foot and words of the exercise."""
    texts = "".join(f"{one.name}{one.team}{one.desk}{''.join(item['title'] for item in one.objectives)}" for one in people)
    paper = Paper(f"{told['title']}{told['scenario']}{texts}", told["foot"], told["words"], calendar)
    paper.set_title(gettext("Certificate: %(title)s") % {"title": told["title"]})
    paper.set_creator("Opening Bell")
    paper.set_creation_date(datetime.fromisoformat(told["ended_at"]))
    for one in people:
        _page(paper, told, one)
    return bytes(paper.output())


def _page(paper: Paper, told: dict[str, Any], one: Certified) -> None:
    paper.add_page()
    paper.at(EDGE, EDGE - 2, gettext("OPENING BELL  ·  CERTIFICATE"), LABEL, "accent", bold=True)
    paper.rule(EDGE + 6, "accent", 0.6)
    paper.at(EDGE, 62, one.name, 26, bold=True, width=WIDE)
    paper.set_y(80)
    took = gettext("took part in %(title)s on %(played)s, in team %(team)s, at the desk of the %(desk)s.")
    paper.paragraph(took % {"title": told["title"], "played": told["played"], "team": one.team, "desk": one.desk}, 13, "text", gap=4)
    paper.paragraph(gettext("Scenario: %(scenario)s") % {"scenario": told["scenario"]}, 11, "text", gap=6)
    if one.objectives:
        paper.heading(gettext("Learning objectives"), 40, gettext("what the log shows of the team's work"))
        columns = [Column(gettext("Objective"), 126), Column(gettext("In this run"), 56)]
        paper.rows(columns, [_objective(item, met=item["outcome"] == "met") for item in one.objectives], 10)
        paper.ln(3)
    paper.paragraph(gettext("It says that somebody took part, and not how well: a simulated morning is no examination."), SMALL, "text-3")


def _objective(item: dict[str, Any], *, met: bool) -> list[Cell]:
    return [Cell(item["title"], bold=met), Cell(item["words"], "ok" if met else "text-2", bold=met)]
