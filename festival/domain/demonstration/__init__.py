"""The demonstration festival: a city's learning festival with made-up people and bookings."""

from festival.domain.demonstration.loading import Loaded, RealFestivalHere, load
from festival.domain.demonstration.people import PASSWORD, PEOPLE
from festival.domain.demonstration.synthetic import SHOWN, SIZES

__all__ = ["PASSWORD", "PEOPLE", "SHOWN", "SIZES", "Loaded", "RealFestivalHere", "load"]
