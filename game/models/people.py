"""Who plays and where: players, seats, and which player holds which seat.

A seat may have several holders, a player several seats of one team. Of two who try at once one wins and the other is told.
"""

import re
import secrets
import unicodedata
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

import engine
from game.models import bounds
from game.rules import ASSISTANT, DESKS, EVENINGS, RuleBroken
from game.tokens import hashed, new_token

if TYPE_CHECKING:
    from game.models import Exercise

NAME_LENGTH = 24
GUEST = "Guest"
BOT = " (bot)"  # ends the name of a program, wherever it is shown, and nobody else's
ZWJ = "\u200d"
JOINERS = ("\u200c", ZWJ)  # part of the spelling of Persian and Indian names, and of emoji of several pieces
JOINING = ("ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER")
UNSEEN = ("Cc", "Cf", "Cs", "Co")
LOCK_LENGTH = 80
LOCKED = gettext_noop("The facilitator is keeping this seat free.")  # where no reason was given


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """The words that resume words are made of."""
    lines = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))


def new_word() -> str:
    """A resume word: three words, one of nine thousand million."""
    return " ".join(secrets.choice(words()) for _ in range(3))


def plain_word(typed: str) -> str:
    """A resume word as it is kept, however it was typed: capitals, dashes, commas and blanks do not matter. Older ones are one word."""
    return " ".join(re.findall(r"[^\W\d_]+", typed.casefold()))


def clean_name(typed: str, wanted: str = "Enter the name your team knows you by.") -> str:
    """A name as it is shown. Raises RuleBroken with what was expected."""
    letters = [letter for letter in unicodedata.normalize("NFC", typed) if letter in JOINERS or unicodedata.category(letter) not in UNSEEN]
    name = " ".join("".join(letter for place, letter in enumerate(letters) if letter not in JOINERS or _joins(letters, place)).split())
    if not any(unicodedata.category(letter)[0] in "LNS" for letter in name):
        raise RuleBroken(wanted)
    if len(name) > NAME_LENGTH:
        raise RuleBroken(gettext("That name is too long: at most %(name_length)s characters.") % {"name_length": NAME_LENGTH})
    return name


def person_name(typed: str, *, bot: bool = False) -> str:
    """The name of a player, which tells a program from people. Raises RuleBroken with what was expected."""
    name, mark = clean_name(typed), BOT.strip()
    if not bot:
        if name.casefold().endswith(mark):
            raise RuleBroken(gettext("A name that ends in %(mark)s is a program's: choose another.") % {"mark": mark})
        return name
    plain = name[: -len(mark)].strip() if name.casefold().endswith(mark) else name
    return clean_name(f"{plain}{BOT}")


def _joins(letters: list[str], place: int) -> bool:
    """Whether what joins or parts two letters does so here: in a script whose letters join (Persian, Hindi), or between two emoji. Elsewhere
    it would only make two names that look the same.
    """
    if not 0 < place < len(letters) - 1:
        return False
    before = next((letter for letter in reversed(letters[:place]) if not _adds(letter)), "")
    after = letters[place + 1]
    if not before:
        return False
    pictures = letters[place] == ZWJ and unicodedata.category(before) == unicodedata.category(after) == "So"
    return pictures or (_is_joining(before) and _is_joining(after))


def _adds(letter: str) -> bool:
    """A mark on the letter before, or the tone of an emoji's skin."""
    return unicodedata.category(letter) in ("Mn", "Me", "Sk")


def _is_joining(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM" and unicodedata.name(letter, "").startswith(JOINING)


def name_key(name: str) -> str:
    """What two names must not share: Dana, DANA and the wide ＤＡＮＡ are one, and so are two that differ in what is not seen."""
    seen = "".join(letter for letter in name if letter not in JOINERS and not "\ufe00" <= letter <= "\ufe0f")
    return unicodedata.normalize("NFKC", seen).casefold()


class Player(models.Model):
    """A person in one exercise, known by a browser's cookie or by a word."""

    exercise = models.ForeignKey("game.Exercise", on_delete=models.CASCADE, related_name="players")
    name = models.CharField(max_length=NAME_LENGTH)
    name_key = models.CharField(max_length=500, help_text="the name as it is compared")
    token_hash = models.CharField(max_length=64, help_text="of the cookie; a new browser gets a new one")
    word = models.CharField(max_length=40, help_text="brings the player back on another device")
    bot = models.BooleanField(default=False, help_text="a program; its token opens a socket and no page")
    seen_at = models.DateTimeField(default=timezone.now, help_text="about when a screen of theirs last gave a sign of life, for the record")
    gone_at = models.DateTimeField(null=True, help_text="since when every screen is gone or silent; null: here")
    silent_s = models.FloatField(default=0.0, help_text="without a sign of life for so long when it was noticed that they are away")
    halted = models.BooleanField(default=False, help_text="this absence has paused the exercise, which it does once")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "name_key"], name="one_name_a_player"),
            models.UniqueConstraint(fields=["exercise", "word"], name="one_word_a_player"),
            bounds.filled("a_player_is_named", "name", "name_key"),
            bounds.filled("a_player_can_come_back", "token_hash", "word"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def enter(cls, exercise: "Exercise", typed: str, *, bot: bool = False) -> "tuple[Player, str]":
        """A new player and the token of the cookie, or of a program's socket. Raises RuleBroken for a name that is taken or none."""
        name, token = person_name(typed, bot=bot), new_token()
        try:
            with transaction.atomic():
                player = cls.objects.create(exercise=exercise, name=name, name_key=name_key(name), token_hash=hashed(token), word=new_word(), bot=bot)
        except IntegrityError as problem:
            if exercise.players.filter(name_key=name_key(name)).exists():
                reason = gettext("The name %(name)s is taken. If that is you, use your resume words; if not, choose another name.") % {"name": name}
                raise RuleBroken(reason) from problem
            return cls.enter(exercise, typed, bot=bot)  # two drew the same word at the same moment
        return player, token

    @classmethod
    def guest(cls, exercise: "Exercise") -> "tuple[Player, str]":
        """A player who came by a link and gave no name."""
        for number in range(1, 1000):
            name = GUEST if number == 1 else f"{GUEST} {number}"
            if not exercise.players.filter(name_key=name_key(name)).exists():
                return cls.enter(exercise, name)
        raise RuleBroken(gettext("There are too many guests."))

    @classmethod
    def resume(cls, exercise: "Exercise", word: str) -> "tuple[Player, str] | None":
        """The player of a resume word, moved to a new token: the browser before is let go. None for a word nobody has."""
        player = cls.of_word(exercise, word)
        return None if player is None else (player, player.move())

    @classmethod
    def of_word(cls, exercise: "Exercise", typed: str) -> "Player | None":
        """Whose resume word that is; nothing is changed by asking."""
        word = plain_word(typed)
        return exercise.players.filter(word=word, bot=False).first() if word else None

    def move(self) -> str:
        """A new token for another browser: the one before is let go."""
        token = new_token()
        self.token_hash = hashed(token)
        self.save(update_fields=["token_hash"])
        return token

    def rename(self, typed: str) -> None:
        """Another name. Raises RuleBroken for one that somebody else of the exercise has, or none."""
        self.name = person_name(typed, bot=self.bot)
        self.name_key = name_key(self.name)
        try:
            with transaction.atomic():
                self.save(update_fields=["name", "name_key"])
        except IntegrityError as problem:
            raise RuleBroken(gettext("The name %(name)s is taken.") % {"name": self.name}) from problem

    def let_go(self) -> None:
        """Take every way back from the player: seats, the browser's cookie, the word. What they did stays."""
        with transaction.atomic():
            self.aiding.all().delete()
            for seat in self.seats:
                Holding.objects.filter(seat=seat, player=self).delete()
                if not seat.holdings.exists():
                    seat.uncover()
            self.token_hash, self.word = hashed(new_token()), new_word()
            self.save(update_fields=["token_hash", "word"])

    def is_token(self, token: str) -> bool:
        """Whether the token is this player's, compared in constant time."""
        return secrets.compare_digest(self.token_hash, hashed(token))

    @property
    def seats(self) -> "models.QuerySet[Seat]":
        """The seats held, in the desks' order."""
        return Seat.objects.filter(holdings__player=self).select_related("team__exercise").order_by("desk")


class SeatQuerySet(models.QuerySet["Seat"]):
    """Questions about seats."""

    def free(self) -> "SeatQuerySet":
        """Seats nobody holds and anybody may take."""
        return self.filter(holdings=None, locked="")


class Seat(models.Model):
    """A desk of a team: held by people, or played by its autopilot."""

    team = models.ForeignKey("game.Team", on_delete=models.CASCADE, related_name="seats")
    desk = models.CharField(max_length=12)
    autopilot = models.CharField(max_length=80, blank=True, help_text="who plays it while nobody holds it; empty: nobody")
    ready = models.PositiveSmallIntegerField(null=True, blank=True, help_text="the evening of the week that its people are ready for")
    moved = models.IntegerField(null=True, help_text="the look that its program answered last; empty: the clock waits for none")
    waited_s = models.FloatField(default=0.0, help_text="for how long the clock has waited for its program's move")
    covered = models.BooleanField(default=False, help_text="its holders are away and the assistant plays it")
    covered_after = models.BigIntegerField(null=True, help_text="the last command of its run when the assistant took it")
    locked = models.CharField(max_length=LOCK_LENGTH, blank=True, help_text="why nobody may sit down at it; empty: anybody may")
    link_hash = models.CharField(max_length=64, blank=True, db_index=True, help_text="of the one-time link")
    players = models.ManyToManyField(Player, through="game.Holding", related_name="+")

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["desk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "desk"], name="one_seat_a_desk"),
            bounds.one_of("a_seat_is_a_desk", desk=DESKS),
            bounds.between("a_seat_is_ready_for_an_evening", ready=(0, EVENINGS - 1)),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.desk}"

    @property
    def lock_told(self) -> str:
        """Why nobody may sit down at it, for whoever is answered now."""
        return gettext(LOCKED) if self.locked == LOCKED else self.locked

    @property
    def holders(self) -> list[Player]:
        """Who holds it, the first to come first. One query, or none when `holdings__player` was prefetched."""
        return [holding.player for holding in sorted(self.holdings.all(), key=lambda holding: (holding.taken_at, holding.pk))]

    @property
    def pilot(self) -> str:
        """The autopilot that plays it now; empty: people do, or nobody does."""
        if self.covered:
            return ASSISTANT
        return "" if self.holders else self.autopilot

    def issue_link(self) -> str:
        """A new one-time link's token. Whoever holds the seat keeps it until the link is opened. Raises RuleBroken for a locked seat."""
        if self.locked:
            raise RuleBroken(gettext("That seat is locked: unlock it first. %(locked)s") % {"locked": self.lock_told})
        token = new_token()
        self.link_hash = hashed(token)
        self.save(update_fields=["link_hash"])
        return token

    @classmethod
    def of_link(cls, token: str) -> "Seat | None":
        """The seat of a one-time link that still opens; looking at it spends nothing."""
        return cls.objects.select_related("team__exercise").filter(link_hash=hashed(token)).first() if token else None

    @classmethod
    def open_link(cls, token: str, player: Player | None = None) -> "tuple[Seat, Player, str] | None":
        """The seat of a one-time link, who has it now, and a new cookie's token ("" when `player` plays there already and keeps
        the old one). None when the link is used or unknown. Whoever held the seat before holds it no longer.
        """
        seat = cls.of_link(token)
        if seat is None or cls.objects.filter(pk=seat.pk, link_hash=hashed(token)).update(link_hash="") != 1:
            return None
        cookie = ""
        if player is None or player.exercise_id != seat.team.exercise_id:
            player, cookie = Player.guest(seat.team.exercise)
        seat.link_hash = ""
        seat.vacate()
        seat.take(player)
        return seat, player, cookie

    def take(self, player: Player) -> None:
        """Give the player this seat beside others of the same team; seats of other teams are given up."""
        with transaction.atomic():
            Holding.objects.filter(player=player).exclude(seat__team=self.team_id).delete()
            player.aiding.all().delete()
            Holding.objects.get_or_create(seat=self, player=player)
            self.uncover()
            Seat.objects.filter(pk=self.pk).update(moved=None, waited_s=0.0)

    def uncover(self) -> None:
        """Take the desk back from the assistant."""
        self.covered = False
        Seat.objects.filter(pk=self.pk).update(covered=False)

    def owe(self, *, moves: bool) -> None:
        """Whether its program plays by looks, and owes a move at each from now on. How long it has been waited for stays: one that begins
        anew at every look is not waited for longer than one that is silent.
        """
        Seat.objects.filter(pk=self.pk).update(moved=engine.EARLIEST - 1 if moves else None)

    def has_moved(self, step: int) -> None:
        """Its program has answered the look of this step; it is waited for again, if it was too slow before."""
        Seat.objects.filter(pk=self.pk).update(moved=step, waited_s=0.0)

    def vacate(self) -> None:
        """Give the desk back to its autopilot."""
        with transaction.atomic():
            self.holdings.all().delete()
            self.uncover()


class HoldingQuerySet(models.QuerySet["Holding"]):
    """Whoever gets up leaves a Stay, whichever way it comes about."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Get up. What came before the start of an exercise is not kept: nothing was played."""
        now = timezone.now()
        played = self.filter(seat__team__exercise__started_at__isnull=False).values_list("seat_id", "player_id", "taken_at")
        Stay.objects.bulk_create(Stay(seat_id=seat, player_id=player, since=since, until=now) for seat, player, since in played)
        return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's own: no manager deletes everybody


class Holding(models.Model):
    """A player at a desk."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="holdings")
    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="holdings")
    taken_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=timezone.now)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["seat", "player"], name="a_player_sits_once")]


class Stay(models.Model):
    """How long a player was at a desk that they have left since: for the list of who took part."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="stays")
    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="stays")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["since", "pk"]
