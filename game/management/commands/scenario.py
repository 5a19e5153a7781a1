"""`manage.py scenario`: begin a scenario of one's own, check it, translate it, carry it about, and see how it plays before anybody else does."""

import json
import os
import tempfile
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

import engine
from game.management.cores import on_all_cores
from game.management.process import refusal
from game.scenarios import preview_shown

COPY = "copy these files of it to be changed, such as mail.toml; all: every file, and then it stands on its own"
TO = "the folder that its folder is to lie in (default: the first of SCENARIO_PATH)"
DIR = "its folder, or the id of a scenario that is here"
PAGE = "where the page is written (default: ID-preview.html here)"
SKELETON = """\
# What differs from {base}. Everything else is taken from there: values of this file one by one, lists and other files whole.
# `manage.py scenario docs` lists every key, `manage.py scenario check {id}` says what does not fit.

id = "{id}"
title = "{title}"
based_on = "{base}"
default_seed = {seed}

[told]                              # what people call things; the first are shown wherever {base} shows its own
firm = {firm}
system = {system}
"""


class Command(BaseCommand):
    """For whoever writes scenarios: none of it needs a database or a broker."""

    help = "Write a scenario of your own: new, check, texts, preview, docs, export, import."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True, metavar="new | check | texts | preview | docs | export | import")
        new = kinds.add_parser("new", help="begin one that says only what differs from another")
        new.add_argument("id", help="its id: small letters, digits and hyphens")
        new.add_argument("--from", dest="base", required=True, metavar="ID", help="the scenario that it is based on, such as knight-2012")
        new.add_argument("--title", help="its title (default: its id in words)")
        new.add_argument("--copy", nargs="+", default=[], metavar="FILE", help=COPY)
        new.add_argument("--to", type=Path, metavar="DIR", help=TO)
        check = kinds.add_parser("check", help="say all that is wrong with it: exit code 0 when it can be played, else 2")
        check.add_argument("folder", metavar="DIR", help=DIR)
        check.add_argument("--language", metavar="CODE", help="and what its file for a language lacks, such as de")
        texts = kinds.add_parser("texts", help="write its file for a language, or bring it up to date, for whoever translates it")
        texts.add_argument("folder", metavar="DIR", help=f"{DIR}, or {engine.GLOSSARY}: the words that all explain")
        texts.add_argument("--language", metavar="CODE", required=True, help="the language's code, such as de")
        preview = kinds.add_parser("preview", help="let autopilots play it, and show what comes of it on a page")
        preview.add_argument("folder", metavar="DIR", help=DIR)
        preview.add_argument("--seeds", type=int, default=10, metavar="N", help="on seeds 1 to N (default: 10)")
        preview.add_argument("--page", type=Path, metavar="FILE", help=PAGE)
        preview.add_argument("--json", action="store_true", help="print one JSON object in place of the page")
        kinds.add_parser("docs", help="print every key of a scenario's files, with its bounds and what holds where it is left out")
        export = kinds.add_parser("export", help="put it into one zip; its base and its code are not in it")
        export.add_argument("folder", metavar="DIR", help=DIR)
        export.add_argument("file", type=Path, metavar="FILE", help="the zip to be written")
        imported = kinds.add_parser("import", help="take one from a zip, when nothing is wrong with it")
        imported.add_argument("file", type=Path, metavar="FILE", help="the zip")
        imported.add_argument("--to", type=Path, metavar="DIR", help=TO)

    def handle(self, *args: Any, **options: Any) -> None:
        kinds = {"new": self.new, "check": self.check_one, "texts": self.texts, "preview": self.preview, "docs": self.docs}
        (kinds | {"export": self.export, "import": self.import_})[options["what"]](options)

    def new(self, options: dict[str, Any]) -> None:
        """Its folder with `scenario.toml`, and the files that are to be changed."""
        name, place = options["id"], self._place(options)
        if not engine.is_scenario_id(name):
            raise refusal(f"{name}: expected an id of small letters, digits and hyphens, such as our-morning")
        base = self._loaded(options["base"])
        if name in engine.scenario_ids() or (place / name).exists():
            raise refusal(f"{name}: there is one already: expected an id of its own")
        whole = options["copy"] == ["all"]
        copied = base.files.names if whole else options["copy"]
        for file in copied:
            if file not in base.files.names or (file == "scenario.toml" and not whole):
                raise refusal(f"--copy {file}: expected all, or some of {', '.join(one for one in base.files.names if one != 'scenario.toml')}")
        if whole and base.files.base is not None:
            raise refusal(f"--copy all: {base.id} is based on another itself: expected files by their names, or --from {base.files.base.name}")
        folder = place / name
        for file in copied:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes((base.files / file).read_bytes())
        folder.mkdir(parents=True, exist_ok=True)
        title = options["title"] or name.replace("-", " ").capitalize()
        words = {"id": name, "base": base.id, "title": title.replace('"', "'"), "seed": base.default_seed}
        if whole:
            text = (folder / "scenario.toml").read_text()
            text = text.replace(f'id = "{base.id}"', f'id = "{name}"', 1).replace(f'title = "{base.title}"', f'title = "{words["title"]}"', 1)
        else:
            text = SKELETON.format(**words, firm=json.dumps(base.told.firm), system=json.dumps(base.told.system))
        (folder / "scenario.toml").write_text(text)
        self.stdout.write(f"{folder}: {', '.join(['scenario.toml', *(file for file in copied if file != 'scenario.toml')])}")
        if problems := engine.check_scenario(folder):
            raise refusal(f"{folder}: {problems[0]}")

    def check_one(self, options: dict[str, Any]) -> None:
        """Every problem a line, and then how many there are."""
        if options["language"] and options["folder"] == engine.GLOSSARY:
            self._refuse([*engine.problems_of_texts(self._texts(options)[1])], engine.GLOSSARY)
            self.stdout.write(f"{engine.GLOSSARY}: all of it is in {options['language']}.")
            return
        folder = self._folder(options["folder"])
        self._refuse(engine.check_scenario(folder), folder.name)
        if options["language"]:
            self._refuse([*engine.problems_of_texts(self._texts(options)[1])], folder.name)
        in_words = f", all of it in {options['language']}" if options["language"] else ""
        self.stdout.write(f"{folder.name}: can be played{in_words}.")

    def texts(self, options: dict[str, Any]) -> None:
        """The file that gettext's tools open: what is translated stays, what is new is empty, what nothing says any more stands at the end."""
        place, texts = self._texts(options)
        file = place / engine.file_of(options["language"])
        written = engine.written_texts(texts, options["language"])
        _writable(file)
        file.write_text(written, encoding="utf-8")
        open_ = len([english for english in texts.said if english not in texts.below and not getattr(texts.entries.get(english), "told", "")])
        self.stdout.write(f"{file}: {len(texts.said)} texts, {open_} of them to be translated.")

    def _texts(self, options: dict[str, Any]) -> tuple[Path, engine.Texts]:
        """The folder of a language's file, and what it is to translate."""
        if not engine.LANGUAGE.fullmatch(options["language"]):
            raise refusal(f"--language {options['language']}: expected a language's code, such as de or pt-br")
        try:
            if options["folder"] == engine.GLOSSARY:
                found = engine.glossary_texts(options["language"])
                found.entries  # noqa: B018 - what cannot be read is told here
                return engine.home_of("knight-2012").parent, found
            folder = self._folder(options["folder"])
            scenario = self._loaded(folder.name, folder)
            below = scenario.files.base
            base = self._loaded(below.name, below.place) if below else None
            return folder, engine.own_texts(scenario, base, options["language"])
        except engine.CatalogueError as problem:
            raise refusal(str(problem)) from None

    def preview(self, options: dict[str, Any]) -> None:
        """On all cores, a seed at a time."""
        folder, many, page = self._folder(options["folder"]), options["seeds"], options["page"]
        if not 1 <= many <= 1000:
            raise refusal(f"--seeds is {many}: expected a number from 1 to 1000")
        page = page or Path(f"{folder.name}-preview.html")
        self._refuse(engine.check_scenario(folder), folder.name)
        if not options["json"]:
            _writable(page)
        seeds = range(1, many + 1)
        engine.warm(None, "knight-2012")
        scenario, found = engine.read_folder(folder), []
        for one in on_all_cores(seeds, partial(_preview_on, folder)):
            found.append(one)
            self.stderr.write(f"\r{len(found)} of {many} seeds", ending="" if len(found) < many else "\n")
        shown = engine.preview(scenario, seeds, found)
        if options["json"]:
            self.stdout.write(json.dumps(shown))
            return
        page.write_text(render_to_string("scenario/preview.html", preview_shown(scenario, shown)))
        for name, losses in shown["losses"].items():
            median, least, most = (losses[key] / 1e6 for key in ("median", "least", "most"))
            self.stdout.write(f"{name:<12}loses {median:.1f} $M in the median, {least:.1f} to {most:.1f}")
        unseen, unused = len(shown["never_seen"]), sum(map(len, shown["never_used"].values()))
        self.stdout.write(f"{unseen} pieces of evidence never seen, {unused} levers never used. The page: {page}")

    def docs(self, options: dict[str, Any]) -> None:
        """What the models say, as Markdown; it is part of engine/scenarios/README.md."""
        self.stdout.write(engine.scenario_keys(), ending="")

    def export(self, options: dict[str, Any]) -> None:
        """What is in its folder; nothing that is wrong goes on a journey."""
        folder = self._folder(options["folder"])
        self._refuse(engine.check_scenario(folder), folder.name)
        _writable(options["file"])
        files = engine.Folder.at(folder)
        options["file"].write_bytes(engine.pack_scenario(files))
        based = self._loaded(folder.name, folder).files.base
        left = [f"its base {based.name}"] if based and based.name not in engine.shipped_ids() else []
        left += ["its code"] if files.code else []
        self.stdout.write(f"{options['file']}: {folder.name}, {_files(files)}" + (f", without {' and '.join(left)}" if left else ""))

    def import_(self, options: dict[str, Any]) -> None:
        """Checked first beside where it will lie; nothing stays of one that is refused."""
        place = self._place(options)
        try:
            files = engine.unpack_scenario(options["file"].read_bytes())
        except OSError as problem:
            raise refusal(f"{options['file']}: cannot be read: {problem.strerror}") from None
        except engine.ZipError as problem:
            raise refusal(f"{options['file']}: {problem}") from None
        if files.name in engine.scenario_ids() or (place / files.name).exists():
            raise refusal(f"{files.name}: there is one already: expected an id of its own")
        with tempfile.TemporaryDirectory(dir=place, prefix=".import-") as beside:
            folder = Path(beside) / files.name
            files.write(folder)
            self._refuse(engine.check_scenario(folder), files.name)
            os.rename(folder, place / files.name)
        self.stdout.write(f"{place / files.name}: {_files(files)}, can be played.")

    def _place(self, options: dict[str, Any]) -> Path:
        """Where scenarios of one's own lie."""
        place: Path = options["to"] or settings.SCENARIO_PATH[0]
        try:
            place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
        except OSError as problem:
            raise refusal(f"{place}: expected a folder that can be written ({problem.strerror})") from None
        return place

    def _folder(self, named: str) -> Path:
        folder = Path(named)
        if folder.is_dir():
            return folder.resolve()
        try:
            return engine.home_of(named)
        except engine.ScenarioError as error:
            raise refusal(f"{error}, or a folder") from None

    def _loaded(self, scenario_id: str, folder: Path | None = None) -> engine.Scenario:
        try:
            return engine.read_folder(folder) if folder else engine.load_scenario(scenario_id)
        except engine.ScenarioError as error:
            raise refusal(str(error)) from None

    def _refuse(self, problems: list[engine.Problem], name: str) -> None:
        if problems:
            self.stdout.write("\n".join(map(str, problems)))
            raise refusal(f"{name}: {len(problems)} {'problem' if len(problems) == 1 else 'problems'}")


def _preview_on(folder: Path, seed: int) -> engine.SeedPreview:
    return engine.preview_on(engine.read_folder(folder), seed)


def _files(folder: engine.Folder) -> str:
    return f"{len(folder.own)} {'file' if len(folder.own) == 1 else 'files'}"


def _writable(file: Path) -> None:
    try:
        with file.open("ab"):
            pass
    except OSError as problem:
        raise refusal(f"{file}: cannot be written: {problem.strerror}") from None
