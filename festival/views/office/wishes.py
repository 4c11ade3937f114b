"""What people asked for and the festival did not have: how much, where, and in their words."""

from datetime import datetime
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from festival.domain import clock, exports, unmet, wishes
from festival.domain.unmet import Demand, Unmet, Weights
from festival.extensions import db, write
from festival.forms.wishes import NAMES, SUITS, WeightsForm
from festival.models import Theme, Ward, Wish
from festival.views.access import me, office
from festival.views.flashes import say
from festival.views.office.desk import WISHES, blueprint
from festival.views.office.outbox import LARGEST_ID
from festival.views.page import edition as current_edition


@blueprint.get("/wishes")
@office(*WISHES)
def wish_list() -> ResponseReturnValue:
    """Unmet demand with its weights, the wishes that wait, and what was searched for."""
    edition = current_edition() or abort(404)
    form, now = WeightsForm.of(request.args), clock.now()
    weights, demand = form.weights, unmet.of_edition(edition)
    waiting = wishes.waiting(edition)
    return render_template(
        "office/wishes.html",
        form=form,
        weights=weights,
        kept={name: str(getattr(weights, name)) for name in NAMES},
        parts=_parts(demand, weights),
        table=_table(demand, weights),
        wishes=[_row(one, now) for one in waiting.first],
        number=waiting.number,
        searched=wishes.often_searched(edition),
        often=wishes.OFTEN,
    )


@blueprint.get("/wishes/numbers")
@office(*WISHES)
def wish_numbers() -> ResponseReturnValue:
    """The numbers as a file, by the same rules. No words: nobody has read them first."""
    edition = current_edition() or abort(404)
    weights, demand = WeightsForm.of(request.args).weights, unmet.of_edition(edition)
    headings = [
        gettext("Theme"),
        gettext("Ward"),
        gettext("Waited in vain, times %(weight)s", weight=weights.waited),
        gettext("Told us, times %(weight)s", weight=weights.asked),
        gettext("Searched in vain, times %(weight)s", weight=weights.searched),
        gettext("All together"),
    ]
    rows = [
        [_theme(theme), _ward(ward), *_numbers(demand.at(theme, ward), weights)]
        for theme in demand.themes
        for ward in demand.wards
    ]
    answer = make_response(exports.as_csv(headings, rows))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = 'attachment; filename="what-people-asked-for.csv"'
    return answer


@blueprint.post(f"/wishes/<int(max={LARGEST_ID}):wish_id>/answered")
@office(*WISHES)
def answer_wish(wish_id: int) -> ResponseReturnValue:
    """It was dealt with: off the list, and how to reach the person is forgotten."""
    wish = db.session.get(Wish, wish_id) or abort(404)
    with write():
        wishes.answer(wish, actor=me())
    say(gettext("It is off the list, and how to reach the person is deleted."), kind="success")
    return redirect(url_for("office.wish_list"))


def _parts(demand: Unmet, weights: Weights) -> list[list[str]]:
    """Each theme with the parts its number is made of, and all of them."""
    rows = [[_theme(one), *_numbers(demand.of_theme(one), weights)] for one in demand.themes]
    return [*rows, [gettext("All themes"), *_numbers(demand.whole, weights)]]


def _table(demand: Unmet, weights: Weights) -> dict[str, Any]:
    """Wards by themes. Where the whole row or column is under ten it says nothing, and is named
    below."""
    wards = [one for one in demand.wards if _is_told(demand.of_ward(one), weights)]
    themes = [one for one in demand.themes if _is_told(demand.of_theme(one), weights)]
    return {
        "headings": [_theme(one) for one in themes],
        "rows": [
            [
                _ward(ward),
                *(_weighed(demand.at(theme, ward), weights) for theme in themes),
                _weighed(demand.of_ward(ward), weights),
            ]
            for ward in wards
        ],
        "few_in": [_ward(one) for one in demand.wards if one not in wards],
        "few_about": [_theme(one) for one in demand.themes if one not in themes],
    }


def _numbers(demand: Demand, weights: Weights) -> list[str]:
    counted = (demand.waited, demand.asked, demand.searched)
    return [*(_told(one) for one in counted), _weighed(demand, weights)]


def _weighed(demand: Demand, weights: Weights) -> str:
    return _told(demand.weighed(weights))


def _is_told(demand: Demand, weights: Weights) -> bool:
    return unmet.told(demand.weighed(weights)) is not None


def _told(number: Any) -> str:
    shown = unmet.told(number)
    return str(shown) if shown is not None else gettext("under 10")


def _theme(theme: Theme | None) -> str:
    return theme.name if theme is not None else gettext("No theme said")


def _ward(ward: Ward | None) -> str:
    return ward.name if ward is not None else gettext("Not known where")


def _row(wish: Wish, now: datetime) -> dict[str, Any]:
    """A wish as it is read. Not where they live: with the words it may tell who they are."""
    days = (now - wish.created_at).days
    return {
        "id": wish.id,
        "words": wish.words,
        "theme": wish.theme.name if wish.theme else "",
        "suits": [SUITS[one] for one in wish.suits if one in SUITS],
        "contact": wish.contact,
        "age": ngettext("%(num)s day ago", "%(num)s days ago", days) if days else gettext("Today"),
    }
