"""The floor of a booking through HTTP: a Flask view that reads JSON and answers JSON, and nothing
else. Served by the same server with the same workers and threads."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

app = Flask(__name__)


@app.get("/readyz")
def readyz() -> ResponseReturnValue:
    return "ready"


@app.post("/api/v1/bookings")
def book() -> ResponseReturnValue:
    wanted = request.get_json()
    return {"reference": "WLF-222-222", "reservations": wanted["reservations"]}, 201
