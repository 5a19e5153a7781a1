"""What is kept of a run that has ended: what came of other courses of it, and what follows from it."""

from django.db import models

from game.models import bounds


class Course(models.Model):
    """Another course of a run, and what the day cost then. `key`: see engine.alternatives and engine.subset."""

    run = models.ForeignKey("game.Run", on_delete=models.CASCADE, related_name="courses")
    key = models.CharField(max_length=60)
    loss_usd = models.FloatField()
    reason = models.TextField(blank=True, help_text="why what was moved could not have been done then")
    curve = models.JSONField(default=list, help_text="[step, loss in dollars] of every full minute from the first difference on")
    made_by = models.CharField(max_length=40, help_text="see game.contents")

    class Meta:
        app_label = "game"
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="a_course_is_run_once"), bounds.filled("a_course_has_a_key", "key")]


class Finished(models.Model):
    """What is kept of a run that has ended. `worth`: see game.debrief.counterfactuals.reckoned, when `done` of its courses had been run."""

    run = models.OneToOneField("game.Run", on_delete=models.CASCADE, related_name="finished")
    told = models.JSONField(help_text="ledger, week, story, given, opened: see told_of")
    controls = models.JSONField(default=dict, help_text="the scenario's barriers that the survey asks about: id -> label")
    worth = models.JSONField(default=dict)
    done = models.IntegerField(default=-1)

    class Meta:
        app_label = "game"

    def __str__(self) -> str:
        return f"what came of {self.run}"
