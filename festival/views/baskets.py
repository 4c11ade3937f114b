from flask import Blueprint

blueprint = Blueprint("baskets", __name__)
