"""HTTP only: load or 404, authorise, form, one domain verb, redirect."""

import sqlalchemy as sa
from flask import Flask
from flask_babel import Babel
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from festival.domain.observations import tries
from festival.extensions import db, login, prepare_engine
from festival.views import (
    accounts,
    api,
    baskets,
    bookings,
    compiled,
    errors,
    feedback,
    feeds,
    files,
    finder,
    health,
    images,
    maps,
    mine,
    office,
    page,
    pages,
    phones,
    programme,
    provider,
    saved,
    scan,
    scanner_files,
    session_page,  # noqa: F401 - it adds its pages to the programme
    standstill,
    static,
    wishes,
)
from festival.views.access import declare
from festival.views.sessions import SessionsOfPeople

BLUEPRINTS = (
    programme,
    feeds,
    baskets,
    bookings,
    mine,
    feedback,
    wishes,
    accounts,
    provider,
    office,
    saved,
    scan,
    scanner_files,
    pages,
    health,
    images,
    maps,
)


def init_babel(app: Flask, babel: Babel) -> None:
    """The reader's language; English until an edition offers more."""
    babel.init_app(app)


def init_app(app: Flask) -> None:
    """Everything a browser meets."""
    page.init_app(app)
    files.init_app(app)
    finder.init_app(app)
    saved.init_app(app)
    images.init_app(app)
    app.session_interface = SessionsOfPeople()
    errors.init_app(app)
    standstill.init_app(app)
    login.user_loader(accounts.load_user)
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    api.init_app(app)
    phones.init_app(app)
    _open_components(app)
    compiled.init_app(app)
    _open_counts(app)
    _declare_static_access(app)
    app.wsgi_app = static.middleware(app)  # type: ignore[method-assign]
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )


def _open_components(app: Flask) -> None:
    """Let templates import the component macros of the two form libraries."""
    loader = app.jinja_loader
    assert loader is not None
    shared = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_env.loader = ChoiceLoader([loader, PrefixLoader(shared)])
    WTFormsHelpers(app)


def _open_counts(app: Flask) -> None:
    """Where tries are counted, by connections of their own: with PostgreSQL its own table; beside
    SQLite a file of its own, so that counting never waits for a booking."""
    with app.app_context():
        address = db.engine.url
    if address.get_backend_name() == "sqlite":
        engine = sa.create_engine(f"sqlite:///{app.config['VAR'] / 'tries.sqlite'}")
        prepare_engine(engine)
        db.metadata.create_all(engine, tables=[db.metadata.tables["attempt"]])
    else:
        engine = sa.create_engine(address, pool_size=2, pool_pre_ping=True)
    tries.open(engine)


def _declare_static_access(app: Flask) -> None:
    declare(app.view_functions["static"], "public")
