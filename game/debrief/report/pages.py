"""The report, part by part: what is told of a team on two to five pages, and of a whole exercise with its teams side by side before them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, gettext_noop

import engine
from game.debrief import postmortem
from game.debrief.report import charts, side_by_side
from game.debrief.report.paper import BODY, EDGE, LABEL, SMALL, WIDE, Cell, Column, Paper
from game.debrief.report.words import DASH, SURE, color, gain, minute, share, short, tenths
from game.models import incident_log, observing
from game.spoken import tell

Told = dict[str, Any]
NBSP = "\u00a0"
LEDGER_ROWS = 12  # more pieces of evidence than these stand in the events' table only
LINES = 6  # of a part of the postmortem; its download has all
TEXTS = 8  # answers to a prompt that are printed
STATES = {"closed": (gettext_noop("✓ Closed"), "ok"), "hole": (gettext_noop("Had a hole"), "warn"), "open": (gettext_noop("Left open"), "text")}


def cover(paper: Paper, told: Told, title: str, under: str) -> None:
    """The head of a report: what it is, whose, and when it was played."""
    paper.head = ""
    paper.add_page()
    paper.start_section(title, strict=False)
    paper.at(EDGE, EDGE - 2, gettext("OPENING BELL  ·  DEBRIEF"), LABEL, "accent", bold=True)
    paper.at(EDGE + WIDE / 2, EDGE - 2, f"{told['code']}  \u00b7  {told['played']}", LABEL, "text-3", width=WIDE / 2, align="R")
    paper.at(EDGE, EDGE + 4, title, 22, bold=True, width=WIDE)
    paper.at(EDGE, EDGE + 15.5, under, 9.5, "text-2", width=WIDE)
    paper.rule(EDGE + 23, "accent", 0.6)
    paper.set_y(EDGE + 27)
    paper.head = f"{title}  \u00b7  {under}"


def fault(paper: Paper, told: Told) -> None:
    """What was wrong, where the seed drew it."""
    if told["fault"]:
        paper.heading(gettext("What was wrong"))
        paper.paragraph(told["fault"]["story"], color="text")
        paper.paragraph(told["fault"]["epilogue"])
        paper.ln(2)


def _other(paper: Paper) -> str:
    """Whom a team is measured against: where the seed draws what is wrong, nobody at the desks."""
    return gettext("nobody") if paper.alone else gettext("history")


def _other_run(paper: Paper) -> str:
    return gettext("a run with nobody at the desks") if paper.alone else gettext("history's run")


def team(paper: Paper, told: Told, one: Told) -> None:
    """Everything of a team."""
    cover(paper, told, one["name"], gettext("%(told)s, beside %(paper)s on the same market") % {"told": told["title"], "paper": _other_run(paper)})
    if not told["compared"]:
        fault(paper, told)
    account(paper, one["first"])
    if one["programs"]:
        paper.paragraph(one["programs"], SMALL, "text-2")
    figures(paper, one)
    if one["failed"]:
        paper.paragraph(gettext("The run failed: %(one)s") % {"one": one["failed"]}, color="warn")
    if one["note"]:
        paper.paragraph(one["note"], color="warn")
    curve(paper, one)
    decisions(paper, one["worth"])
    knew(paper, one["ledger"])
    objectives(paper, one["objectives"])
    barriers(paper, one["week"], one["worth"]["barriers"], told["words"]["day"])
    logged(paper, one["log"])
    afterwards(paper, one)
    if not told["compared"]:
        closing(paper, told)


def account(paper: Paper, first: Told) -> None:
    """What happened and why, and the minute that cost most."""
    for sentence in first["sentences"]:
        paper.paragraph(sentence, 10.5, "text", gap=0.5)
    worst = first["costliest"]
    if worst:
        began = {"at": tell(None, engine.retold(worst["at"])), "usd": gain(-worst["usd"])}
        paper.paragraph(gettext("The costliest minute began at %(at)s: %(usd)s.") % began, SMALL, "text-2")
    paper.ln(2)


def logged(paper: Paper, log: Told) -> None:
    """The incident log, where the team kept one, beside what happened."""
    if not log["entries"]:
        return
    paper.heading(gettext("The incident log beside what happened"), 40)
    moments = [[Cell(one["at"]), Cell(one["label"], bold=True), Cell(one["written"])] for one in log["beside"]]
    if moments:
        paper.rows([Column(gettext("At"), 26), Column(gettext("What happened"), 36), Column(gettext("In the log"), 120)], moments, SMALL)
        paper.ln(2)
    rows = [[Cell(one["at"]), Cell(incident_log.in_a_line(one))] for one in log["entries"]]
    paper.rows([Column(gettext("At"), 26), Column(gettext("Entry"), 156)], rows, SMALL)
    paper.ln(2)


def afterwards(paper: Paper, one: Told) -> None:
    """The draft of a postmortem as far as it is not told above, and what the team takes on, or lines for it."""
    found = (
        (gettext("Contributing factors"), postmortem.factors(one)),
        (gettext("What went well"), postmortem.went_well(one)),
        (gettext("Where luck helped"), postmortem.luck(one)),
    )
    told = [(title, lines) for title, said in found if (lines := list(said)[:LINES])]
    if told:
        paper.heading(gettext("Postmortem, a draft"), 40, gettext("of the work, not of the people"))
        paper.rows([Column("", 38), Column("", 144)], [[Cell(title, bold=True), Cell("\n".join(lines))] for title, lines in told], SMALL)
        paper.ln(2)
    columns = [Column(gettext("One change"), 110), Column(gettext("One owner"), 42), Column(gettext("One date"), 30)]
    paper.rows(columns, [_action(row) for row in one["actions"]] or [[Cell(" ", of=" ")] * 3 for _ in range(3)])
    paper.ln(2)


def _action(row: Told) -> list[Cell]:
    """A change, with what became of it, its owner and its date; see game/models/actions.py."""
    return [Cell(row["change"], of=postmortem.became(row)), Cell(row["owner"]), Cell(row["due"])]


def closing(paper: Paper, told: Told) -> None:
    """What is the room's, once in a report."""
    happened(paper, told)
    side_by_side.rounds(paper, told["rounds"])
    lessons(paper, told["lessons"])
    side_by_side.asked(paper, told["asked"])
    questions(paper, told["prompts"])
    notes(paper, told["notes"])


def happened(paper: Paper, told: Told) -> None:
    """What really happened, with its sources; and what was so then beside what was done about it here."""
    found = told["happened"]
    if not found:
        return
    paper.heading(gettext("What really happened"), 40)
    paper.paragraph(found["lead"], SMALL)
    if found["lessons"]:
        many = len(told["teams"]) > 1
        columns = [Column("", 34), Column(gettext("Then"), 80), Column(gettext("Here"), 68)]
        rows = [
            [
                Cell(one["title"], bold=True),
                Cell(one["then"], "text-2", of=one["source"]),
                Cell("  ".join(f"{now['team']}: {now['text']}" if many else now["text"] for now in one["now"])),
            ]
            for one in found["lessons"]
        ]
        paper.rows(columns, rows, SMALL)
        paper.ln(2)
    told_of = [(one["title"], one["text"], one["source"] or "") for one in found["passages"]]
    if told_of:
        paper.rows([Column("", 38), Column("", 144)], [[Cell(title, bold=True), Cell(text, of=source)] for title, text, source in told_of], SMALL)
        paper.ln(2)
    if found["readings"]:
        heads = (("", 30), (gettext("It assumes"), 48), (gettext("Shares a minute"), 22), (gettext("Loss"), 20), ("", 62))
        columns = [Column(head, wide) for head, wide in heads]
        rows = [
            [Cell(one["title"], bold=True), *(Cell(one[key]) for key in ("assumes", "shares_per_min", "loss")), Cell(one["text"], of=one["source"])]
            for one in found["readings"]
        ]
        paper.rows(columns, rows, SMALL)
        paper.ln(2)
    if found["model"]:
        paper.paragraph(gettext("This was a model.") + " " + " ".join(found["model"]), SMALL, "text-3")


def figures(paper: Paper, one: Told) -> None:
    """Result, as on the page: two rows of four."""
    avoided, ghost, who = one["avoided_usd"], one["ghost_usd"], _other(paper)
    of_all = "" if one["share_avoided"] is None else gettext("%(share)s of what %(who)s lost") % {"share": share(one["share_avoided"]), "who": who}
    zero = gettext("closing for the day") if one["closed_is_zero"] else who
    fate = one["fate"]
    money = [
        (gettext("LOSS"), gain(-one["loss_usd"]), color(-one["loss_usd"]), "" if ghost is None else f"{paper.past}: {gain(-ghost)}"),
        (gettext("LOSSES AVOIDED"), DASH if avoided is None else gain(avoided), color(avoided), of_all),
        (gettext("GRADE"), DASH if one["grade"] is None else tenths(one["grade"]), "text", gettext("100 = no loss, 0 = %(zero)s") % {"zero": zero}),
        (gettext("THE FIRM"), fate["word"], "text", fate["of"]),
    ]
    times = [(moment["label"].upper(), tell(None, engine.retold(moment["at"])), "text", moment["of"]) for moment in one["moments"]]
    times.append((gettext("CLIENT SERVICE"), share(one["service_kept"]), "text", gettext("client orders routed within a minute")))
    for row, size in ((money, 17.0), (times, 12.5)):
        _figures_row(paper, row, size)
    parts = "    ".join(f"{part['label']} {gain(-part['usd'])}".replace(" ", NBSP) for part in one["parts"])
    how = f", {one['interrupted']}," if one["interrupted"] else ","
    ended = (
        ""
        if one["whole"]
        else gettext("Ended at %(one)s%(how)s and measured against %(who)s at that moment.  ") % {"one": one["ended_at"], "how": how, "who": who}
    )
    if ended or parts:
        paper.paragraph(ended + (gettext("The loss: %(parts)s") % {"parts": parts} if parts else ""), SMALL, "text-2", gap=0)


def _figures_row(paper: Paper, row: Sequence[tuple[str, str, str, str]], size: float) -> None:
    top, width, lines = paper.get_y(), WIDE / 4, 1
    for place, (label, text, tone, of) in enumerate(row):
        x = EDGE + place * width
        paper.at(x, top, label, LABEL, "text-3")
        paper.at(x, top + 3.2, text, size, tone, bold=True, width=width - 3)
        paper.pen(SMALL, "text-2")
        for number, line in enumerate(paper.folded(of, width - 4, SMALL) if of else []):
            paper.at(x, top + 3.6 + size * 0.5 + number * 3.7, line, SMALL, "text-2")
            lines = max(lines, number + 1)
    paper.set_xy(EDGE, top + 5.5 + size * 0.5 + lines * 3.7)


def curve(paper: Paper, one: Told) -> None:
    """The loss by the minute, with the decisions pinned on it."""
    if not one["curve"]:
        return
    paper.heading(gettext("Loss by the minute"), 74, gettext("numbers refer to the decisions below"))
    others = [(gettext("nothing done"), one["nothing"])] if one["nothing"] else []
    charts.loss_curve(paper, [(one["name"], one["curve"])], one["history"], one["pins"], others)


def decisions(paper: Paper, worth: Told) -> None:
    """What each decision was worth; never cut within a row."""
    if not worth["decisions"]:
        paper.heading(gettext("What each decision was worth"))
        paper.paragraph(gettext("Nothing this team did could have changed the market."))
        _sureness(paper, worth)
        return
    missing = (
        ""
        if worth["complete"]
        else gettext("%(worth)s of %(what)s were computed when this was printed") % {"worth": worth["done"], "what": worth["of"]}
        if worth["of"]
        else gettext("none were computed yet when this was printed")
    )
    paper.heading(gettext("What each decision was worth"), 40, missing)
    nothing = (
        ""
        if worth["nothing_usd"] is None
        else gettext(" With nothing done, the loss would have been $%(short)s.") % {"short": short(worth["nothing_usd"])}
    )
    said = gettext("Same seed, same market, all other commands unchanged. A gain is what the decision saved; a loss is what it cost.")
    paper.paragraph(
        gettext("%(said)s Losses are as of %(worth)s, with the cost of getting out estimated by formula.%(nothing)s")
        % {"said": said, "worth": worth["until"], "nothing": nothing},
        SMALL,
    )
    if worth.get("needs"):
        paper.paragraph(gettext("No more of them can be computed. %(worth)s") % {"worth": worth["needs"]}, SMALL, "warn")
    columns = [
        Column(gettext("No."), 8), Column(gettext("At"), 22), Column(gettext("Desk"), 23), Column(gettext("Decision"), 49),
        Column(gettext("Confidence"), 22), Column(gettext("Worth"), 20, "R"),
        Column(gettext("5 min earlier"), 20, "R"), Column(gettext("Share of all"), 18, "R"),
    ]  # fmt: skip
    paper.rows(columns, [_decision(paper, worth, row) for row in worth["decisions"]])
    _sureness(paper, worth)
    if worth["complete"]:
        how = "" if worth["exact"] else gettext(", estimated from sampled orderings, with standard errors")
        paper.ln(1.5)
        shares = gettext("Shares are Shapley values of the largest decisions%(how)s: they add up to what these decisions avoided together.") % {
            "how": how
        }
        paper.paragraph(f"{shares} {_same(worth['same'])}", SMALL, "text-3")


def _sureness(paper: Paper, worth: Told) -> None:
    """How sure the team said it was, and how right: its Brier scores."""
    rows = worth.get("sureness") or []
    if not rows:
        return
    scores = [
        gettext("%(what)s %(row)s (%(row2)s of %(row3)s right)")
        % {
            "what": paper.desks[row["desk"]] if row["desk"] else gettext("the team"),
            "row": f"{row['score']:.2f}",
            "row2": row["right"],
            "row3": row["said"],
        }
        for row in rows
    ]
    paper.ln(1.5)
    paper.paragraph(
        gettext(
            "Confidence and accuracy: %(scores)s. The Brier score is the mean squared gap between stated confidence (guessing 50 %%, likely 75 "
            "%%, almost certain 95 %%) and the outcome: 0 is perfect, 0.25 is a coin toss."
        )
        % {"scores": ", ".join(scores)},
        SMALL,
    )


def _same(same: Any) -> str:
    if same is True:
        return gettext("The run was recomputed from its log and came out identical.")
    return gettext("The recomputed run differs: %(same)s.") % {"same": same} if same else ""


def _decision(paper: Paper, worth: Told, row: Told) -> list[Cell]:
    waits = "" if worth["complete"] else "\u2026"
    error = f"± ${short(row['error_usd'])}" if row.get("error_usd") else ""
    shared = Cell(DASH if worth["complete"] else waits, "text-3")
    if row["share_usd"] is not None:
        shared = Cell(gain(row["share_usd"]), color(row["share_usd"]), of=error)
    return [
        Cell(str(row["number"]), bold=True),
        Cell(minute(row["at"]), "text-2"),
        Cell(paper.desks[row["desk"]], charts.ROLES[row["desk"]]),
        Cell(row["words"]),
        Cell(gettext(SURE[row["confidence"]]) if row["confidence"] in SURE else "", "text-2"),
        Cell(gain(row["worth_usd"]), color(row["worth_usd"]), bold=True),
        _earlier(row),
        shared,
    ]


def _earlier(row: Told) -> Cell:
    found = row["earlier"]
    if not row["movable"]:
        return Cell(DASH, "text-3")
    if found is None:
        return Cell("\u2026", "text-3")
    return Cell(gettext("not possible"), "text-3") if found["reason"] else Cell(gain(found["usd"]), color(found["usd"]))


def knew(paper: Paper, ledger: Told) -> None:
    """Three lanes, and the evidence in them."""
    rows = ledger["rows"]
    paper.heading(gettext("Who knew what, when"), 45)
    if not rows:
        paper.paragraph(gettext("Nothing was shared on the bridge: each desk kept what it saw to itself."))
        return
    charts.lanes(paper, ledger["lanes"])
    columns = [
        Column(gettext("Seen"), 17),
        Column(gettext("By"), 23),
        Column(gettext("Evidence"), 62),
        Column(gettext("Shared after"), 22),
        Column(gettext("Read after"), 30),
        Column(gettext("Next decision"), 28),
    ]
    paper.rows(columns, [_evidence(paper, row) for row in rows[:LEDGER_ROWS]], SMALL)
    if len(rows) > LEDGER_ROWS:
        paper.ln(1.5)
        paper.paragraph(gettext("And %(rows)s more, on the page of the result.") % {"rows": len(rows) - LEDGER_ROWS}, SMALL, "text-3")


def _evidence(paper: Paper, row: Told) -> list[Cell]:
    read = ", ".join(f"{paper.desks[one['desk']]} {one['after']}" for one in row["read"]) or gettext("nobody opened it")
    acted = row["acted"]
    return [
        Cell(minute(row["seen"]), "text-2"),
        Cell(paper.desks[row["desk"]], charts.ROLES[row["desk"]]),
        Cell(row["title"]),
        Cell(row["shared_after"], "text-2"),
        Cell(read, "text-2"),
        Cell(acted["words"], "text-2", of=_after(acted["after"])) if acted else Cell(gettext("none"), "text-3"),
    ]


def _after(span: str) -> str:
    return span if span == "at once" else gettext("after %(span)s") % {"span": span}


def objectives(paper: Paper, found: Sequence[Told]) -> None:
    """What the morning was to teach, and what of it the run shows."""
    if not found:
        return
    paper.heading(gettext("Learning objectives"), 40, gettext("what the log shows of the work; what was said aloud is not in it"))
    columns = [Column(gettext("Objective"), 98), Column(gettext("In this run"), 36), Column(gettext("By desk"), 48)]
    if any(one["observed"] for one in found):
        heads = (("Objective", 74), ("In this run", 30), ("By desk", 34), ("Observers", 44))
        columns = [Column(gettext(head), width) for head, width in heads]
    paper.rows(columns, [_objective(paper, one)[: len(columns)] for one in found], SMALL)


def _objective(paper: Paper, one: Told) -> list[Cell]:
    tone = {"met": "ok", "no-occasion": "text-3"}.get(one["outcome"], "text")
    desks = ", ".join(gettext("%(desk)s %(met)s of %(of)s") % {**own, "desk": paper.desks[own["desk"]]} for own in one["desks"])
    told = [Cell(one["title"], bold=True, of=one["text"]), Cell(one["words"], tone, bold=True), Cell(desks or DASH, "text-2")]
    return [*told, Cell(observing.in_words(one["observed"]))]


def barriers(paper: Paper, week: Told | None, worth: Sequence[Told], day: str) -> None:
    """The slices of the cheese, closed and open, and what each saved, or would have saved."""
    usd = {one["label"]: one for one in worth}
    if week:
        slices, note = week["slices"], gettext("%(week)s of %(len)s closed at the bell") % {"week": week["closed"], "len": len(week["slices"])}
    else:
        slices = [
            {
                "label": one["label"],
                "state": "open" if one["key"].startswith("closed:") else "closed",
                "stops": "",
            }
            for one in worth
        ]
        note = (
            gettext("the week was history's: they stood at the bell as on %(day)s") % {"day": day}
            if day
            else gettext("the week was history's: they stood at the bell as they did then")
        )
    if not slices:
        return
    paper.heading(gettext("Barriers between the error and the loss"), 40, note)
    columns = [Column(gettext("Barrier"), 90), Column(gettext("At the bell"), 40), Column(gettext("Saved by closing it"), 52, "R")]
    if week:
        columns = [
            Column(gettext("Barrier"), 58),
            Column(gettext("At the bell"), 23),
            Column(gettext("What it would have stopped"), 67),
            Column(gettext("Saved by closing it"), 34, "R"),
        ]
    paper.rows(columns, [_barrier(one, usd.get(one["label"]), told=bool(week)) for one in slices], SMALL)
    paper.ln(1.5)
    said = gettext("Each row changes one barrier only, with extra hands to close it and no hole in it; everything else is as played.")
    paper.paragraph(said, SMALL, "text-3", gap=0)


def _barrier(one: Told, found: Told | None, *, told: bool) -> list[Cell]:
    saved = Cell("\u2026", "text-3")
    if found is None:
        saved = Cell(DASH, "text-3")
    elif found["reason"]:
        saved = Cell(gettext("not together with the rest"), "text-3")
    elif found["usd"] is not None:
        saved = Cell(gain(found["usd"]), color(found["usd"]), bold=True, of="" if found["key"].startswith("left:") else gettext("would have"))
    word, tone = STATES[one["state"]]
    return [Cell(one["label"]), Cell(gettext(word), tone, bold=True), *([Cell(one["stops"], "text-2")] if told else []), saved]


def lessons(paper: Paper, told: Told) -> None:
    """What people learned: bars beside each other, then what they wrote, by desk."""
    if not told["answers"]:
        return
    paper.heading(
        gettext("What people learned"), 60, gettext("%(told)s of %(told2)s have answered") % {"told": told["answers"], "told2": told["people"]}
    )
    top, half = paper.get_y(), WIDE / 2 - 4
    paper.at(EDGE, top, gettext("CONTROLS THAT WOULD HAVE HELPED MOST"), LABEL, "text-3")
    low = charts.bars(paper, [(one["label"], one["count"]) for one in told["controls"]], EDGE, top + 4.5, half, told["answers"])
    y = top
    for scale in told["scales"]:
        paper.pen(LABEL)
        mean = "" if scale["mean"] is None else gettext("  (mean %(scale)s)") % {"scale": scale["mean"]}
        for line in paper.folded(f"{scale['prompt']}{mean}", half, LABEL):
            paper.at(EDGE + half + 8, y, line, LABEL, "text-3")
            y += 3.2
        ends = {1: f"1, {scale['low']}", 5: f"5, {scale['high']}"}
        steps = [(ends.get(step, str(step)), n) for step, n in enumerate(scale["counts"], 1)]
        y = charts.bars(paper, steps, EDGE + half + 8, y + 1, half, max(1, *scale["counts"])) + 2
    paper.set_xy(EDGE, max(low, y) + 1)
    for part in told["texts"]:
        _said(paper, part)


def _said(paper: Paper, part: Told) -> None:
    if not part["answers"]:
        return
    rows = [
        [Cell(", ".join(word for word in (one["team"], paper.desks[one["desk"]], one["who"]) if word), "text-2"), Cell(one["text"])]
        for one in part["answers"][:TEXTS]
    ]
    paper.ln(1)
    paper.rows([Column("", 40), Column(part["prompt"], WIDE - 40)], rows, SMALL)
    if len(part["answers"]) > TEXTS:
        paper.ln(1)
        paper.paragraph(
            gettext("And %(len)s more, on the page of the result and in the table of the survey.") % {"len": len(part["answers"]) - TEXTS},
            SMALL,
            "text-3",
            gap=0,
        )


def questions(paper: Paper, prompts: Sequence[Any]) -> None:
    """The guide's, in two columns."""
    paper.heading(gettext("Questions to discuss"), 42)
    width, tops = WIDE / 2 - 4, [paper.get_y()] * 2
    for place, (theme, asked) in enumerate(prompts):
        side = place % 2
        x = EDGE + side * (WIDE / 2 + 4)
        paper.at(x, tops[side], theme.upper(), LABEL, "text-3")
        paper.set_y(tops[side] + 4)
        for question in asked:
            paper.paragraph(question, BODY, "text", width=width, x=x, gap=0.8)
        tops[side] = paper.get_y() + 2
    paper.set_y(max(tops))


def notes(paper: Paper, pinned: Sequence[Told]) -> None:
    """The facilitator's own, in the facilitator's copy only."""
    if not pinned:
        return
    paper.heading(gettext("The facilitator's notes"), 25, gettext("only in the facilitator's copy"))
    paper.rows([Column(gettext("At"), 22), Column(gettext("About"), 32), Column("Note", 128)], [
        [Cell(minute(note["at"]), "text-2"), Cell(note["team"] or gettext("All"), "text-2"), Cell(note["text"])] for note in pinned
    ])  # fmt: skip


def together(paper: Paper, told: Told) -> None:
    """The first pages of a whole exercise: its teams side by side."""
    cover(
        paper,
        told,
        told["title"],
        gettext("%(len)s teams beside %(paper)s on the same market") % {"len": len(told["teams"]), "paper": _other_run(paper)},
    )
    fault(paper, told)
    found = told["compared"]
    side_by_side.table(paper, [*found["teams"], *([paper.past] if found["history"] else [])], found["rows"])
    for one in told["teams"]:
        if one["programs"]:
            paper.paragraph(f"{one['name']}: {one['programs']}", SMALL, "text-2")
    played = [(one["name"], one["curve"]) for one in told["teams"] if one["curve"]]
    if played:
        paper.heading(gettext("Loss by the minute"), 80)
        charts.loss_curve(paper, played, told["teams"][0]["history"], high=74)
    closing(paper, told)
