"""What is named where a session is full or not for a party."""

from festival.domain import clock
from festival.domain.alternatives import alternatives
from festival.domain.parties import party_of
from festival.models import Edition
from tests import factories
from tests.factories import at_hour, occurrence_of, party


def test_the_same_session_then_its_theme_then_its_provider(edition: Edition) -> None:
    theme, provider = factories.theme(), factories.provider()
    run = occurrence_of(factories.session(theme=theme, provider=provider))
    elsewhere = occurrence_of(factories.session(provider=provider))
    alike = occurrence_of(factories.session(theme=theme))
    repeat = factories.occurrence(run.session, starts_at=at_hour(edition, hour=10, day=5))
    occurrence_of(factories.session())  # has nothing to do with it
    assert alternatives(run, party(1), clock.now()) == [repeat, alike, elsewhere]
    assert alternatives(run, party(1), clock.now(), limit=1) == [repeat]


def test_r4_a_group_is_sent_nowhere_where_it_is_too_large(edition: Edition) -> None:
    """Half the places at most, so that others can come too."""
    theme = factories.theme()
    run = occurrence_of(factories.session(theme=theme))
    occurrence_of(factories.session(theme=theme, capacity=20))
    fits = occurrence_of(factories.session(theme=theme, capacity=24))
    assert alternatives(run, party_of(0, 0, unnamed=12), clock.now()) == [fits]


def test_only_what_the_party_may_come_to_and_fits_into(edition: Edition) -> None:
    theme = factories.theme()
    run = occurrence_of(factories.session(theme=theme))
    occurrence_of(factories.session(theme=theme, age_min=18))
    occurrence_of(factories.session(theme=theme, capacity=1))
    fits = occurrence_of(factories.session(theme=theme, capacity=2))
    assert alternatives(run, party(1, 1), clock.now()) == [fits]
