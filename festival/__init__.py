"""A learning festival's bookings: offers, places, tickets, calendars, doors."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from festival import delivery, views
from festival.domain import clock
from festival.extensions import babel, csrf, db, login, migrate, prepare_database
from festival.paths import MIGRATIONS, STATIC, TEMPLATES
from festival.settings import load


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application with these settings over those of config.py and the environment."""
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.from_mapping(load(settings))
    clock.start_at(app.config["STARTS_AT"])
    db.init_app(app)
    prepare_database(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    login.init_app(app)
    csrf.init_app(app)
    views.init_babel(app, babel)
    delivery.init_app(app)
    views.init_app(app)
    return app
