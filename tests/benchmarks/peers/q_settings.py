"""Django for the peer alone: django-q2 with its ORM broker, in the database that PEER_DATABASE names."""

import os

from journeyopt import env

SECRET_KEY = "only for measuring"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_q"]
DATABASES = {"default": env.database(os.environ["PEER_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
Q_CLUSTER = {
    "name": "peer",
    "workers": 2,  # one a core
    "orm": "default",
    "bulk": 100,
    "queue_limit": 1000,
    "poll": 0.05,
    "save_limit": -1,  # results are not kept: nobody reads them
    "timeout": 60,
    "retry": 600,
    "log_level": "ERROR",
}
