"""The demonstration festival: a city's learning festival with made-up people and bookings."""

from festival.domain.demonstration.loading import Loaded, RealFestivalHere, load
from festival.domain.demonstration.people import PASSWORD, PEOPLE

__all__ = ["PASSWORD", "PEOPLE", "Loaded", "RealFestivalHere", "load"]
