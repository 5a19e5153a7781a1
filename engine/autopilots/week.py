"""The week of `competent`: three people who plan, with hands for a third of what they would like to have.

What the deployer has read by seven on Friday sets the tone, and the others build to match: a second pair of eyes and a switch; automation and
a list that is right; or a release without the dead code and a way back to the old one. Hands run out in each: one tests the switch and
not the pager, another hashes four servers.
"""

from engine.arguments import remark
from engine.autopilots.parts import Eyes, Habit, Move, in_words, once_a_look, say
from engine.autopilots.plan import (
    Errand,
    all_restarted,
    copy_next,
    hash_next,
    in_calendar,
    mend,
    next_errand,
    planned,
    read_between,
    restart_next,
    stands,
    tonight_left,
    uncopied,
)

LOOK_TWICE = remark("Nobody is named to look at the machines after me. Once all {many} are restarted I need two hours of a second pair of eyes.")
WRITE_IT_DOWN = remark("There is no procedure, so I write one that a machine can follow. It deploys from the inventory: is that list right?")
TAKE_IT_OUT = remark("I take the dead code out of the release. If the new one misbehaves at the bell, we go back to the old one.")
_PLANS = (LOOK_TWICE, WRITE_IT_DOWN, TAKE_IT_OUT)
PLANS_AT = "19:00"  # on the first evening, while the copies run
CLEAN = "clean"  # in the name of a release without dead code
RESTARTS_FROM = "19:05"
_A_NIGHT = 4
COPY_MIN, DEPLOY_MIN, REVIEW_MIN = 30, 10, 120
BRIEFED_BY, TOLD_BY = "18:15", "19:10"  # nobody waits longer for a briefing, which is read before anything is begun, or for the deployer's plan


@once_a_look
def plan_of(eyes: Eyes) -> str:
    """What the deployer has said it will do, "" before."""
    said = [in_words(item["title"]) for item in eyes.bridge(kind="say", desk="deployer")]
    plans = {eyes.words.heard(plan): plan for plan in _PLANS}
    return next((plans[title] for title in said if title in plans), "")


def waits(eyes: Eyes, until: str) -> bool:
    """Whether it is still early on the first evening."""
    return eyes.evening == 0 and not eyes.past_tonight(until)


# -- deployer


def make_a_plan(eyes: Eyes) -> Move | None:
    """What was read by then decides what the other hours go to."""
    if eyes.evening is None or plan_of(eyes) or waits(eyes, PLANS_AT):
        return None
    known, subjects = eyes.words.subjects, [mail["subject"] for mail in eyes.mails(read=True)]
    by_part = ((known.ticket, LOOK_TWICE), (known.procedure, WRITE_IT_DOWN))
    plans = [plan for subject in subjects for part, plan in by_part if part and part in subject]
    return say(eyes, eyes.words.fill(plans[0] if plans else TAKE_IT_OUT))


def _copy_by_hand(eyes: Eyes) -> Move | None:
    """Half of the servers on each of the first evenings, with one hand."""
    if eyes.evening is None or eyes.busy("release.copy"):
        return None
    return copy_next(eyes, _A_NIGHT)


def clean_release(eyes: Eyes) -> str:
    """A release without dead code, once it is built."""
    return next((row["name"] for row in eyes.releases if CLEAN in row["name"]), "")


def build_clean(eyes: Eyes) -> Move | None:
    """Take the dead code out."""
    if plan_of(eyes) != TAKE_IT_OUT or planned(eyes, "release.build") or not eyes.allowed("release.build") or not eyes.free:
        return None
    return Move("release.build", {"release": f"{eyes.target}-{CLEAN}"}, "certain", "What is not in the file cannot wake up.")


def copy_clean(eyes: Eyes) -> Move | None:
    """On the last evening the clean release goes to as many as may be copied to: those that were copied first."""
    release, room = clean_release(eyes), eyes.week["copies_left"]
    if not release or not eyes.last_evening or not eyes.free or uncopied(eyes):
        return None
    rows = [row for row in eyes.hosts if row["recorded"] != release and not row["work"]]
    rows.sort(key=lambda row: (eyes.at(row["copied_at"]), row["n"]))
    servers = [row["n"] for row in rows[: min(_A_NIGHT // 2, room, int(tonight_left(eyes) // COPY_MIN))]]
    return Move("release.copy", {"servers": servers, "release": release}, "certain", "Without the dead code.") if servers else None


def _restart(eyes: Eyes) -> Move | None:
    """Once everything is on the disks, and on the last evening at the latest."""
    late = eyes.last_evening
    if uncopied(eyes) or eyes.busy("release.copy") or eyes.busy("automation.deploy") or (plan_of(eyes) != LOOK_TWICE and not late):
        return None
    if plan_of(eyes) == TAKE_IT_OUT and not eyes.past_tonight(RESTARTS_FROM):
        return None  # what will run then is still being copied
    return restart_next(eyes) if late or plan_of(eyes) else None


def _deploy(eyes: Eyes) -> Move | None:
    """Let the automation do all of them again, all in the same way."""
    if not eyes.allowed("automation.deploy") or planned(eyes, "automation.deploy") or tonight_left(eyes) < DEPLOY_MIN or not eyes.free:
        return None
    return Move("automation.deploy", {"release": eyes.target}, "certain", "The same steps on every host, and a hash.")


def too_late(eyes: Eyes) -> bool:
    """Whether a review would not be over before the week is."""
    return eyes.last_evening and tonight_left(eyes) < REVIEW_MIN


def _review(eyes: Eyes) -> Move | None:
    """Two pairs of eyes, once all are copied and restarted."""
    if plan_of(eyes) != LOOK_TWICE or planned(eyes, "fleet.review") or not all_restarted(eyes) or too_late(eyes):
        return None
    return Move("fleet.review", {}, "certain", "Nobody checks his own work.") if eyes.allowed("fleet.review") else None


def _check(eyes: Eyes) -> Move | None:
    """Hash one server after the other while the last evening lasts, where nobody else has looked at them."""
    waiting = {LOOK_TWICE: not too_late(eyes), WRITE_IT_DOWN: not planned(eyes, "automation.deploy")}
    if not eyes.last_evening or planned(eyes, "fleet.review") or waiting.get(plan_of(eyes)) or not all_restarted(eyes):
        return None
    return hash_next(eyes)


def repair(eyes: Eyes) -> Move | None:
    """Copy again what a checksum or the review has shown to be wrong."""
    for row in eyes.hosts:
        found = row["checksum"]
        wrong = found and found["disk_release"] != row["recorded"] and eyes.at(found["at"]) >= eyes.at(row["copied_at"])
        if wrong and not row["work"] and eyes.free and eyes.week["copies_left"] and tonight_left(eyes) >= COPY_MIN:
            return Move("release.copy", {"servers": [row["n"]], "release": row["recorded"]}, "certain", "The file never arrived.")
    return None


# -- what each desk builds, in this order, as far as the hours go

_PAGER: Errand = ("mail.page", {})  # on the router's name
_PREAUTHORISE: Errand = ("stop.preauthorise", {})
_SWITCH: tuple[Errand, ...] = (_PAGER, ("killswitch.build", {}), ("control.test", {"control": "killswitch"}))
_CAP: tuple[Errand, ...] = (_PREAUTHORISE, ("limit.link", {}), ("control.test", {"control": "limit"}))
_ERRANDS: dict[str, dict[str, tuple[Errand, ...]]] = {
    "deployer": {LOOK_TWICE: (("counter.test", {}),), WRITE_IT_DOWN: (("automation.write", {}),), TAKE_IT_OUT: (), "": ()},
    "operator": {
        LOOK_TWICE: _SWITCH,
        WRITE_IT_DOWN: (
            _PAGER, ("inventory.audit", {}), ("dashboard.build", {}), ("control.test", {"control": "dashboard"}),
            ("control.test", {"control": "mail.page"}),
        ),
        TAKE_IT_OUT: (_PAGER, ("standby.build", {}), ("control.test", {"control": "standby"}), ("inventory.audit", {})),
        "": _SWITCH,
    },
    "risk": {
        LOOK_TWICE: _CAP,
        WRITE_IT_DOWN: (_PREAUTHORISE, ("rate.build", {}), ("control.test", {"control": "rate"}), ("collar.build", {})),
        TAKE_IT_OUT: (_PREAUTHORISE, ("collar.build", {}), ("control.test", {"control": "collar"})),
        "": _CAP,
    },
}  # fmt: skip


def briefed(eyes: Eyes) -> bool:
    """Whether the mail that says what the evenings are for was read, or is not coming."""
    subject = next((text for desk, text in eyes.words.subjects.briefing.items() if desk == eyes.desk), "")
    found = [mail["read"] for mail in eyes.mails() if mail["subject"] == subject]
    return all(found) if found or not subject else not waits(eyes, BRIEFED_BY)


def lends_a_hand(eyes: Eyes) -> bool:
    """Whether the operator keeps its hand for the review that the deployer has asked for."""
    asked = eyes.desk == "operator" and plan_of(eyes) == LOOK_TWICE and stands(eyes, "killswitch") is not None
    return asked and not in_calendar(eyes, "deployer", "fleet.review") and not too_late(eyes)


def _run_errand(eyes: Eyes) -> Move | None:
    """The next thing this desk builds or tests."""
    if eyes.evening is None or not eyes.free or not briefed(eyes) or lends_a_hand(eyes):
        return None
    waiting = not plan_of(eyes) and waits(eyes, TOLD_BY)
    errands = _ERRANDS[eyes.desk][plan_of(eyes)][: 1 if waiting else None]
    return next_errand(eyes, tuple((kind, {"match": eyes.words.system} if kind == "mail.page" else args) for kind, args in errands))


def _call_chief(eyes: Eyes) -> Move | None:
    """Caps on the firm's own trading need his word: once, by telephone."""
    caps = [kind for kind, _ in _ERRANDS["risk"][plan_of(eyes)] if kind in ("limit.link", "rate.build")]
    wanted = caps and briefed(eyes) and not (not plan_of(eyes) and waits(eyes, TOLD_BY))
    return Move("chief.call", {}, "certain", "He has to agree to a cap.") if wanted and eyes.allowed("chief.call") else None


def read_tonight(eyes: Eyes) -> Move | None:
    """A mail of a person, unless the hand is promised."""
    return None if lends_a_hand(eyes) else read_between(eyes)


WEEK_HABITS: dict[str, tuple[Habit, ...]] = {
    "deployer": (make_a_plan, repair, _copy_by_hand, build_clean, copy_clean, _deploy, _review, _restart, _check, _run_errand, mend, read_between),
    "operator": (_run_errand, mend, read_tonight),
    "risk": (_call_chief, _run_errand, mend, read_between),
}
