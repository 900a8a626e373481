"""Dates as the world writes them: every spelling that a column fits, and what it then says.

No library does this: those that read any date guess (03/04/2024, or the day of ``May``), take
milliseconds for each, and cannot say that a column has two readings.
"""

import re
from typing import NamedTuple

import numpy as np

_MONTHS = (
    "jan january januar jänner janv janvier ene enero gen gennaio janeiro januari",
    "feb february februar fév févr février fev febr febrero febbraio fevereiro februari fevr",
    "mar march märz mrz mär mars marzo março maart marz mrt maerz",
    "apr april avr avril abr abril aprile",
    "may mai mayo mag maggio maio mei",
    "jun june juni juin junio giu giugno junho",
    "jul july juli juil juillet julio lug luglio julho",
    "aug august août aou aoû aout ago agosto augustus",
    "sep sept september septembre septiembre set settembre setembro",
    "oct october okt oktober octobre octubre ott ottobre out outubro",
    "nov november novembre noviembre novembro",
    "dec december dez dezember déc décembre dic diciembre dicembre dezembro decembre",
)
_MONTH = {
    name: f"@{k:02d}" for k, line in enumerate(_MONTHS, 1) for name in line.split()
}
_WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|mie"
    r"|jue|vie|sáb|sab|dom)[a-zéáç]*\.?,?\s+(?=.*(?:[a-zé]{3}|\d\D+\d+\D+\d))"
)
_ZONES = {
    "utc": "z", "gmt": "z", "cet": "+01:00", "cest": "+02:00", "mez": "+01:00",
    "mesz": "+02:00", "eet": "+02:00", "eest": "+03:00", "est": "-05:00", "edt": "-04:00",
    "pst": "-08:00", "pdt": "-07:00", "mst": "-07:00", "mdt": "-06:00", "cdt": "-05:00",
}  # fmt: skip
_CLEAR = re.compile(r"[\d./: -]*(?:\d [ap]m)?|[\d-]+[t ][\d:.]+z?", re.I)

_J = r"\s*[-./_, ]\s*"  # what joins the parts of a date
_Y = r"(?P<y>(?:1[5-9]|2[01])\d\d)"
_YY, _M, _D = r"'?(?P<y>\d\d)", r"(?P<m>\d\d?)", r"(?P<d>\d\d?)"
_NAME = r"@(?P<m>\d\d)"
_TIME = (
    r"(?:(?:,?\s+|t|:|-(?=\d\d:))(?P<H>\d\d?)(?::?(?P<M>\d\d))?(?::?(?P<S>\d\d)(?:[.,](?P<f>\d+))?)?"
    r"(?:\s*(?P<half>[ap])m)?)?\s*(?P<zone>z|[+-]\d\d(?::?\d\d)?)?"
)

#: Spellings of a date, with an example of each; a name of a month has become ``@03``.
SPELLINGS = {
    "year-month-day": _Y + _J + _M + _J + _D + _TIME,
    "day-month-year": _D + _J + _M + _J + _Y + _TIME,
    "month-day-year": _M + _J + _D + _J + _Y + _TIME,
    "day month year": _D + rf"(?:{_J}|\.\s*)?" + _NAME + rf"(?:{_J})?" + _Y + _TIME,
    "month day, year": _NAME + rf"(?:{_J})?" + _D + _J + _Y + _TIME,
    "year month day": _Y + rf"(?:{_J})?" + _NAME + rf"(?:{_J})?" + _D + _TIME,
    "day-month-year, two digits": _D + _J + _M + _J + _YY + _TIME,
    "month-day-year, two digits": _M + _J + _D + _J + _YY + _TIME,
    "year-month-day, two digits": _YY + r"-" + _M + r"-" + _D + _TIME,
    "day month year, two digits": _D
    + rf"(?:{_J})?"
    + _NAME
    + rf"(?:{_J})?"
    + _YY
    + _TIME,
    "year-month": _Y + _J + _M,
    "month-year": _M + _J + _Y,
    "month year": _NAME + rf"(?:{_J}'?)?" + _Y,
    "month year, two digits": _NAME + rf"(?:{_J})?" + _YY,
    "year month": _Y + rf"(?:{_J})?(?:{_NAME}|m(?P<mm>\d\d?))",
    "year and quarter": _Y + rf"(?:{_J})?q(?P<q>[1-4])",
    "quarter and year": rf"q(?P<q>[1-4])(?:{_J})?" + _Y,
    "quarter and year, two digits": rf"q(?P<q>[1-4])(?:{_J})?" + _YY,
    "year and half": _Y + rf"(?:{_J})?[hs](?P<half_year>[12])",
    "half and year": rf"[hs](?P<half_year>[12])(?:{_J})?" + _Y,
    "year and week": _Y + rf"(?:{_J})?w(?P<w>\d\d?)(?:-?(?P<wd>[1-7]))?",
    "week and year": rf"w(?P<w>\d\d?)(?:{_J})?" + _Y,
    "year and day of the year": _Y + r"-?(?P<doy>\d{3})",
    "year": _Y,
    "two years": _Y + r"\s*[-/]\s*(?P<next>(?:\d\d)?\d\d)",
    "compact": _Y + r"(?P<m>\d\d)(?P<d>\d\d)" + _TIME,
    "compact with time": r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?P<H>\d\d)"
    r"(?:(?P<M>\d\d)(?P<S>\d\d)?)?",
    "compact month": _Y + r"(?P<m>\d\d)",
    "decimal year": _Y + r"[.,](?P<part>\d+)",
    "seconds since 1970": r"(?P<epoch>\d{9,10})(?:\.\d+)?",
    "milliseconds since 1970": r"(?P<milli>\d{12,13})",
    "day number of a spreadsheet": r"(?P<serial>[2-6]\d{4})(?P<share>[.,]\d+)?",
}
_REGEX = {name: re.compile(text) for name, text in SPELLINGS.items()}

#: Spellings that are numbers as well: such a column is taken for dates only if nothing else is.
NUMERIC = {
    "year", "compact", "compact with time", "compact month", "decimal year",
    "seconds since 1970", "milliseconds since 1970", "day number of a spreadsheet",
    "year and day of the year",
}  # fmt: skip

#: Spellings of the same cells of which the second is taken only where the first fails.
_AFTER = {
    "decimal year": ("year-month",),
    "year-month": ("two years",),
    "seconds since 1970": ("compact with time",),
    "milliseconds since 1970": ("compact with time",),
}


class Reading(NamedTuple):
    """What a column of dates says in one spelling: stamps (lines,), NaT where it does not fit."""

    spelling: str
    stamps: np.ndarray  # datetime64[us], the clock of the file
    minutes: np.ndarray  # of the zone, east of Greenwich; NaN: no zone


def tidy(cell):
    """A cell in small letters, months as @01 … @12, an interval as its beginning."""
    if _CLEAR.fullmatch(cell) and " - " not in cell:
        return cell.lower()
    cell = re.sub(
        r"[\s\u00a0\u202f]+", " ", cell.lower().replace("–", "-").strip("'\" ")
    )
    cell = _first(cell)
    cell = _WEEKDAY.sub("", cell)
    cell = re.sub(r"[a-zéèûôáäçñ]+", lambda w: _MONTH.get(w[0], w[0]), cell)
    cell = re.sub(r"(@\d\d)\.", r"\1", cell)
    cell = re.sub(r"(\d)(?:st|nd|rd|th|er|º|ª)\b", r"\1", cell)
    cell = re.sub(r" (?:de|of|del) ", " ", cell)
    cell = re.sub(
        r"(?:\bq(?:uarter|tr|uartal)?|\bt(?:rimestre|rim)?)\.? ?([1-4])\b", r"q\1", cell
    )
    cell = re.sub(
        r"\b([1-4])\.? ?(?:q(?:uarter|tr|uartal)?|t(?:rimestre|rim)?)(?![a-z])",
        r"q\1",
        cell,
    )
    cell = re.sub(r"(\d)(?:q(?:uarter|tr|uartal)) ?([1-4])\b", r"\1q\2", cell)
    cell = re.sub(r"\b(?:week|kw|wk|sem|semaine)\.? ?(\d\d?)\b", r"w\1", cell)
    cell = re.sub(r"(\d) ?([ap])\.? ?m\.?$", r"\1 \2m", cell)
    cell = re.sub(r"(?<=[ t]\d\d)h(\d\d)$", r":\1", cell)
    cell = (
        re.sub(r" ?(?:uhr|h)$", "", cell) if re.search(r"\d ?(uhr|h)$", cell) else cell
    )
    cell = re.sub(r"[年月]", "-", cell).replace("日", "").rstrip("-")
    cell = re.sub(r" ?\(?\b([a-z]{3,4})\)?$", lambda z: _ZONES.get(z[1], z[0]), cell)
    return cell


def _first(cell):
    """The beginning of an interval such as ``14.03.2024 00:00 - 14.03.2024 01:00``."""
    for joint in (" - ", " to ", " bis ", " à ", " au ", "/", "-"):
        one, found, two = cell.partition(joint)
        if joint in "/-":  # these join parts of a date as well: take the middle one
            half = (len(cell) - len(joint)) // 2
            one, found, two = cell[:half], cell[half : half + 1], cell[half + 1 :]
            if found != joint:
                continue
        shape = [re.sub(r"\d+", "9", part) for part in (one, two)]
        same = shape[0] == shape[1] and (len(shape[0]) > 1 or len(one) == len(two))
        clock = re.fullmatch(r"\d\d?:\d\d(:\d\d)?", two) and ":" in one
        if found and len(one) > 3 and (same or clock):
            return one
    return cell


def is_date(cell):
    """Whether a cell may be a date, in any spelling but that of a spreadsheet's day number."""
    text = tidy(cell)
    return any(
        each.fullmatch(text)
        for name, each in _REGEX.items()
        if name != "day number of a spreadsheet"
    )


def readings(cells, look=300):
    """Every spelling that some cell of a column fits, the best first.

    Args:
        cells: list of text (lines,), empty where nothing stands.
        look: how many cells decide which spellings are tried on all of them.

    Returns:
        list of Reading
    """
    texts = [tidy(cell) for cell in cells]
    full = [text for text in texts if text]
    sample = full[:: max(1, len(full) // look)] + full[:20] + full[-20:]
    found = []
    for name, regex in _REGEX.items():
        if any(regex.fullmatch(text) for text in sample):
            reading = _read(name, regex, texts)
            if np.isfinite(reading.stamps).any():
                found.append(reading)
    counts = {each.spelling: np.isfinite(each.stamps).sum() for each in found}
    for later, earlier in _AFTER.items():
        best = max((counts.get(name, 0) for name in earlier), default=0)
        if later in counts and best >= counts[later]:
            found = [each for each in found if each.spelling != later]
    return sorted(found, key=lambda each: -counts[each.spelling])


def _read(name, regex, texts):
    """One spelling of all cells."""
    hits = [regex.fullmatch(text) for text in texts]
    rows = np.flatnonzero([hit is not None for hit in hits])
    columns = zip(*(hits[k].groups("") for k in rows), strict=True)
    groups = {
        key: np.array(column)
        for key, column in zip(regex.groupindex, columns, strict=True)
    }
    stamps = np.full(len(texts), "NaT", "datetime64[us]")
    minutes = np.full(len(texts), np.nan)

    def part(key, empty):
        if key not in groups:
            return np.full(len(rows), empty, "int64")
        found = groups[key]
        return np.where(found == "", str(empty), found).astype("int64")

    if "epoch" in regex.groupindex or "milli" in regex.groupindex:
        micro = part("epoch", 0) * 10**6 + part("milli", 0) * 10**3
        stamps[rows] = micro.astype("datetime64[us]")
        return Reading(name, stamps, minutes)
    if "serial" in regex.groupindex:
        share = np.char.add("0", np.char.replace(groups["share"], ",", ".")).astype(
            float
        )
        seconds = np.round(share * 86400).astype("timedelta64[s]")
        days = part("serial", 0).astype("timedelta64[D]")
        stamps[rows] = np.datetime64("1899-12-30", "us") + days + seconds
        return Reading(name, stamps, minutes)
    year = part("y", 0)
    if len(year) and year.max() < 100:
        year = year + np.where(year < 69, 2000, 1900)
    month, good = part("m", 1), np.ones(len(rows), bool)
    if "mm" in regex.groupindex:
        month = np.maximum(part("mm", 1), month)
    if "q" in regex.groupindex:
        month = 3 * part("q", 1) - 2
    if "half_year" in regex.groupindex:
        month = 6 * part("half_year", 1) - 5
    if "next" in regex.groupindex:
        good &= part("next", 0) % 100 == (year + 1) % 100
    day, hour = part("d", 1), part("H", 0)
    good &= (month >= 1) & (month <= 12)
    months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (
        np.clip(month, 1, 12) - 1
    ).astype("timedelta64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    good &= (day >= 1) & (days.astype("datetime64[M]") == months)
    if "doy" in regex.groupindex:
        days = days + (part("doy", 1) - 1).astype("timedelta64[D]")
        good &= days.astype("datetime64[Y]") == months.astype("datetime64[Y]")
    if "w" in regex.groupindex:  # ISO: the first week holds 4 January
        fourth = months.astype("datetime64[D]") + np.timedelta64(3, "D")
        monday = fourth - (fourth.astype("int64") + 3) % 7
        shift = 7 * (part("w", 1) - 1) + part("wd", 1) - 1
        days = monday + shift.astype("timedelta64[D]")
        thursday = monday + (7 * (part("w", 1) - 1) + 3).astype("timedelta64[D]")
        good &= thursday.astype("datetime64[Y]").astype("int64") == year - 1970
    if "part" in regex.groupindex:
        share = np.char.add("0.", groups["part"]).astype(float)
        stamps[rows] = _decimal_years(year, share)
        return Reading(name, stamps, minutes)
    if "half" in regex.groupindex:
        half = groups["half"]
        good &= (half == "") | ((hour >= 1) & (hour <= 12))
        hour = np.where(half == "", hour, hour % 12 + 12 * (half == "p"))
    minute, second = part("M", 0), part("S", 0)
    last = (minute == 0) & (second == 0)
    good &= ((hour < 24) | ((hour == 24) & last)) & (minute < 60) & (second < 60)
    micro = (hour * 3600 + minute * 60 + second) * 10**6
    if "f" in regex.groupindex:
        micro = micro + np.char.ljust(groups["f"], 6, "0").astype("U6").astype("int64")
    whole = days.astype("datetime64[us]") + micro.astype("timedelta64[us]")
    stamps[rows] = np.where(good, whole, np.datetime64("NaT"))
    if "zone" in regex.groupindex:
        minutes[rows] = [_minutes(zone) for zone in groups["zone"]]
    return Reading(name, stamps, minutes)


def _minutes(zone):
    if not zone:
        return np.nan
    if zone == "z":
        return 0.0
    digits = (zone[1:].replace(":", "") + "00")[:4]
    return (-1 if zone[0] == "-" else 1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _decimal_years(year, share):
    """Months, quarters or years where the steps are such, otherwise days."""
    step = np.median(np.abs(np.diff(year + share))) if len(year) > 1 else 1.0
    start = (year - 1970).astype("datetime64[Y]")
    for size in (1, 4, 12):
        if abs(step * size - 1) < 0.1:
            months = np.floor(share * size + 0.25).astype("int64") * (12 // size)
            months = months + start.astype("datetime64[M]").astype("int64")
            return months.astype("datetime64[M]").astype("datetime64[us]")
    first = start.astype("datetime64[D]")
    length = ((start + 1).astype("datetime64[D]") - first).astype("int64")
    days = np.floor(share * length + 0.25).astype("timedelta64[D]")
    return (first + days).astype("datetime64[us]")
