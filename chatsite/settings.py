"""Django's settings; everything that differs between sites comes from the environment."""

from typing import Any

from csp.constants import NONE, SELF
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from chatsite import environment, logs, secret
from chatsite.limits import LIMITS as LIMITS

BASE_DIR = environment.ROOT
ENVIRONMENT = environment.load()
VAR_DIR = ENVIRONMENT.var

DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key or secret.kept(VAR_DIR / "secret_key")
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.csrf_trusted_origins
SIGNUP = ENVIRONMENT.signup

INSTALLED_APPS = [
    "daphne",
    "servestatic.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "allauth",
    "allauth.account",
    "chat.apps.ChatConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before the policy, which a style or a script does not need: sixty files are a first visit.
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "chatsite.zone.local_time",
]

ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["chat.templatetags.icons"],
        },
    },
]

# The database.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
# The pool doubles its pauses while the server is away until it gives up, and begins again when a
# connection is wanted: giving up soon keeps the pauses short.
POSTGRES_OPTIONS: dict[str, Any] = {
    "pool": {"min_size": 2, "max_size": 16, "timeout": 4, "reconnect_timeout": 2}
}
SQLITE = ENVIRONMENT.database["ENGINE"] == "django.db.backends.sqlite3"
DATABASES = {
    "default": {
        **ENVIRONMENT.database,
        # The pool tries a connection before it lends it: PostgreSQL may have restarted since.
        "CONN_HEALTH_CHECKS": not SQLITE,
        "OPTIONS": {
            **ENVIRONMENT.database.get("OPTIONS", {}),
            **(SQLITE_OPTIONS if SQLITE else POSTGRES_OPTIONS),
        },
    }
}

# Redis, where there is one, tells the processes of a site about each other.
CHANNEL_LAYERS: dict[str, Any] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CACHES: dict[str, Any] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if ENVIRONMENT.redis_url:
    # redis-py gives up an idle subscription after 5 s unless it is told not to, and tries for
    # seconds to reach a Redis that is away, while a tab waits for its command.
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": ENVIRONMENT.redis_url,
                    "socket_timeout": None,
                    "retry": Retry(NoBackoff(), 1),
                }
            ]
        },
    }
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT.redis_url,
    }

# The model server; with neither set the demo model takes the place of both.
OPENAI_API_KEY = ENVIRONMENT.openai_api_key
OPENAI_BASE_URL = ENVIRONMENT.openai_base_url or "https://api.openai.com/v1"
OPENAI_SEND_REASONING = ENVIRONMENT.openai_send_reasoning

# Whether administrators may name commands that the site runs as MCP servers.
MCP_COMMANDS = ENVIRONMENT.mcp_commands

# Accounts.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "chatsite.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USERNAME_BLACKLIST = ["admin", "administrator", "root", "system", "assistant"]
# No mail server is needed, so nothing may try to reach one.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# Cookies and headers. A site whose public origins are all https is behind a proxy that ends TLS;
# any other is spoken to in plain http, where a browser would not send back a Secure cookie.
BEHIND_PROXY = bool(CSRF_TRUSTED_ORIGINS)
HTTPS = BEHIND_PROXY and all(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
PUBLIC_URL = ENVIRONMENT.public_url
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Browsers heed it on https only, and complain elsewhere.
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Language, time, static files, logs.
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("zh-hans", "简体中文"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
SERVESTATIC_ALLOW_ALL_ORIGINS = False
SERVESTATIC_USE_ZSTD = False
# What people attach. No address leads here: a view gives each file to its owner.
MEDIA_ROOT = ENVIRONMENT.files
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chatsite.assets.HashedStorage"},
}
LOGGING = logs.config(ENVIRONMENT.log_format)
