"""Webhooks: where they may lead, what they tell and to whom, and that what was told once comes until it is taken in or given up."""

import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import User
from django.utils import timezone
from jsonschema import Draft202012Validator

from game.live import senders
from game.models import ApiToken, Checkpoint, Exercise, RuleBroken, Run, Webhook, WebhookDelivery
from game.models.webhooks import AGAIN_AFTER, ATTEMPT_MOST, ATTEMPTS, WEBHOOKS_MAX
from game.ops import outbound, retention, webhooks
from game.spoken import tell, tell_row
from game.views.http_api import api
from tests import days
from tests.builders import new_exercise, new_facilitator, pinned, taken_seat
from tests.receiver import receiver

LOOPBACK = (ip_network("127.0.0.0/8"),)
PAGE = "/facilitator/webhooks/"


# Where a request may go.


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255",
     "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::"],
)  # fmt: skip
def test_an_address_of_the_house_or_of_no_one_is_not_public(address):
    assert not outbound.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
def test_an_address_of_the_internet_is_public(address):
    assert outbound.is_public(ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1"])
def test_nothing_is_sent_into_the_house_by_whatever_name_unless_it_is_allowed(host):
    with receiver() as one:
        port = one.server.server_port
        for scheme in ("http", "https"):
            with pytest.raises(outbound.NotSent) as refused:
                outbound.post(f"{scheme}://{host}:{port}/", b"{}", {})
            assert "does not send anything" in tell(None, refused.value.reason)
        assert one.heard == []
        assert outbound.post(f"http://{host}:{port}/bell?to=1", b"{}", {}, LOOPBACK).status == 200
        assert [heard.path for heard in one.heard] == ["/bell?to=1"]


def certificate(folder, host: str) -> ssl.SSLContext:
    """A server's side of TLS, and the file that says whom to trust: host.pem."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False).sign(key, hashes.SHA256())
    (folder / "host.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "host.pem", folder / "key.pem")
    return context


def test_a_name_is_looked_up_once_and_what_was_judged_is_connected_to_in_its_name(tmp_path, monkeypatch):
    """A name that is public when it is judged and the house's own when it is connected to is the trick that this is about."""
    asked, real = [], socket.getaddrinfo

    def look_up(host, port, *rest, **more):
        if host != "hooks.example":
            return real(host, port, *rest, **more)
        asked.append(host)
        return real("127.0.0.1", port, *rest, **more)

    tls = certificate(tmp_path, "hooks.example")
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    trusting = ssl.create_default_context(cafile=tmp_path / "host.pem")
    monkeypatch.setattr(outbound, "_tls", lambda: trusting)
    with receiver(tls=tls) as one:
        port = one.server.server_port
        assert outbound.post(f"https://hooks.example:{port}/", b"{}", {}, LOOPBACK) == (200, "taken in")
        assert asked == ["hooks.example"] and one.heard[0].headers["Host"] == f"hooks.example:{port}"
        with pytest.raises(outbound.NotSent, match="certificate|CERTIFICATE|reached"):
            outbound.post(f"https://127.0.0.1:{port}/", b"{}", {}, LOOPBACK)
        assert len(one.heard) == 1, "a certificate of another name"


def test_an_answer_is_short_soon_over_and_leads_nowhere(monkeypatch):
    def talks(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"<b>\x00\xff" + b"x" * 50_000)

    def drips(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not one.freed.wait(0.02):
            handler.wfile.write(b"X-More: 1\r\n")
            handler.wfile.flush()

    with receiver(302, talks, drips) as one:
        assert outbound.post(one.address, b"{}", {}, LOOPBACK) == (302, "not now")
        assert [heard.path for heard in one.heard] == ["/"], "no redirect is followed"
        status, said = outbound.post(one.address, b"{}", {}, LOOPBACK)
        assert status == 200 and said.startswith("<b> �xxx") and len(said) == outbound.SAID_MOST
        monkeypatch.setattr(outbound, "WHOLE_S", 0.3)
        with pytest.raises(outbound.NotSent):
            outbound.post(one.address, b"{}", {}, LOOPBACK)
    with pytest.raises(outbound.NotSent) as gone:
        outbound.post(one.address, b"{}", {}, LOOPBACK)
    assert "could not be reached" in tell(None, gone.value.reason)
    assert threading.active_count() < 50


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    ["", "hooks.example", "ftp://hooks.example/", "http://hooks.example/", "https://", "https://me:secret@hooks.example/", "https://hooks.example/#x",
     "https://hooks.example:99999/", "https://hooks .example/", "https://hooks.example/\r\nX: 1", "https://" + "x" * 500],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_with_what_was_expected(typed):
    with pytest.raises(RuleBroken, match=r"such as https://hooks\.example/bell"):
        Webhook.make(new_facilitator(), typed)
    assert not Webhook.objects.exists()


# What is told.


@pytest.fixture
def erin(db, settings) -> User:
    settings.WEBHOOK_NETWORKS = LOOPBACK
    return new_facilitator("erin")


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """The webhooks that a worker was sent for."""
    found: list[int] = []
    monkeypatch.setattr(senders, "tell_webhook", lambda webhook, **_: found.append(webhook))
    return found


def told(webhook: Webhook) -> list[str]:
    return list(webhook.deliveries.order_by("pk").values_list("kind", flat=True))


def said(webhook: Webhook, kind: str) -> dict:
    return json.loads(webhook.deliveries.get(kind=kind).body)["data"]


def going(owner: User, **values) -> Run:
    exercise = new_exercise(facilitator=owner, start_step=days.step_at("09:28"), seed=987_654, **values)
    taken_seat(exercise, name="Dana")
    exercise.start()
    Run.objects.update(state="running", step=days.step_at("09:29"))
    return Run.objects.get(team__exercise=exercise)


def reaches(run: Run, clock: str, contained: str | None = None) -> None:
    step = days.step_at(clock)
    Run.objects.filter(pk=run.pk).update(step=step, curve=[[days.OPEN, 0], [step, 6_000_000]], **pinned())
    score = {"contained_at": contained, "total": 6_000_000.0}
    Checkpoint.objects.update_or_create(run=run, defaults={"step": step, "seq": 0, "events": 0, "blob": b"x", "score": score})


def ends(run: Run, contained: str) -> None:
    Run.objects.filter(pk=run.pk).update(state="ended", score={"contained_at": contained, "total": 6_000_000.0})
    Checkpoint.objects.filter(run=run).delete()
    exercise = Exercise.objects.get(teams=run.team_id)
    exercise.end()


def test_what_happens_is_told_once_in_its_order_and_nothing_of_people_and_seeds(erin, sent):
    webhook, herald = Webhook.make(erin, "https://hooks.example/"), webhooks.Herald()
    Webhook.make(theirs := new_facilitator("finn"), "https://finn.example/")
    run = going(erin, loss_counter="live")
    exercise = run.team.exercise
    herald.look(0.0)
    assert told(webhook) == ["exercise.started"] and sent == [webhook.pk]
    reaches(run, "09:30:30")
    herald.look(1.0)
    reaches(run, "09:40", contained="09:36:35")
    herald.look(2.0)
    reaches(run, "09:41", contained="09:36:35")
    webhooks.Herald().look(3.0)  # another process, which has seen nothing
    assert told(webhook) == ["exercise.started", "run.bell", "run.contained"]
    assert sent == [webhook.pk] * 2, "of this watch one, while it is waited for"
    assert said(webhook, "run.bell")["clock"] == "09:30:00"
    contained = said(webhook, "run.contained")
    assert contained["team"] == {"id": run.team_id, "place": 1} and contained["clock"] == "09:36:35" and 3_000_000 < contained["loss_usd"] < 6_000_000
    ends(run, "09:36:35")
    herald.look(4.0)
    herald.look(5.0)
    assert told(webhook)[3:] == ["run.ended", "exercise.ended", "exercise.results"]
    assert said(webhook, "run.ended") | {"exercise": 0, "team": 0} == {"exercise": 0, "team": 0, "clock": "09:41:00", "loss_usd": 6_000_000, "whole": False}
    (result,) = said(webhook, "exercise.results")["results"]
    assert (result["loss_usd"], result["team"]["place"], result["ghost_usd"]) == (6_000_000, 1, None)
    document = api.get_openapi_schema()["webhooks"]
    for one in webhook.deliveries.all():
        schema = document[one.kind]["post"]["requestBody"]["content"]["application/json"]["schema"]
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(json.loads(one.body))
        for secret in ("Dana", "987654", "erin", exercise.title):
            assert secret not in one.body
    assert not WebhookDelivery.objects.filter(webhook__owner=theirs).exists()


def test_what_the_room_does_not_see_yet_a_webhook_is_not_told(erin, sent):
    webhook, herald = Webhook.make(erin, "https://hooks.example/"), webhooks.Herald()
    run = going(erin, drawn=True, loss_counter="hidden")
    reaches(run, "09:40", contained="09:36:35")
    herald.look(0.0)
    assert told(webhook) == ["exercise.started", "run.bell"] and said(webhook, "exercise.started")["exercise"]["scenario"] == "a drawn scenario"
    ends(run, "09:36:35")
    herald.look(1.0)
    assert told(webhook)[2:] == ["run.contained", "run.ended", "exercise.ended"]
    assert said(webhook, "run.ended")["loss_usd"] is None and said(webhook, "run.contained")["loss_usd"] is None
    Exercise.objects.update(held_back=False)
    herald.look(2.0)
    assert told(webhook)[5:] == ["exercise.results"] and said(webhook, "exercise.results")["results"][0]["loss_usd"] == 6_000_000


def test_a_webhook_is_told_of_what_starts_while_it_is_on_and_its_owner_facilitates(erin, sent):
    going(erin)
    webhook, herald = Webhook.make(erin, "https://hooks.example/"), webhooks.Herald()
    herald.look(0.0)
    assert told(webhook) == [], "it had started before"
    webhook.switch_off()
    going(erin)
    herald.look(1.0)
    webhook.switch_on()
    herald.look(2.0)
    assert told(webhook) == [] and not sent
    going(erin)
    User.objects.update(is_active=False)
    herald.look(3.0)
    assert told(webhook) == []
    User.objects.update(is_active=True)
    herald.look(4.0)
    assert told(webhook) == ["exercise.started"]


# How it comes.


def a_delivery(owner: User, address: str = "https://hooks.example/") -> WebhookDelivery:
    webhooks.ping(Webhook.make(owner, address))
    return WebhookDelivery.objects.get()


def test_what_is_not_taken_in_comes_again_later_and_later_and_is_given_up_after_a_day(erin):
    one = a_delivery(erin)
    now = began = one.due_at
    for wait in AGAIN_AFTER:
        mine = WebhookDelivery.take(one.webhook_id, now)
        assert mine and WebhookDelivery.take(one.webhook_id, now) is None, "of two workers one has it"
        assert not mine.answered(500, "not now")
        assert WebhookDelivery.take(one.webhook_id, now + wait - timedelta(seconds=1)) is None
        now += wait
    mine = WebhookDelivery.take(one.webhook_id, now)
    assert mine and mine.attempts == ATTEMPTS and mine.name == one.name and not mine.answered(None, problem="nobody there")
    one.refresh_from_db()
    assert (one.state, one.status, one.came_of_it) == ("given-up", None, "nobody there")
    assert timedelta(days=1) < now - began < timedelta(days=1.5)
    one.again()
    mine = WebhookDelivery.take(one.webhook_id, timezone.now())
    assert mine and mine.name == one.name and mine.answered(204, "")
    assert WebhookDelivery.objects.get().state == "delivered"


def test_what_a_killed_worker_had_is_due_again_and_one_receiver_has_one_worker(erin):
    first = a_delivery(erin)
    webhooks.ping(first.webhook)
    now = timezone.now()
    mine = WebhookDelivery.take(first.webhook_id, now)
    assert mine and mine.pk == first.pk and WebhookDelivery.take(first.webhook_id, now) is None, "the second waits until the first is answered"
    later = now + ATTEMPT_MOST + timedelta(seconds=1)
    other = WebhookDelivery.take(first.webhook_id, later)
    assert other and other.pk != first.pk, "it is not waited for who is gone"
    other.answered(200, "")
    again = WebhookDelivery.take(first.webhook_id, now + AGAIN_AFTER[0])
    assert again and again.pk == first.pk and again.attempts == 2
    mine.answered(500, "late")
    assert WebhookDelivery.objects.get(pk=first.pk).state == "trying", "who had it before has nothing to say any more"
    WebhookDelivery.objects.filter(pk=first.pk).update(attempts=ATTEMPTS)
    assert WebhookDelivery.take(first.webhook_id, later + timedelta(days=2)) is None
    assert WebhookDelivery.objects.get(pk=first.pk).state == "given-up", "killed with the last attempt in hand"


def test_a_receiver_verifies_what_it_is_sent_and_one_that_is_gone_is_left_alone(erin):
    with receiver(503, 200, 410) as one:
        delivery = a_delivery(erin, one.address)
        webhook = delivery.webhook
        webhooks.tell_webhook(webhook.pk)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.status, delivery.said) == ("waiting", 503, "not now")
        delivery.again()
        webhooks.tell_webhook(webhook.pk)
        assert len({heard.headers["webhook-id"] for heard in one.heard}) == 1
        for heard in one.heard:
            assert heard.checked(webhook.secret) == {"type": "ping", "timestamp": heard.told["timestamp"], "data": {}}
        webhooks.ping(webhook)
        webhooks.ping(webhook)
        webhooks.tell_webhook(webhook.pk)
        assert len(one.heard) == 3
    webhook.refresh_from_db()
    assert webhook.off_at and "gone" in tell_row(webhook.off_because)
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["delivered", "given-up", "given-up"]
    with pytest.raises(RuleBroken, match="switch it on first"):
        WebhookDelivery.objects.filter(state="given-up").first().again()


def test_a_delivery_that_may_not_go_where_its_name_leads_says_so(erin, settings):
    delivery = a_delivery(erin, "https://localhost/")
    settings.WEBHOOK_NETWORKS = ()
    webhooks.tell_webhook(delivery.webhook_id)
    delivery.refresh_from_db()
    assert delivery.status is None and "localhost leads to 127.0.0.1" in delivery.came_of_it and delivery.state == "waiting"


def test_deliveries_go_after_thirty_days_or_sooner_where_the_house_keeps_less(erin):
    delivery = a_delivery(erin)
    for age, days_kept, left in ((29, None, 1), (29, 60, 1), (29, 20, 0)):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(created=timezone.now() - timedelta(days=age))
        assert retention.sweep_deliveries(days_kept)["webhook deliveries"] == 1 - left
        assert WebhookDelivery.objects.count() == left


# Where they are made.


def test_the_secret_is_shown_once_and_the_page_has_every_delivery(erin, client):
    client.force_login(erin)
    page = client.post(PAGE, {"address": "https://hooks.example/bell"}).content.decode()
    webhook = Webhook.objects.get()
    assert webhook.secret in page and "Copy its secret now" in page and webhook.secret not in client.get(PAGE).content.decode()
    assert webhook.secret not in str(Webhook.objects.values()), "it is stored nowhere"
    client.post(PAGE, {"test": webhook.pk})
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state="given-up", attempts=ATTEMPTS, status=500, said='{"say": <b>broken</b>')
    page = client.get(PAGE).content.decode()
    assert "Given up" in page and "500" in page and "&lt;b&gt;broken" in page and f"{ATTEMPTS} of {ATTEMPTS}" in page
    client.post(PAGE, {"again": delivery.pk})
    assert WebhookDelivery.objects.get().state == "waiting"
    client.post(PAGE, {"off": webhook.pk})
    assert "off since" in client.get(PAGE).content.decode() and WebhookDelivery.objects.get().state == "given-up"
    assert "switch it on first" in client.post(PAGE, {"test": webhook.pk}, follow=True).content.decode()
    client.post(PAGE, {"on": webhook.pk})
    theirs = Webhook.make(new_facilitator("finn"), "https://finn.example/")
    for verb in ("test", "off", "on", "delete"):
        for wrong in (theirs.pk, "x", "9" * 20):
            assert client.post(PAGE, {verb: wrong}).status_code == 404
    answer = client.post(PAGE, {"address": "hooks.example"})
    assert answer.status_code == 400 and "such as https://" in answer.content.decode() and 'value="hooks.example"' in answer.content.decode()
    client.post(PAGE, {"delete": webhook.pk})
    assert list(Webhook.objects.all()) == [theirs] and not WebhookDelivery.objects.exists()


def test_a_program_makes_one_reads_its_deliveries_and_deletes_it(erin, client):
    head = {"authorization": f"Bearer {ApiToken.issue(erin, 'rota')}"}

    def post(address: str):
        return client.post("/api/v1/webhooks", {"address": address}, content_type="application/json", headers=head)

    made = post("https://hooks.example/").json()
    webhook = Webhook.objects.get()
    assert made["secret"] == webhook.secret and "secret" not in client.get("/api/v1/webhooks", headers=head).json()[0]
    webhooks.ping(webhook)
    (delivery,) = client.get(f"/api/v1/webhooks/{webhook.pk}/deliveries", headers=head).json()
    assert (delivery["type"], delivery["state"], delivery["id"]) == ("ping", "waiting", WebhookDelivery.objects.get().name)
    assert post("ftp://x/").status_code == 409
    theirs = Webhook.make(new_facilitator("finn"), "https://finn.example/")
    for method, path in ((client.delete, ""), (client.get, "/deliveries")):
        assert method(f"/api/v1/webhooks/{theirs.pk}{path}", headers=head).status_code == 404
    assert client.delete(f"/api/v1/webhooks/{webhook.pk}", headers=head).status_code == 204
    assert [post("https://hooks.example/").status_code for _ in range(WEBHOOKS_MAX + 1)] == [201] * WEBHOOKS_MAX + [409]
