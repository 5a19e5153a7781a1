"""The log of a run that ended a while ago is put away: rows of commands, events and courses become one compressed row, a tenth of their room.

Nobody reads it there. Whoever wants the log of such a run has its rows back first, which takes a tenth of a second, and the control worker
puts them away again another day. What a result page reads stays in rows, and so does what its control room counts by kind.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from game.models.outcomes import Course
from game.models.run_rows import Command, Event

if TYPE_CHECKING:
    from game.models import Run

AT_ONCE = 500  # rows a statement
WINDOW_BYTES = 1 << 20
READ_BY_KIND = ("exchange.disconnected", "week.closed", "inject.delivered", "persona.replied")  # events
_OWN = ("id", "run_id")
TABLES: tuple[type[models.Model], ...] = (Command, Event, Course)


class PackedLog(models.Model):
    """Rows of a run as JSON, compressed: table -> rows, each a list of the values of its columns."""

    run = models.OneToOneField("game.Run", on_delete=models.CASCADE, related_name="packed")
    blob = models.BinaryField()
    counts = models.JSONField(help_text="table -> how many rows are in it")
    packed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "game"

    def __str__(self) -> str:
        return f"the log of {self.run}, put away"


def pack(run: "Run") -> bool:
    """Put the log of a run that has ended away; false where there is none, it has not ended, or somebody changed it meanwhile."""
    import lzma  # a Python that was built without it plays on, and puts nothing away

    from game.models import Run  # it is made of these

    rows = {found.model._meta.db_table: list(_values(found)) for found in _rows(run)}
    counts = {table: len(found) for table, found in rows.items()}
    if run.state != "ended" or not any(counts.values()):
        return False
    # The curves of a run's courses are alike and far apart: beyond what zlib looks back over. A window of 64 MB, as the preset has, is not needed.
    how = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": WINDOW_BYTES}]
    blob = lzma.compress(json.dumps(rows, default=str, separators=(",", ":"), ensure_ascii=False).encode(), filters=how)
    with transaction.atomic():
        same = Run.objects.filter(pk=run.pk, epoch=run.epoch, state="ended").update(epoch=F("epoch"))
        if not same or {found.model._meta.db_table: found.count() for found in _rows(run)} != counts:
            return False
        _, made = PackedLog.objects.get_or_create(run=run, defaults={"blob": blob, "counts": counts})
        if made:
            for found in _rows(run):
                found.delete()
    return made


def unpack(run: "Run") -> None:
    """Have the log of a run in rows again, where it was put away."""
    if run.state != "ended" or not PackedLog.objects.filter(run=run).exists():
        return
    import lzma

    with transaction.atomic():
        packed = PackedLog.objects.select_for_update().filter(run=run).first()
        if packed is None:  # somebody else was faster
            return
        content = json.loads(lzma.decompress(packed.blob))
        for model in TABLES:
            fields = _fields(model)
            rows = [
                model(run_id=run.pk, **{field.attname: field.to_python(value) for field, value in zip(fields, row, strict=True)})
                for row in content[model._meta.db_table]
            ]
            model._default_manager.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
        packed.delete()


def packed_rows(runs: "models.QuerySet[Run]", model: type[models.Model]) -> int:
    """How many rows of a table were put away for these runs."""
    return sum(counts.get(model._meta.db_table, 0) for counts in PackedLog.objects.filter(run__in=runs).values_list("counts", flat=True))


def _rows(run: "Run") -> "list[models.QuerySet[Any]]":
    return [
        Command.objects.filter(run=run).exclude(desk="facilitator").order_by("pk"),
        Event.objects.filter(run=run).exclude(kind__in=READ_BY_KIND).order_by("number"),
        Course.objects.filter(run=run).order_by("pk"),
    ]


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if field.attname not in _OWN]


def _values(rows: "models.QuerySet[Any]") -> Iterator[tuple[Any, ...]]:
    return rows.values_list(*(field.attname for field in _fields(rows.model))).iterator()
