"""The survey after the end: a player's page for it, and what was answered, for whoever sees the result."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from game.control.asking import others_of, scales_of
from game.control.forms import MORE, LessonForm
from game.models import Exercise, Lesson, Player, RuleBroken, SurveyReply, lessons, questions
from game.people.access import called_or_404, player_of
from game.views.errors import error
from game.views.result import NO_RESULT, seen_runs

NOBODY = gettext_lazy("This browser has not played in an exercise, or its seat was opened in another browser.")
FIELDS = ("surprised", "differently", "controls", "ready", "useful")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """A player's own answers: the form, and keeping it. To a script it is said in JSON whether they are kept."""
    player = player_of(request.COOKIES)
    if player is None:
        return error(request, 403, NOBODY, {"href": reverse("join"), "label": "Join with a code"})
    try:
        lessons.may_answer(player)
        return (
            _kept(request, player)
            if request.method == "POST"
            else _page(request, player, LessonForm(initial=_before(player), exercise=player.exercise))
        )
    except RuleBroken as problem:
        if _by_script(request):
            return JsonResponse({"kept": False, "reason": str(problem)}, status=409)
        over = player.exercise.state == "ended"
        result = {"href": reverse("result", args=[player.exercise.code]), "label": gettext("Go to the result")}
        way = result if over else {"href": reverse("lobby"), "label": gettext("Back")}
        return error(request, 409, str(problem), way)


def _kept(request: HttpRequest, player: Player) -> HttpResponse:
    form = LessonForm(request.POST, exercise=player.exercise)
    if not form.is_valid():
        if _by_script(request):
            return JsonResponse({"kept": False, "reason": " ".join(str(text) for texts in form.errors.values() for text in texts)}, status=400)
        return _page(request, player, form, status=400)
    lessons.answer(player, {name: form.cleaned_data[name] for name in FIELDS})
    questions.answer(player, "after", form.reply)
    if _by_script(request):
        return JsonResponse({"kept": True, "reason": ""})
    messages.success(request, gettext("Your answers are saved. You can change them until the facilitator archives the exercise."))
    return redirect("result", player.exercise.code)


def _by_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _before(player: Player) -> dict[str, Any]:
    lesson = Lesson.objects.filter(player=player).first()
    reply = SurveyReply.objects.filter(player=player, when="after").first()
    return (reply.values if reply else {}) | {name: getattr(lesson, name) for name in FIELDS} if lesson else {}


def _page(request: HttpRequest, player: Player, form: LessonForm, status: int = 200) -> HttpResponse:
    context = {
        "page_title": gettext("What did you learn?"),
        "exercise": player.exercise,
        "form": form,
        "texts": [form[name] for name in lessons.PROMPTS],
        "scales": [{"field": form[name], "prompt": prompt, "low": low, "high": high} for name, (prompt, low, high) in lessons.SCALES.items()],
        "more": scales_of(form, {name: questions.ASKED[name] for name in MORE}, form.own),
        "others": others_of(form, form.own),
        "most": lessons.CONTROLS_MOST,
        "length": lessons.TEXT_LENGTH,
        "answered": bool(_before(player)),
        "draft": f"lessons-{player.exercise.code}-{player.pk}",
        "named": player.exercise.names == Exercise.Names.PEOPLE,
    }
    return render(request, "lessons.html", context, status=status)


@never_cache
@require_safe
def answers(request: HttpRequest, code: str) -> HttpResponse:
    """What was answered, of the teams whose result is seen from this browser."""
    exercise = called_or_404(request, code)
    runs = seen_runs(request, exercise)
    if not runs:
        return error(request, 404, NO_RESULT)
    return JsonResponse(lessons.lessons_summary(exercise, runs))
