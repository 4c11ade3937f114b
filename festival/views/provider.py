from flask import Blueprint

blueprint = Blueprint("provider", __name__)
