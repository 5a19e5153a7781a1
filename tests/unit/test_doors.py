"""Who a request comes from behind proxies, which sockets are ours, and what the environment may say about both."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from game import environment
from game.sockets import doors, proxy

OURS = ("127.0.0.1", "10.0.0.0/8")


def scope(client="127.0.0.1", kind="http", path="/join/", **headers):
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": kind, "path": path, "headers": [(b"host", b"127.0.0.1:8000"), *sent], "client": [client, 5000] if client else None}


def host(found):
    return doors.header(found, b"host")


def test_without_a_proxy_of_ours_nobody_says_who_they_are():
    told = {"x_forwarded_for": "203.0.113.9", "x_forwarded_proto": "https", "x_forwarded_host": "evil.example", "x_real_ip": "203.0.113.9"}
    for trusted in ((), ("192.0.2.1",)):
        found = proxy.believed(scope(**told), trusted)
        assert (found["client"][0], found["scheme"], host(found)) == ("127.0.0.1", "http", "127.0.0.1:8000")
        assert [name for name, _ in found["headers"]] == [b"host"], "and nothing later reads what they said"


def test_a_proxy_of_ours_says_from_where_by_which_scheme_and_for_which_host():
    told = {"x_forwarded_for": "203.0.113.9, 10.1.1.1", "x_forwarded_proto": "https", "x_forwarded_host": "play.example", "x_forwarded_port": "8443"}
    found = proxy.believed(scope(**told), OURS)
    assert (found["client"][0], found["scheme"], host(found)) == ("203.0.113.9", "https", "play.example:8443")
    line = proxy.believed(scope(kind="websocket", path="/ws/lobby/", **told), OURS)
    assert (line["client"][0], line["scheme"], host(line)) == ("203.0.113.9", "wss", "play.example:8443")


@pytest.mark.parametrize(
    ("chain", "sender"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.2.3.4", "203.0.113.9"),  # the first one was made up by whoever sent it
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.9.9.9", "10.9.9.9"),
        ("", "127.0.0.1"),
        ("no address", "127.0.0.1"),
        ("203.0.113.9, junk", "127.0.0.1"),
    ],
)
def test_the_sender_is_the_last_who_is_no_proxy_of_ours(chain, sender):
    assert proxy.believed(scope(x_forwarded_for=chain), OURS)["client"][0] == sender


def test_a_proxy_by_a_socket_file_counts_when_it_is_named():
    told = {"x_forwarded_for": "203.0.113.9"}
    assert proxy.believed(scope(client=None, **told), ())["client"][0] == "unix"
    assert proxy.believed(scope(client=None, **told), ("unix",))["client"][0] == "203.0.113.9"
    assert proxy.believed(scope(client="::ffff:127.0.0.1", **told), OURS)["client"][0] == "203.0.113.9"


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30), st.text(max_size=10))
def test_no_header_of_a_proxy_upsets_it(chain, scheme, name, port):
    sent = [(b"x-forwarded-for", chain), (b"x-forwarded-proto", scheme), (b"x-forwarded-host", name), (b"x-forwarded-port", port)]
    raw = scope()
    raw["headers"] += [(header, value.encode()) for header, value in sent]
    found = proxy.believed(raw, OURS)
    assert found["scheme"] in ("http", "https") and len([name for name, _ in found["headers"] if name == b"host"]) == 1


@pytest.mark.parametrize("path", ["/bell/join/", "/join/"])
def test_a_proxy_may_cut_the_base_path_off_or_leave_it(path):
    found = proxy.believed(scope(path=path), (), "/bell")
    assert (found["path"], found["root_path"]) == ("/bell/join/", "/bell")


def test_a_path_that_only_begins_like_the_base_is_another_one():
    assert proxy.believed(scope(path="/bellows/"), (), "/bell")["path"] == "/bell/bellows/"


@pytest.mark.parametrize(
    ("origin", "asked", "same"),
    [
        ("http://play.example", "play.example", True),
        ("http://play.example:80", "play.example", True),
        ("https://play.example", "play.example", True),
        ("https://play.example", "play.example:443", True),
        ("http://PLAY.example:8000", "play.example:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://play.example:9000", "play.example:8000", False),
        ("http://play.example:9000", "play.example", False),
        ("https://play.example", "play.example:8443", False),
        ("http://evil.example:8000", "play.example:8000", False),
        ("http://play.example.evil.example:8000", "play.example:8000", False),
        ("null", "play.example", False),
        ("", "play.example", False),
        ("http://play.example:99999", "play.example", False),
        ("file://", "play.example", False),
    ],
)
def test_an_origin_is_ours_when_name_and_port_are(origin, asked, same):
    assert doors.is_same(origin, asked) is same


@pytest.mark.parametrize(
    ("name", "told", "read"),
    [
        ("TRUSTED_PROXIES", "10.0.0.300", environment.trusted_proxies),
        ("TRUSTED_PROXIES", "proxy.example", environment.trusted_proxies),
        ("BASE_PATH", "bell", environment.base_path),
        ("BASE_PATH", "/be ll", environment.base_path),
        ("BASE_PATH", "https://x/bell", environment.base_path),
        ("TRUSTED_ORIGINS", "play.example", environment.trusted_origins),
        ("TRUSTED_ORIGINS", "https://play.example/bell", environment.trusted_origins),
        ("KEEP_DAYS", "soon", environment.keep_days),
        ("KEEP_DAYS", "0", environment.keep_days),
        ("KEEP", "some", environment.keep),
        ("HSTS_SECONDS", "-1", lambda: environment.seconds("HSTS_SECONDS")),
        ("HSTS_SECONDS", "a year", lambda: environment.seconds("HSTS_SECONDS")),
    ],
)
def test_what_cannot_be_meant_is_refused_with_name_value_and_what_was_expected(monkeypatch, name, told, read):
    monkeypatch.setenv(name, told)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is .*expected"):
        read()


OIDC = {"OIDC_ISSUER": "https://id.example/school", "OIDC_CLIENT_ID": "bell", "OIDC_CLIENT_SECRET": "quiet", "OIDC_GROUP": "teachers"}


def say(monkeypatch, **more):
    for name, value in {**OIDC, **more}.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET is not set: expected all of OIDC_ISSUER, "),
        ({"OIDC_ISSUER": "", "OIDC_GROUP": ""}, "OIDC_ISSUER, OIDC_GROUP are not set: expected all of "),
        ({"OIDC_ISSUER": "http://id.example"}, "OIDC_ISSUER is 'http://id.example': expected .*http for this machine alone"),
        ({"OIDC_ISSUER": "https://[id"}, "OIDC_ISSUER is .*: expected "),
        ({"OIDC_ISSUER": "id.example"}, "OIDC_ISSUER is 'id.example': expected "),
        ({"OIDC_ISSUER": "https://id.example/.well-known/openid-configuration"}, "OIDC_ISSUER is .*: expected the issuer as the provider spells it"),
        ({"OIDC_ISSUER": "https://id.example/?a=b"}, "OIDC_ISSUER is .*: expected "),
        ({"OIDC_SCOPES": "profile"}, "OIDC_SCOPES is 'profile': expected .*openid among them"),
    ],
)
def test_a_provider_that_is_half_said_or_not_safe_is_refused_in_one_line_without_its_secret(monkeypatch, more, said):
    say(monkeypatch, **more)
    with pytest.raises(ImproperlyConfigured, match=f"^{said}") as found:
        environment.oidc()
    assert "quiet" not in str(found.value) and "\n" not in str(found.value)


def test_a_provider_is_read_and_named_after_its_host_where_it_has_no_name(monkeypatch):
    assert environment.oidc() is None
    say(monkeypatch)
    told = environment.oidc()
    assert (told.issuer, told.name, told.claim, told.scopes) == (OIDC["OIDC_ISSUER"], "id.example", "groups", ["openid", "profile", "email"])
    say(monkeypatch, OIDC_ISSUER="http://127.0.0.1:9000/o/", OIDC_NAME="School", OIDC_GROUPS_CLAIM="roles", OIDC_SCOPES="openid groups")
    assert environment.oidc() == environment.Oidc("http://127.0.0.1:9000/o/", "bell", "quiet", "teachers", "School", "roles", ["openid", "groups"])


def test_what_is_meant_is_read(monkeypatch):
    for name, told in (("TRUSTED_PROXIES", " 127.0.0.1, 10.0.0.0/8 ,unix"), ("BASE_PATH", "/bell/"), ("TRUSTED_ORIGINS", "https://play.example:8443/")):
        monkeypatch.setenv(name, told)
    assert environment.trusted_proxies() == ("127.0.0.1", "10.0.0.0/8", "unix")
    assert (environment.base_path(), environment.trusted_origins()) == ("/bell", ["https://play.example:8443"])


def test_a_state_folder_that_was_there_before_is_made_private_and_nothing_else_beside_it_is_touched(tmp_path, monkeypatch):
    def mode(path):
        return stat.S_IMODE(path.stat().st_mode)

    state = tmp_path / "state"
    (state / "log").mkdir(parents=True)
    for name in ("opening-bell.sqlite3", "opening-bell.sqlite3-wal", "secret-key", "log/web.log", "notes.txt"):
        (state / name).write_text("x")
        (state / name).chmod(0o644)
    for folder in (state, state / "log"):
        folder.chmod(0o755)
    monkeypatch.setenv("STATE_DIR", str(state))
    environment.state_dir(tmp_path)
    assert [mode(path) for path in (state, state / "log")] == [0o700, 0o700]
    assert {mode(state / name) for name in ("opening-bell.sqlite3", "opening-bell.sqlite3-wal", "secret-key", "log/web.log")} == {0o600}
    assert mode(state / "notes.txt") == 0o644, "which is not ours"
    (state / "new").write_text("x")
    assert mode(state / "new") == 0o600


def test_a_folder_for_everybody_stays_one(tmp_path):
    tmp_path.chmod(0o1777)
    environment.make_private(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
