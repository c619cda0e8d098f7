"""Where the house stands and what its environment says; every other module of settings reads from here."""

from pathlib import Path

import environ

from haowu import embedded

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
DEBUG = env.bool("DJANGO_DEBUG", default=False)
HOME = embedded.home()
DEVELOPMENT = embedded.in_use()
