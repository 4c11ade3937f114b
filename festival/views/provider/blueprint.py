"""Where a provider's pages hang."""

from flask import Blueprint

blueprint = Blueprint("provider", __name__, url_prefix="/provider")
