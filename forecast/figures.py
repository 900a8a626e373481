"""Numbers as the world writes them: decimal marks, groups, currencies, per cent, K and M."""

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category

import numpy as np
import pandas as pd

MISSING = {
    "", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", ".", "..", "...", "…", ":",
    "#value!", "#div/0!", "#ref!", "#num!", "<na>", "nat",
}  # fmt: skip
_TIMES = {
    "k": 1e3, "tsd": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "mill": 1e6,
    "mln": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "mrd": 1e9, "mld": 1e9, "billion": 1e9,
}  # fmt: skip
_LETTERS = re.compile(
    rf"({'|'.join(sorted(_TIMES, key=len, reverse=True))}|)\.? ?([^\W\d]*|\W*)", re.I
)
_METRIC = re.compile(r"([kKMGT]?)([Ww]h?|Hz|B|J)|([kcm]?)(g|m|l)")
_PREFIX = {
    "": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "c": 0.01, "m": 0.001,
}  # fmt: skip
_SIGNS = str.maketrans("\u2212\u2013\u2014\u00a0\u202f\u2009\u2019", "---   '")
_SHAPE = re.compile(
    r"(?P<sign>[-+]?)\s*(?P<before>(?:kr|s?fr|rs|ft|rp|ca)\.|[^\d.,+\-()%']{0,5}?)\s*(?P<minus>-?)\s*"
    r"(?P<digits>[.,]?\d(?:[\d.,' ]*\d)?[.,]?)(?P<power>e[-+]?\d+|d[-+]\d+)?"
    r"(?P<late> ?--?)?\s*(?P<after>[^\d.,].*)?",
    re.I,
)
#: What may stand behind a number: a unit or a word; kg/h; Mio. €; (e) or [1]; ± 0.3.
_AFTER = re.compile(
    r"""[^\d.,/:("-]{0,9}\.?( ?[(\[]\w{1,3}[)\]])?|"|[^\d.,/:("-]{1,9}(/[^\d.,/:("-]{1,8}){1,2}"""
    rf"""|({"|".join(_TIMES)})\. ?[^\d.,/:("-]{{1,4}}"""
    r"""|(±|\+/?-) ?[\d.,]+ ?%?""",
    re.I,
)
_POWER = re.compile(r"(?<=[a-z/ \d]m)\^?([23])(?!\d)|(?<=[A-Z]O)([23])(?!\d)")
_STATA = re.compile(r"[12]\d{3}m\d")  # a month, no unit
_MONEY = {
    "usd", "eur", "euro", "gbp", "chf", "fr", "sfr", "jpy", "kr", "rs", "r", "zł", "pln", "kč",
    "czk", "sek", "nok", "dkk", "inr", "cad", "aud", "nzd", "cny", "rmb", "brl", "mxn", "zar",
    "try", "tl", "rub", "huf", "ft", "ron", "lei", "krw", "sgd", "hkd", "ils", "aed", "rm", "rp",
    "thb", "idr", "myr", "php", "isk", "bgn", "uah", "ars", "clp", "cop", "pen", "egp", "ngn",
    "kes", "ksh", "ghs", "mad", "tnd", "vnd", "twd", "pkr", "bdt", "lkr", "sar", "qar", "kwd",
    "rsd", "gel", "kzt", "ugx", "tzs", "xof", "xaf", "ltc", "btc", "eth",
}  # fmt: skip
_NINES = str.maketrans("012345678", "999999999")
_GAPS = str.maketrans("", "", "' ")
_GROUPS = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*(?:[.,]\d*)?")
_INDIAN = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d*)?")
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
        other: bool (lines,), numbers that show the other decimal mark; read by their own.
        letters: whether letters such as K and M may make numbers larger, and were not used.
    """

    values: np.ndarray
    bad: np.ndarray
    mark: str | None
    either: np.ndarray
    marked: np.ndarray
    affix: str | None
    other: np.ndarray
    letters: bool = False


def is_missing(cell):
    """Whether a cell says that there is no value."""
    if cell[:1].isdigit():
        return False
    return cell.lower() in MISSING or set(cell) == {"*"}


def is_number(cell):
    """Whether a cell may be a number, in any spelling."""
    return bool(_PLAIN.fullmatch(cell)) or _taken(cell) is not None


def share(cells):
    """Share of cells that are numbers; with different words beside they are texts.

    A unit is the same everywhere; ``1010 Wien`` and ``8010 Graz`` are no numbers.
    """
    plain = [bool(_PLAIN.fullmatch(cell)) for cell in cells]
    taken = [_taken(cell) for cell, no in zip(cells, plain, strict=True) if not no]
    taken = [each for each in taken if each]
    spoken = []
    for _, digits, _, (before, after), _ in taken:
        if _word(before.rstrip(".")):
            spoken.append(before[:3].lower())
        elif _word(after) and digits.isdigit():  # 12.5 final, 12.7 estimated: numbers
            spoken.append(after[:3].lower())
    texts = len(spoken) if len({*spoken}) > 1 else 0
    return (sum(plain) + len(taken) - texts) / len(cells)


def _word(text):
    """Whether a text beside a number is a word, no unit, currency or flag."""
    return len(text) > 3 and text.isalpha() and text.lower() not in _MONEY | {*_TIMES}


def _money(text):
    """Whether a text beside a number is a currency such as US$, Rs. or CHF."""
    letters = "".join(c for c in text if c.isalpha())
    signed = any(category(c) == "Sc" for c in text)
    return letters.lower() in _MONEY or (signed and (letters.isupper() or not letters))


def _taken(cell):
    """Sign, digits, power of ten, affix and decimal mark of a number; None: it is none."""
    if len(cell) > 60:  # no number is
        return None
    cell = cell.translate(_SIGNS).strip()
    if _POWER.search(cell) and not _STATA.fullmatch(cell):
        cell = _POWER.sub(lambda hit: "²³"[(hit[1] or hit[2]) == "3"], cell)
    if (plan := _shape(cell.translate(_NINES))) is None:
        return None
    sign, start, stop, end, affix, mark = plan
    digits, power = cell[start:stop], cell[stop:end].lower().replace("d", "e")
    if mark == "either":  # 0.459 and 1.774E+03 group nothing
        single = digits[0] == "0" or power
        mark = re.search("[.,]", digits)[0] if single else None
    return sign, digits.translate(_GAPS), power, affix, mark


@lru_cache(maxsize=10_000)
def _shape(cell):
    """Where sign, digits and power of ten stand in a number such as ``-9.999,99 €``."""
    inner = cell
    if owed := re.fullmatch(r"([^\d()]{0,5})\((.*)\)([^\d()]{0,9})", cell):
        inner = "{} {} {}".format(*owed.groups())  # (5), $(5), (5) €
    if not (found := _SHAPE.fullmatch(inner)):
        return None
    before, after = found["before"].strip(), (found["after"] or "").strip()
    digits, late = found["digits"], (found["late"] or "").strip()
    if re.search(r"[-/:(]", before) or not _AFTER.fullmatch(after):
        return None
    touches = not inner[found.end("before") : found.start("digits")].strip("-")
    named = re.search(r"[^\W\d]", before) and not _money(before)
    named = named and before[-1] != "=" and before.lower() != "ca."
    if named and (touches or not re.search("[.,]", digits)):
        return None  # X1, Room 1
    if late and after and not _money(after):
        return None  # 1-Jan
    if digits[-1] in ".,":  # 1774.- is a round sum
        late = ""
    if len(signs := (found["sign"] + found["minus"] + late)) > 1:
        return None
    if re.search(r"[' ]", digits) and not _GROUPS.fullmatch(digits):
        return None
    if (mark := _decides(re.sub(r"[' ]", "", digits))) == "?":
        return None
    start = found.start("digits")
    stop = start + len(digits)
    affix = before, "±" if re.match(r"±|\+/?-", after) else after
    end = stop + len(found["power"] or "")
    sign = -1.0 if owed or signs == "-" else 1.0
    return sign, start, stop, end, affix, mark


def _decides(digits):
    """The decimal mark that a number shows: "." or ","; None: nothing; "?": no number.

    "either": one mark and three digits behind it.
    """
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        mark = max(".,", key=digits.rfind)
        whole = digits[: digits.rfind(mark)]
        grouped = re.fullmatch(r"\d{1,3}([.,]\d{3})+", whole)
        grouped = grouped or _INDIAN.fullmatch(digits)
        return mark if digits.count(mark) == 1 and grouped else "?"
    if points + commas == 0:
        return None
    mark = "." if points else ","
    if points + commas > 1:  # it groups, so the other one is the decimal mark
        grouped = _GROUPS.fullmatch(digits) or _INDIAN.fullmatch(digits)
        return ("," if points else ".") if grouped else "?"
    return "either" if _EITHER.fullmatch(digits) else mark


def read_figures(cells, mark=None, scaled=False):
    """Read a column of text as numbers.

    Args:
        cells: list of text (lines,).
        mark: the decimal mark, "." or ","; None: what the column itself shows.
        scaled: multiply by K, M and the like even where the column does not show that they
            make numbers larger.

    Returns:
        Figures
    """
    lacks = {cell: is_missing(cell) for cell in {*cells}}
    missing = np.array([lacks[cell] for cell in cells], bool)
    if mark in (None, "."):  # plain numbers that occur again are read once
        at = {cell: k for k, cell in enumerate(lacks)}
        once = np.fromiter(lacks.values(), bool, len(lacks))
        if (plain := _plainly([*lacks], once, mark)) is not None:
            rows = [at[cell] for cell in cells]
            return plain._replace(
                values=plain.values[rows], bad=plain.bad[rows], other=plain.other[rows],
                either=plain.either[rows], marked=plain.marked[rows],
            )  # fmt: skip
    once = {cell: None if no else _taken(cell) for cell, no in lacks.items()}
    taken = [once[cell] for cell in cells]
    shown = [each and each[4] for each in taken]
    votes = Counter(each for each in shown if each in (".", ","))
    told = max(votes, key=votes.get) if votes else None
    mark = mark or told
    other = np.array([bool(way and mark and way != mark) for way in shown], bool)
    values = np.full(len(cells), np.nan)
    for k, each in enumerate(taken):
        if each is not None:
            values[k] = each[0] * _value(each[1], shown[k] or mark, each[2])
    values[~np.isfinite(values)] = np.nan
    affixes = Counter(each[3] for each in taken if each)
    usual = max(affixes, key=affixes.get) if affixes else ("", "")
    factors, said = _factors(affixes, usual)
    letters = False
    if factors:
        sizes = np.array([factors[each[3]] if each else np.nan for each in taken])
        if letters := not (scaled or said or _joins(values, sizes)):
            factors = None
        else:
            values = values * sizes
    marked = [each is not None and not factors and each[3] != usual for each in taken]
    marked = np.array(marked, bool) & np.isfinite(values)
    affix = None
    if factors:
        affix = said or "K, M and the like were read as thousand, million …"
    elif usual != ("", "") and "%" in usual[1]:
        affix = "read as per cent (4.1% is 4.1)"
    elif usual != ("", ""):
        affix = " and ".join(repr(text) for text in usual if text) + " passed over"
    bad, either = np.isnan(values) & ~missing, _doubtful(taken, shown, told)
    return Figures(values, bad, mark, either, marked, affix, other, letters)


def _value(digits, mark, power):
    """The number that digits and groups with that decimal mark are."""
    if mark is None:
        return float(digits.replace(",", ".") + power)
    return float(digits.replace(",."[mark == ","], "").replace(",", ".") + power)


def _doubtful(taken, shown, told):
    """Which numbers (lines,) are like 1.012, and the column does not settle its mark."""
    digits = [each[1] if each and not each[2] else "" for each in taken]
    open_ = np.array([bool(_EITHER.fullmatch(d)) for d in digits], bool)
    ways = [way for way in shown if way]
    if told is None or sum(way != told for way in ways) > len(ways) / 10:
        return open_  # nothing, or both marks as decimal marks
    grouping = {
        m
        for each, way in zip(digits, shown, strict=True)
        for m in ".,"
        if way and m in each and m != way
    }
    return open_ & [not ({*d} & ({told} | grouping)) for d in digits]


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
    return Figures(values, bad, sure, either, none, None, none)


def _factors(affixes, usual):
    """{affix: factor} of numbers in scales that differ, as 1.2K and 1.5M; None: they do not.

    Returns:
        tuple: the factors, and what to say if they are sure: every number bears its scale.
    """
    for way in (_metric, _letters):
        sizes = {affix: way(*affix) for affix in affixes}
        if None in sizes.values() or len({unit for _, unit in sizes.values()}) > 1:
            continue
        factors = {affix: size for affix, (size, _) in sizes.items()}
        if len({*factors.values()}) < 2:
            continue
        if way is _metric:
            one = factors[usual]
            factors = {affix: size / one for affix, size in factors.items()}
            return factors, f"all counted in {usual[1]!r}"
        sure = all(size > 1 for size in factors.values())
        return factors, "K, M and the like were read as thousand, million …" * sure
    return None, ""


def _metric(before, after):
    """Size and unit of a scale such as kWh; None: it is none."""
    if not (hit := _METRIC.fullmatch(after)):
        return None
    return _PREFIX[hit[1] or hit[3] or ""], before + (hit[2] or hit[4]).lower()


def _letters(before, after):
    """Size and unit of a scale such as K, Mio. or Mrd. €; None: it is none."""
    if after.lower() in _MONEY:
        return 1.0, before + after
    hit = _LETTERS.fullmatch(after)
    if not hit or (hit[2][:1].isalpha() and hit[2].lower() not in _MONEY):
        return None
    return _TIMES.get(hit[1].lower(), 1.0), before + hit[2].strip(". ")


def _joins(values, sizes):
    """Whether neighbours of different scale fit much better once they are multiplied."""
    there = np.isfinite(values) & (values != 0)
    plain, sizes = np.log(np.abs(values[there])), np.log(sizes[there])
    at = np.diff(sizes) != 0
    before, after = np.abs(np.diff(plain))[at], np.abs(np.diff(plain + sizes))[at]
    return bool(at.any() and after.mean() + 2 < before.mean())
