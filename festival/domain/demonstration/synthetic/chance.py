"""Chance that falls alike on every machine, and names that are not given twice."""

import uuid
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from festival.domain.references import ALPHABET, HIGHEST_TICKET, LENGTH

T = TypeVar("T")


class Chance:
    """Draws what others draw from the machine's secrets; guards nothing, so it may be known."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - invents a festival, guards nothing
        self.taken: set[object] = set()

    def one_of(self, things: Sequence[T], weights: Sequence[float] | None = None) -> T:
        return self.random.choices(things, weights)[0] if weights else self.random.choice(things)

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def secret_hash(self) -> str:
        """Of a secret that nobody knows: these baskets are over."""
        return f"{self.random.getrandbits(256):064x}"

    def reference(self, prefix: str) -> str:
        while True:
            letters = "".join(self.random.choices(ALPHABET, k=LENGTH))
            reference = f"{prefix}-{letters[:3]}-{letters[3:]}"
            if self._is_new(reference):
                return reference

    def ticket_number(self) -> int:
        while True:
            number = self.random.randint(1, HIGHEST_TICKET)
            if self._is_new(number):
                return number

    def unlike(self, name: str) -> str:
        """This name, with a number where it was given before."""
        candidate, times = name, 1
        while not self._is_new(candidate):
            times += 1
            candidate = f"{name} No. {times}"
        return candidate

    def _is_new(self, thing: object) -> bool:
        if thing in self.taken:
            return False
        self.taken.add(thing)
        return True
