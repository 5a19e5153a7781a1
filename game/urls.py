"""Addresses of pages."""

from django.contrib import admin
from django.urls import path

import game.converters  # noqa: F401  (registers them)
from game.views import account, check, debrief, desk, facilitator, guide, injects, join, lab, lessons, lobby, projector, replay, result, schedule

urlpatterns = [
    path("", join.home, name="home"),
    path("play/", join.play, name="play"),
    path("join/", join.join, name="join"),
    path("join/<str:code>/", join.join, name="join-code"),
    path("check/", check.check, name="check"),
    path("lobby/", lobby.lobby, name="lobby"),
    path("lobby/seat/", lobby.seat, name="lobby-seat"),
    path("lobby/start/", lobby.start, name="lobby-start"),
    path("seat/<str:token>/", desk.take_seat, name="take-seat"),
    path("desk/", desk.first_desk, name="first-desk"),
    path("desk/<str:name>/", desk.desk, name="desk"),
    path("projector/<str:code>/", projector.projector, name="projector"),
    path("projector/<str:code>/qr.svg", projector.qr, name="qr"),
    path("shared/<str:token>/", debrief.shared, name="shared"),
    path("lessons/", lessons.mine, name="lessons"),
    path("result/<str:code>/", result.result, name="result"),
    path("replay/<str:code>/led.json", replay.led, name="replay-led"),
    path("replay/<str:code>/follow/", replay.follow, name="replay-follow"),
    path("replay/<str:code>/<number:team>/", replay.replay, name="replay"),
    path("replay/<str:code>/<number:team>/<str:desk>/frames.json", replay.frames, name="replay-frames"),
    path("result/<str:code>/lessons.json", lessons.answers, name="lessons-told"),
    path("brief/<str:desk>/", guide.brief, name="brief"),
    path("result/<str:code>/<number:team>/worth.json", result.worths, name="worths"),
    path("result/<str:code>/<number:team>/course.json", result.course, name="course"),
    path("result/<str:code>/<number:team>/report.pdf", debrief.team_report, name="team-report"),
    path("result/<str:code>/<number:team>/debrief.json", debrief.one, name="team-debrief"),
    path("result/<str:code>/<number:team>/<str:what>.csv", debrief.table, name="team-table"),
    path("account/sign-in/", account.SignInPage.as_view(), name="sign-in"),
    path("account/sign-out/", account.SignOut.as_view(), name="sign-out"),
    path("account/password/", account.PasswordPage.as_view(), name="password"),
    path("facilitator/", facilitator.exercises, name="facilitator"),
    path("facilitator/sessions/", schedule.sessions, name="sessions"),
    path("facilitator/results.csv", schedule.all_results, name="all-results"),
    path("facilitator/guide/", guide.guide, name="guide"),
    path("facilitator/lab/", lab.experiments, name="lab"),
    path("facilitator/lab/new/", lab.new, name="lab-new"),
    path("facilitator/lab/<number:experiment>/", lab.experiment, name="experiment"),
    path("facilitator/lab/<number:experiment>/act/", lab.act_on_experiment, name="experiment-act"),
    path("facilitator/lab/<number:experiment>/told.json", lab.state_json, name="experiment-told"),
    path("facilitator/lab/<number:experiment>/seeds.csv", lab.table, name="experiment-table"),
    path("facilitator/new/", facilitator.new, name="facilitator-new"),
    path("facilitator/exercise/<str:code>/", facilitator.act_on_exercise, name="facilitator-act"),
    path("facilitator/exercise/<str:code>/room/", facilitator.room, name="facilitator-room"),
    path("facilitator/seat/<number:seat_id>/link/", facilitator.seat_link, name="facilitator-seat-link"),
    path("facilitator/<code:code>/", facilitator.exercise, name="facilitator-exercise"),
    path("facilitator/<code:code>/injects/", injects.play_inject, name="injects"),
    path("facilitator/<code:code>/injects/ready.json", injects.ready, name="injects-ready"),
    path("facilitator/<code:code>/injects/preview.json", injects.preview, name="injects-preview"),
    path("facilitator/<code:code>/watch/<number:team>/<str:desk>/", facilitator.watch, name="watch"),
    path("facilitator/<code:code>/edit/", schedule.edit, name="exercise-edit"),
    path("facilitator/<code:code>/copy/", schedule.copy, name="exercise-copy"),
    path("facilitator/<code:code>/archive/", schedule.archive, name="exercise-archive"),
    path("facilitator/<code:code>/delete/", schedule.delete, name="exercise-delete"),
    path("facilitator/<code:code>/<number:team>/bundle.zip", result.bundle, name="bundle"),
    path("facilitator/<code:code>/lead/", replay.lead, name="replay-lead"),
    path("facilitator/<code:code>/<number:team>/fork/", schedule.branch, name="fork"),
    path("facilitator/<code:code>/debrief/", debrief.choose, name="debrief-choose"),
    path("facilitator/<code:code>/report.pdf", debrief.whole_report, name="exercise-report"),
    path("facilitator/<code:code>/debrief.json", debrief.whole, name="debrief-json"),
    path("facilitator/<code:code>/<str:what>.csv", schedule.table, name="exercise-table"),
    path("facilitator/<str:token>/", facilitator.enter, name="facilitator-enter"),
    path("admin/", admin.site.urls),
]

handler400 = "game.views.errors.bad_request"
handler403 = "game.views.errors.forbidden"
handler404 = "game.views.errors.not_found"
handler500 = "game.views.errors.server_error"
