"""What the API can do: for programs as OpenAPI, for people as a page."""

from flask import Blueprint, current_app, json, render_template
from flask.typing import ResponseReturnValue

from festival.delivery.addresses import address
from festival.views.access import public
from festival.views.api.answers import in_json
from festival.views.api.description import operations, specification

# The line breaks keep it narrow enough for a page.
EXAMPLE = """curl {base}bookings \\
  -H 'Authorization: Bearer TOKEN' \\
  -H 'Idempotency-Key: 7d4c2f' \\
  -H 'Content-Type: application/json' \\
  -d '{{
    "reservations": [
      {{"occurrence": 12, "adults": 1, "children": [{{"age": 7}}]}}
    ],
    "contact": {{"name": "Ada Lovelace", "email": "ada@example.org"}}
  }}'
"""

blueprint = Blueprint("api_guide", __name__, url_prefix="/api/v1")


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """What other programs can do here, in plain words."""
    return render_template(
        "api/home.html",
        operations=operations(),
        limit=current_app.config["API_LIMIT"],
        example=EXAMPLE.format(base=address("api_guide.home")),
    )


@blueprint.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The description for programs."""
    return in_json(json.dumps(specification(), indent=1))
