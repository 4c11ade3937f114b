"""Whether this runs: for what watches it."""

import sqlalchemy as sa
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from festival.domain import clock, sending
from festival.extensions import db, is_migrated
from festival.views.access import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The database answers and is of this version. Late mail is told of, and is no reason to
    send people away."""
    try:
        current = is_migrated(db.session.connection())
        oldest = round(sending.oldest_undelivered(clock.now())) if current else None
    except sa.exc.DBAPIError:
        db.session.rollback()
        return jsonify(status="not ready", database="does not answer"), 503
    facts = {"database": "ok", "migrations": "current" if current else "not current"}
    status = "ok" if current else "not ready"
    answer = jsonify(status=status, **facts, oldest_undelivered_message_seconds=oldest)
    return answer, 200 if current else 503
