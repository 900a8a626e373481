"""Numbers as the world writes them: decimal marks, groups, currencies, per cent, K and M."""

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

MISSING = {
    "", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", ".", "..", "...", "…", ":",
    "#value!", "#div/0!", "#ref!", "#num!", "<na>", "nat",
}  # fmt: skip
_TIMES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9, "mrd": 1e9}
_SIGNS = str.maketrans("\u2212\u2013\u00a0\u202f\u2009\u2019", "--   '")
_SHAPE = re.compile(
    r"(?P<sign>[-+]?)\s*(?P<before>[^\d.,+\-()%']{0,5}?)\s*(?P<minus>-?)"
    r"(?P<digits>[\d.,' ]*\d[.,]?)(?P<power>e[-+]?\d+)?\s*(?P<after>[^\d.,]{0,9}\.?)",
    re.I,
)
_MONEY = {
    "usd",
    "eur",
    "gbp",
    "chf",
    "jpy",
    "kr",
    "rs",
    "r",
    "zł",
    "sek",
    "nok",
    "dkk",
    "inr",
}
_NINES = str.maketrans("012345678", "999999999")
_GAPS = str.maketrans("", "", "' ")
_GROUPS = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*(?:[.,]\d*)?")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_PLAIN = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")


class Figures(NamedTuple):
    """A column of numbers.

    Attributes:
        values: float64 (lines,), NaN where missing or unreadable.
        bad: bool (lines,), True where the cell is no number.
        marks: the decimal mark that the column itself shows, "." or ","; None: none.
        either: bool (lines,), cells such as 1.012, of which nothing shows whether the mark
            is the decimal mark (so they were read) or groups thousands.
        marked: bool (lines,), numbers with another text beside them than most: "12.5 p".
        affix: text before and after the numbers that was passed over, or None.
    """

    values: np.ndarray
    bad: np.ndarray
    mark: str | None
    either: np.ndarray
    marked: np.ndarray
    affix: str | None


def is_missing(cell):
    """Whether a cell says that there is no value."""
    if cell[:1].isdigit():
        return False
    return cell.lower() in MISSING or set(cell) == {"*"}


def is_number(cell):
    """Whether a cell may be a number, in any spelling."""
    return bool(_PLAIN.fullmatch(cell)) or _taken(cell) is not None


def _taken(cell):
    """Sign, digits, power of ten, affix and decimal mark of a number; None: it is none."""
    cell = cell.translate(_SIGNS).strip()
    if (plan := _shape(cell.translate(_NINES))) is None:
        return None
    sign, start, stop, end, affix, mark = plan
    digits = cell[start:stop]
    if mark == "either":  # 0.459 groups nothing
        mark = re.search("[.,]", digits)[0] if digits[0] == "0" else None
    return sign, digits.translate(_GAPS), cell[stop:end], affix, mark


@lru_cache(maxsize=10_000)
def _shape(cell):
    """Where sign, digits and power of ten stand in a number such as ``-9.999,99 €``."""
    inner, shift, sign = cell, 0, 1.0
    if owed := re.fullmatch(r"\((.*)\)", cell):
        inner, shift, sign = owed[1], 1, -1.0
    if not (found := _SHAPE.fullmatch(inner)):
        return None
    before, after = found["before"].strip(), found["after"].strip()
    if (found["sign"] and found["minus"]) or re.search(r"[-/:(]", before + after):
        return None
    touches = not inner[found.end("before") : found.start("digits")].strip("-")
    if touches and before[-1:].isalpha() and before.lower() not in _MONEY:
        return None  # X1 is a name
    digits = found["digits"].strip()
    if re.search(r"[' ]", digits) and not _GROUPS.fullmatch(digits):
        return None
    if (mark := _decides(re.sub(r"[' ]", "", digits))) == "?":
        return None
    if "-" in found["sign"] + found["minus"]:
        sign = -sign
    start = found.start("digits") + shift
    start += len(found["digits"]) - len(found["digits"].lstrip())
    stop = start + len(digits)
    return sign, start, stop, stop + len(found["power"] or ""), (before, after), mark


def _decides(digits):
    """The decimal mark that a number shows: "." or ","; None: nothing; "?": no number.

    "either": one mark and three digits behind it.
    """
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        mark = max(".,", key=digits.rfind)
        whole = digits[: digits.rfind(mark)]
        grouped = re.fullmatch(r"\d{1,3}([.,]\d{3})+", whole)
        return mark if digits.count(mark) == 1 and grouped else "?"
    if points + commas == 0:
        return None
    mark = "." if points else ","
    if points + commas > 1:  # it groups, so the other one is the decimal mark
        return ("," if points else ".") if _GROUPS.fullmatch(digits) else "?"
    return "either" if _EITHER.fullmatch(digits) else mark


def read_figures(cells, mark=None):
    """Read a column of text as numbers.

    Args:
        cells: list of text (lines,).
        mark: the decimal mark, "." or ","; None: what the column itself shows.

    Returns:
        Figures
    """
    missing = np.array([is_missing(cell) for cell in cells], bool)
    if mark in (None, ".") and (plain := _plainly(cells, missing, mark)) is not None:
        return plain
    taken = [
        None if m else _taken(cell) for cell, m in zip(cells, missing, strict=True)
    ]
    shown = [each and each[4] for each in taken]
    votes = Counter(each for each in shown if each in (".", ","))
    told = max(votes, key=votes.get) if votes else None
    mark = mark or told
    digits = [each[1] if each else "" for each in taken]
    open_ = np.array([bool(_EITHER.fullmatch(d)) for d in digits], bool)
    grouping = {
        m
        for each, way in zip(digits, shown, strict=True)
        for m in ".,"
        if way and m in each and m != way
    }
    if told:  # the marks of doubtful cells are settled where the column shows both uses
        settled = {told} | grouping
        either = open_ & [not ({*d} & settled) for d in digits]
    else:
        either = open_
    affixes = Counter(each[3] for each in taken if each)
    factors = _factors(affixes)
    usual = max(affixes, key=affixes.get) if affixes else ("", "")
    values = np.full(len(cells), np.nan)
    for k, each in enumerate(taken):
        if each is None:
            continue
        sign, number, power, affix, _ = each
        if shown[k] and mark and shown[k] != mark:
            continue
        if mark == ",":
            number = number.replace(".", "").replace(",", ".")
        elif mark == ".":
            number = number.replace(",", "")
        else:
            number = number.replace(",", ".")
        values[k] = sign * float(number + power) * (factors[affix] if factors else 1)
    values[~np.isfinite(values)] = np.nan
    marked = [each is not None and not factors and each[3] != usual for each in taken]
    marked = np.array(marked, bool) & np.isfinite(values)
    affix = None
    if factors and len(factors) > 1:
        affix = "K, M and the like were read as thousand, million …"
    elif usual != ("", "") and "%" in usual[1]:
        affix = "read as per cent (4.1% is 4.1)"
    elif usual != ("", ""):
        affix = " and ".join(repr(text) for text in usual if text) + " passed over"
    return Figures(values, np.isnan(values) & ~missing, mark, either, marked, affix)


def _plainly(cells, missing, mark):
    """The quick way for plain numbers such as -12.5; None: some are spelt otherwise."""
    text = pd.Series(cells, dtype=object)
    values = pd.to_numeric(text.mask(missing), errors="coerce").to_numpy("float64")
    spelt = [bool(_PLAIN.fullmatch(cell)) for cell in cells]
    if not (missing | (np.isfinite(values) & spelt)).all():
        return None
    pointed = np.array(["." in cell for cell in cells], bool) & ~missing
    open_ = np.array(
        [bool(_EITHER.fullmatch(cell.lstrip("+-"))) for cell in cells], bool
    )
    sure = mark or ("." if (pointed & ~open_).any() else None)
    either = open_ & (sure is None)
    bad, none = np.isnan(values) & ~missing, np.zeros(len(cells), bool)
    return Figures(values, bad, sure, either, none, None)


def _factors(affixes):
    """{affix: factor} if letters such as K and M make the numbers larger, and differ."""
    factors = {}
    for before, after in affixes:
        letters = after.lower().rstrip(".")
        if before or (letters and letters not in _TIMES):
            return None
        factors[before, after] = _TIMES.get(letters, 1.0)
    return factors if len({*factors.values()}) > 1 else None
