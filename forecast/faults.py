"""Faults of a file, what may be done about them, and your consent."""

import json
import re
from itertools import product
from typing import NamedTuple

from utils.datasets import DataError

#: What may be done to a file, and only if its name is in ``repair``.
REPAIRS = {
    "day-first": "read 03/04/2020 as 3 April",
    "month-first": "read 03/04/2020 as 4 March",
    "year-first": "read 03-04-20 as 20 April 2003",
    "exchanged": "exchange day and month wherever both readings are dates",
    "mixed": "read each date in its own spelling",
    "serial": "read 45355 as the day number of a spreadsheet, 4 March 2024",
    "number": "number the lines as steps 1, 2, 3 …, for want of dates",
    "dates": "leave out the lines whose date cannot be read",
    "cells": "leave out the lines with too many cells",
    "comma": "the comma is the decimal mark: 1,500 is one and a half",
    "point": "the point is the decimal mark: 1.500 is one and a half",
    "thousands": "the mark groups thousands: 1,500 or 1.500 is one thousand five hundred",
    "marks": "read each number by its own decimal mark",
    "scale": "K, M and the like multiply: 1.5K is 1500",
    "number-only": "read the number and leave out what stands beside it",
    "text": "treat what is not a number as missing",
    "code": "treat the code as missing",
    "keep": "take the file at its word",
    "sort": "put the lines in order of date",
    "clock": "let the hours count on where clocks are changed",
    "once": "count once what stands there twice",
    "sum": "add up the values that share a date",
    "average": "average the values that share a date",
    "last": "keep the last of the values that share a date",
    "day": "add up the values of each day",
    "count": "count the lines of each day, hour, minute or week",
    "grid": "put the values on a grid of equal steps, their mean where several meet",
    "fill": "fill the gaps with straight lines",
    "zero": "count 0 where no value is",
    "cut": "keep the longest stretch without a gap",
}


class Fault(NamedTuple):
    """One fault of a file: what and where it is, and the repairs that settle it."""

    text: str
    ways: tuple  # names from REPAIRS
    sure: bool = True  # whether the first of them is what most people mean

    def __str__(self):
        offers = " or ".join(f'"{way}" ({REPAIRS[way]})' for way in self.ways)
        return f"{self.text}. {'You may allow' if self.sure else 'Choose'} {offers}."


class Faulty(DataError):
    """A file was read and needs your word.

    Attributes:
        faults: list of `Fault`, in the order in which they were found.
        allow: names from `REPAIRS`: what was allowed already, and the first way of each
            fault of which most people mean the same.
        choices: the ways of each other fault: nobody but you can know.
        listing: the faults as text, one a line, without a word on how to allow them.
    """

    def __init__(self, path, faults, allowed=()):
        self.faults = list(faults)
        sure = (fault.ways[0] for fault in self.faults if fault.sure)
        self.allow = list(dict.fromkeys([*allowed, *sure]))
        self.choices = [fault.ways for fault in self.faults if not fault.sure]
        self.listing = (
            f"{path} was read, not changed, and has faults that need your word "
            f"({len(self.faults)}):{numbered(self.faults)}"
        )
        said = self.advice(lambda names: f"repair={json.dumps(names)}")
        super().__init__(f"{self.listing}\n{said}")

    def advice(self, say):
        """How to go on; ``say`` writes a list of names as it is to be typed."""
        if not self.choices:
            return f"To allow the first of each: {say(self.allow)}"
        ways = [*product(*self.choices)][:6]
        lines = "".join(f"\n  {say([*self.allow, *picked])}" for picked in ways)
        return f"Nobody but you can choose. One of:{lines}"


class Report(list):
    """What was read, as sentences; ``repairs`` are those that tell of your consent."""

    repairs = ()


class Clerk:
    """Collects faults, and notes what was read, and repaired with consent."""

    def __init__(self, consent):
        self.consent, self.faults, self.done, self.said = consent, [], [], []

    def undecided(self, *ways):
        """Whether a fault without consent begins with one of these ways, and is not sure."""
        return any(not each.sure and each.ways[0] in ways for each in self.faults)

    def repair(self, fault, *ways, sure=True):
        """The way that was consented to; without consent note the fault, go on with the first."""
        for way in ways:
            if way in self.consent:
                self.done.append(f"{fault}: {way} ({REPAIRS[way]}).")
                return way
        self.faults.append(Fault(fault, ways, sure))
        return ways[0]


def repair_words(text):
    """The names in a text such as ``sort fill``, ``sort,fill`` or ``["sort", "fill"]``.

    Raises:
        ValueError: a name that is not in `REPAIRS`.
    """
    found = [word for word in re.split(r"""[\s,;'"\[\]()]+""", text) if word]
    if unknown := [word for word in found if word not in REPAIRS]:
        raise ValueError(
            f"repair has {', '.join(map(repr, unknown))}; it may name {', '.join(REPAIRS)}."
        )
    return found


def numbered(faults):
    return "".join(f"\n  {k}. {fault}" for k, fault in enumerate(faults, 1))


def often(count):
    return "once" if count == 1 else f"{count} times"


def plural(count, what):
    return f"{count} {what}{'' if count == 1 else 's'}"


def brief(text):
    text = text.strip(" ;,\t|")
    return repr(text if len(text) <= 40 else text[:37] + "…")


def when(stamp):
    return str(stamp).removesuffix(" 00:00:00")
