"""Sets of runs as whole numbers: bit n stands for the nth run. To narrow a list down is one ``&``,
to count what is left one call, so that every choice can say how much it would leave."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

V = TypeVar("V", bound=Hashable)


def of_numbers(numbers: Iterable[int], size: int) -> int:
    """The set of these numbers, each below ``size``."""
    row = bytearray(size // 8 + 1)
    for number in numbers:
        row[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(row, "little")


def numbers_of(bits: int) -> Iterator[int]:
    """The numbers of a set, the least first."""
    for place, byte in enumerate(bits.to_bytes(bits.bit_length() // 8 + 1, "little")):
        if byte:
            yield from (place * 8 + number for number in range(8) if byte >> number & 1)


def by_value(values: Sequence[Iterable[V]]) -> dict[V, int]:
    """For each value the set of those that have it; ``values`` are those of each in turn."""
    numbers: Mapping[V, list[int]] = defaultdict(list)
    for number, own in enumerate(values):
        for value in own:
            numbers[value].append(number)
    return {value: of_numbers(some, len(values)) for value, some in numbers.items()}


class Groups:
    """Which neighbours belong together, as the runs of one session: counts groups, not members."""

    def __init__(self, keys: Sequence[Hashable]) -> None:
        self.steps: list[tuple[int, int]] = []
        size, step = len(keys), 1
        while True:
            same = [n for n in range(step, size) if keys[n] == keys[n - step]]
            if not same:
                break
            self.steps.append((step, of_numbers(same, size)))
            step *= 2

    def firsts(self, bits: int) -> int:
        """Of each group that has members in the set, its first one there."""
        smeared = bits
        for step, same in self.steps:
            smeared |= (smeared << step) & same
        if not self.steps:
            return bits
        return bits & ~((smeared << 1) & self.steps[0][1])

    def count(self, bits: int) -> int:
        """How many groups have a member in the set."""
        return self.firsts(bits).bit_count()
