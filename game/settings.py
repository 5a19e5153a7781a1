"""Django settings. Everything that differs between a laptop and a fleet comes from the environment (game/environment.py)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from game import environment
from game.admin_look import UNFOLD as UNFOLD
from game.languages import languages
from game.live.senders import ROUTES
from game.log import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = environment.state_dir(BASE_DIR)
environment.kernel_cache()
SCENARIO_PATH = environment.scenario_path(STATE_DIR)

DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret_key(STATE_DIR)
ALLOWED_HOSTS = environment.allowed_hosts()
DATABASES = {"default": environment.database(STATE_DIR)}
REDIS_URL = environment.broker_url(STATE_DIR)
TRUSTED_PROXIES = environment.trusted_proxies()
KEEP_DAYS, KEEP = environment.keep_days(), environment.keep()  # see game/ops/retention.py

ROOT_URLCONF = "game.urls"
ASGI_APPLICATION = "game.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "game.apps.GameAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "game.apps.SentFiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "axes",
    "channels",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "game.apps.GameConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "game.views.middleware.SocketOrigin",
    "game.views.middleware.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "game.views.middleware.Explained",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.l10n", "game.templatetags.desks"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "game.sockets.pages.version",
                "game.views.words.context",
            ]
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "game.formats"
LOCALE_PATHS = [BASE_DIR / "game" / "locale", STATE_DIR / "locale"]  # those that come with it, and one's own
LANGUAGES = languages(LOCALE_PATHS)

# Where the game is not at the root of its host. See game/sockets/proxy.py, and `base` of templates/base.html for the scripts.
BASE_PATH = environment.base_path()
FORCE_SCRIPT_NAME = BASE_PATH or None
COOKIE_PATH = SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{BASE_PATH}/"

STATIC_URL = f"{BASE_PATH}/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "game.static_names.HashedNames"},
}

# Facilitators' accounts. An account is locked for one address only: nobody else in the room can lock a facilitator out on purpose.
# Failures are rows: every web process counts the same ones, also after a restart. The database keeps no successful sign-in.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "game.people.second_factor.CodeBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "sign-in", "facilitator", "home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "game.views.account.locked_out"
AXES_WHITELIST_CALLABLE = "game.people.devices.may_try"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = AXES_ENABLE_ADMIN = AXES_VERBOSE = False
TOTP_REQUIRED = environment.flag("TOTP_REQUIRED", default=False)  # of everybody who signs in with a password
OTP_TOTP_ISSUER = "Opening Bell"
# Single sign-on: off without OIDC_*. Its apps are installed all the same, so that no setting decides which tables there are.
OIDC = environment.oidc()
SOCIALACCOUNT_ADAPTER = "game.views.oidc.SignOn"
ACCOUNT_USERNAME_BLACKLIST = ["local"]  # of `play`'s own link

# Cookies. Secure only behind TLS: a class in a room plays over plain HTTP on its own network.
SECURE_SSL_REDIRECT = environment.flag("HTTPS_ONLY", default=False)  # pages lead to https, sockets without TLS are refused
SECURE = environment.flag("SECURE_COOKIES", default=SECURE_SSL_REDIRECT)
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 86400
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = environment.seconds("HSTS_SECONDS")
CSRF_TRUSTED_ORIGINS = environment.trusted_origins()
CSRF_FAILURE_VIEW = "game.views.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["lit-html"],
    }
}

# The rare control messages (paused, speed, seat moved). Pictures of the present go through game/live/hub.py.
# Groups live by the wall clock: long enough that one that moves by days empties none.
GROUPS_S = 90 * 86400
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "game.sockets.channel_layer.PatientLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "capacity": 1000, "expiry": 60, "group_expiry": GROUPS_S},
    }
}

# Celery. kombu spells a unix socket its own way.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
# Acknowledged when taken: what a dead worker had is sent for again by the reaper within seconds, not by the queue after
# 90 s. With late acknowledgement a worker that held a segment did not survive a restart of the broker (kombu 5.7 gives
# the unacknowledged message back through a closed connection and the worker ends with an AttributeError).
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "control"
CELERY_TASK_ROUTES = ROUTES
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 90, "unacked_restore_interval": 1}

# What each process counts, see game/ops/exporter.py.
METRICS_PORT = environment.metrics_port()
METRICS_TOKEN = environment.metrics_token()
METRICS_HOST = environment.metrics_host(METRICS_TOKEN)
SENTRY_DSN = environment.sentry_dsn()
WEBHOOK_NETWORKS = environment.webhook_networks()

LOGGING_CONFIG = None
logging_config(environment.env.str("LOG_LEVEL", default="INFO"), environment.env.str("LOG_FORMAT", default="line"))
