"""Finding something to learn: the public programme searched, narrowed down and counted.

A process reads the programme once for each version of it (``shelf``, ``loading``), as plain values
(``stock``).
Every answer to every question is a set of runs (``bits``, ``facets``), so that a search is a few
operations on whole numbers (``search``), whatever the database. Words go through a full-text index
(``language``), places on the map through ``near``.
"""

from festival.domain.finding.facets import FACETS, NEEDS, knows
from festival.domain.finding.near import MILES, USUAL, Spot, find_spot
from festival.domain.finding.search import (
    Entry,
    Found,
    Index,
    Search,
    Standing,
    at_venues,
    find,
    finds_nothing,
    matching,
    may_have_places,
    read_ages,
)
from festival.domain.finding.shelf import Shelf, Shown
from festival.domain.finding.stock import Area, Item, Named, Offer, Picture, Place, Stock

__all__ = [
    "FACETS",
    "MILES",
    "NEEDS",
    "USUAL",
    "Area",
    "Entry",
    "Found",
    "Index",
    "Item",
    "Named",
    "Offer",
    "Picture",
    "Place",
    "Search",
    "Shelf",
    "Shown",
    "Spot",
    "Standing",
    "Stock",
    "at_venues",
    "find",
    "find_spot",
    "finds_nothing",
    "knows",
    "matching",
    "may_have_places",
    "read_ages",
]
