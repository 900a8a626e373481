"""Dates as the world writes them: every spelling that a column fits, and what it then says.

No library does this: those that read any date guess (03/04/2024, or the day of ``May``), take
milliseconds for each, and cannot say that a column has two readings.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np

_MONTHS = (
    "jan january januar jänner janv janvier ene enero gen gennaio janeiro januari sty styczeń"
    " stycznia styczen leden ledna tammikuu ocak január jaan января январь",
    "feb february februar fév févr février fev febr febrero febbraio fevereiro februari fevr"
    " fevrier feber lut luty lutego únor února helmikuu şubat subat február февраля февраль",
    "mar march märz mrz mär mars marzo março maart marz mrt maerz marts marca marzec březen"
    " března maaliskuu mart március марта март",
    "apr april avr avril abr abril aprile kwi kwiecień kwietnia kwiecien duben dubna huhtikuu"
    " nisan április апреля апрель",
    "may mai mayo mag maggio maio mei maj maja květen května toukokuu mayıs mayis május мая май",
    "jun june juni juin junio giu giugno junho cze czerwiec czerwca červen června kesäkuu"
    " haziran június июня июнь",
    "jul july juli juil juillet julio lug luglio julho lipiec lipca červenec července heinäkuu"
    " temmuz július июля июль",
    "aug august août aou aoû aout ago agosto augustus augusti sierpień sierpnia sierpien srpen"
    " srpna elokuu ağustos agustos augusztus августа август",
    "sep sept september septembre septiembre set settembre setembro wrz wrzesień września"
    " wrzesien září syyskuu eylül eylul szeptember сентября сентябрь",
    "oct october okt oktober octobre octubre ott ottobre out outubro paź październik"
    " października pazdziernik říjen října lokakuu ekim október октября октябрь",
    "nov november novembre noviembre novembro listopad listopada listopadu marraskuu kasım"
    " kasim ноября ноябрь",
    "dec december dez dezember déc décembre dic diciembre dicembre dezembro decembre des"
    " desember grudzień grudnia grudzien prosinec prosince joulukuu aralık aralik декабря"
    " декабрь",
)
_MONTH = {
    name: f"@{k:02d}" for k, line in enumerate(_MONTHS, 1) for name in line.split()
}
_DAY = (  # of the week; @03 is the French mar., which is a month as well
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mer|jeu|ven|sam|dim|mié|mie|jue"
    r"|vie|sáb|sab|dom|gio|ma|wo|vr|za|zo|mar)[^\W\d_]*|@03)"
)
_WEEKDAY = re.compile(rf"^{_DAY}\.?,?\s+(?=.*@|\d+[-./ ]+\d+[-./ ]+\d)")
_ZONES = {
    "utc": "z", "gmt": "z", "cet": "+01:00", "cest": "+02:00", "mez": "+01:00",
    "mesz": "+02:00", "eet": "+02:00", "eest": "+03:00", "est": "-05:00", "edt": "-04:00",
    "pst": "-08:00", "pdt": "-07:00", "mst": "-07:00", "mdt": "-06:00", "cdt": "-05:00",
    "bst": "+01:00", "wet": "z", "west": "+01:00", "msk": "+03:00", "aest": "+10:00",
    "aedt": "+11:00", "acst": "+09:30", "awst": "+08:00", "nzst": "+12:00", "nzdt": "+13:00",
    "jst": "+09:00", "kst": "+09:00",
}  # fmt: skip
_ZONE = re.compile(r" ?\(?\b([a-z]{3,4})\)?$")
_CLEAR = re.compile(
    r"(?!\d\d?:)[\d./: -]*(?:\d [ap]m)?"
    r"|\d{4}-?\d\d-?\d\d[t ]\d\d[\d:.]*(?:z|[+-]\d\d:?\d\d)?",
    re.I,
)
_CLOCK = re.compile(r"(?<=\d),?[ t]\d\d?:\d\d(?::\d\d)?(?: [ap]m)?$", re.I)
_SPAN = re.compile(r"[^-]{6,}-[^-]{6,}$|[^/]{7,}/[^/]{7,}$|.* - ")
_NINES = str.maketrans("012345678", "999999999")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

#: What agencies put behind a date: preliminary, revised, a footnote. Not the p of 12:30 p.
_FLAG = re.compile(
    r"(?<=\w) ?(?:\[[^\]]*\]|\((?:\d|[^\d()@:]+)\)|[*†‡¹²³]+)$"
    r"|(?<=\d)(?<![ :t]\d)(?<![ :t]\d\d) ?[prefs]$"
)
_Q = (
    r"(?:q(?:uarter|tr|uartale?)?|t(?:rimestre|rim|rimester)?|kwartaal|kvartal|kwartał)"
)
_HALF = r"(?:halbjahr|half(?:[- ]year)?|semestre|semester|halvår)"

#: Other ways to write the same, and how `SPELLINGS` write it; one after the other.
_WRITTEN = [
    (re.compile(found), put)
    for found, put in (
        (r" ?\(?(?:utc|gmt) ?([+-])(\d\d?)(?::?(\d\d))?\)?$",
         lambda zone: f" {zone[1]}{zone[2]:0>2}{zone[3] or '00'}"),
        (r"^(\d{4})[-/ ](i{1,3}|iv)$", r"\2 \1"),
        (r"^(i{1,3}|iv)[-/. ]{1,2}(?=\d{4}$)", lambda q: f"q{_ROMAN[q[1]]} "),
        (r"(\d)(?:st|nd|rd|th|er|[º°ª])(?![a-z])", r"\1"),
        (r" (?:de|of|del) ", " "),
        (r" (?:at|um|à|kl\.?) (?=\d)", " "),
        (r"(?<=\d) ?\[?[a-z]+/[a-z_]+\]?$", ""),  # Europe/Berlin: the clock there
        (r"^fy ?(?=\d{4}(?:[-/]\d\d)?)(?=[\d/-]*$)", ""),
        (r"^(\d{4})jj00$", r"\1"),
        (r"^(\d{4})mm(?=\d\d$)", r"\1m"),
        (r"^(\d{4})[-: ]?[qtk]([1-4])$", r"\1q\2"),
        (r"^(\d{4})[-: ]?(?:[uvs]|kw)(\d\d)$", r"\1w\2"),
        (rf"\bq?([1-4])(?:e|\.)? ?{_Q}(?![a-z])", r"q\1"),
        (rf"\b{_Q}\.? ?([1-4])\b", r"q\1"),
        (r"(\d)(?:quarter|qtr|quartal|q) ?([1-4])\b", r"\1q\2"),
        (rf"\b([12])(?:e|\.)? ?(?:{_HALF}|[hs](?= ?\d{{4}}$))(?![a-z])", r"h\1"),
        (rf"\b{_HALF} ?([12])\b", r"h\1"),
        (r"\b(?:week|kw|wk|sem|semaine|semana|settimana|uke|uge)\.? ?(\d\d?)\b", r"w\1"),
        (r"(\d) ?([ap])\.? ?m\.?$", r"\1 \2m"),
        (r"([ t]\d\d?) ?h ?(\d\d)$", r"\1:\2"),
        (r"(?<=\d) ?(?:uhr|h)$", ""),
        (r"[年月]", "-"),
        (r"日", ""),
        (r"-+$", ""),
    )
]  # fmt: skip

_J = r"\s*[-./_, ]\s*"  # what joins the parts of a date
_Y = r"(?P<y>(?:1[5-9]|2[01])\d\d)"
_YY, _M, _D = r"'?(?P<y>\d\d)", r"(?P<m>\d\d?)", r"(?P<d>\d\d?)"
_NAME = r"@(?P<m>\d\d)"
_TIME = (  # no zone such as +02 without a clock: 2024-01-01-13 ends in an hour
    r"(?:(?:,?\s+|t|:|-(?=\d\d(?:[:.]|$)))(?P<H>\d\d?)(?:[:.]?(?P<M>\d\d))?"
    r"(?:[:.]?(?P<S>\d\d)(?:[.,](?P<f>\d+))?)?(?:\s*(?P<half>[ap])m)?"
    r"\s*(?P<zone>z|[+-]\d\d(?::?\d\d)?)?|\s*(?P<zone2>z|\+\d\d:\d\d))?"
)

#: Spellings of a date, with an example of each; a name of a month has become ``@03``.
SPELLINGS = {
    "year-month-day": _Y + _J + _M + _J + _D + _TIME,
    "day-month-year": _D + _J + _M + _J + _Y + _TIME,
    "month-day-year": _M + _J + _D + _J + _Y + _TIME,
    "day month year": _D + rf"(?:{_J}|\.\s*)?" + _NAME + rf"(?:{_J})?" + _Y + _TIME,
    "month day, year": _NAME + rf"(?:{_J})?" + _D + _J + _Y + _TIME,
    "month day, year of two digits": _NAME + rf"(?:{_J})?" + _D + r",\s*" + _YY,
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
    "year-month": _Y + rf"(?:{_J}|:)" + _M,
    "month-year": _M + _J + _Y,
    "month year": _NAME + rf"(?:{_J}'?)?" + _Y,
    "month year, two digits": _NAME + rf"(?:{_J})?" + _YY,
    "year month": _Y + rf"(?:{_J})?(?:{_NAME}|m(?P<mm>\d\d?))",
    "year and quarter": _Y + rf"(?:{_J}|:)?q(?P<q>[1-4])",
    "quarter and year": rf"q(?P<q>[1-4])(?:{_J})?" + _Y,
    "quarter and year, two digits": rf"q(?P<q>[1-4])(?:{_J})?" + _YY,
    "year and half": _Y + rf"(?:{_J})?[hs](?P<half_year>[12])",
    "half and year": rf"[hs](?P<half_year>[12])(?:{_J})?" + _Y,
    "year and week": _Y + rf"(?:{_J})?w(?P<w>\d\d?)(?:-?(?P<wd>[1-7]))?",
    "week and year": rf"w(?P<w>\d\d?)(?:{_J})?" + _Y,
    "week and year, two digits": rf"w(?P<w>\d\d?){_J}" + _YY,
    "year and day of the year": _Y + r"-?(?P<doy>\d{3})",
    "year": _Y,
    "two years": _Y + r"\s*[-/]\s*(?P<next>(?:\d\d)?\d\d)",
    "year-week": _Y + _J + r"(?P<w>\d\d)",
    "compact week": r"(?P<y>(?:19|20)\d\d)(?P<w>\d\d)",
    "compact": _Y + r"(?P<m>\d\d)(?P<d>\d\d)" + _TIME,
    "compact with time": r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?P<H>\d\d)"
    r"(?:(?P<M>\d\d)(?P<S>\d\d)?)?",
    "compact month": _Y + r"(?P<m>\d\d)",
    "year-month-day of six digits": r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    "day-month-year of eight digits": r"(?P<d>\d\d)(?P<m>\d\d)" + _Y,
    "month-day-year of eight digits": r"(?P<m>\d\d)(?P<d>\d\d)" + _Y,
    "decimal year": _Y + r"(?:[.,](?P<part>\d+))?",
    "seconds since 1970": r"(?P<epoch>\d{9,10})(?:\.\d+)?",
    "milliseconds since 1970": r"(?P<milli>\d{12,13})",
    "microseconds since 1970": r"(?P<milli>\d{12,13})000",
    "nanoseconds since 1970": r"(?P<milli>\d{12,13})000000",
    "day number of a spreadsheet": r"(?P<serial>[2-6]\d{4})(?P<share>[.,]\d+)?",
}
_REGEX = {name: re.compile(text) for name, text in SPELLINGS.items()}

#: Spellings of digits only that one cell alone does not show: another is likelier.
_BARE = {
    "day number of a spreadsheet", "year-week", "compact week", "year-month-day of six digits",
    "day-month-year of eight digits", "month-day-year of eight digits",
}  # fmt: skip

#: Spellings that are numbers as well: such a column is taken for dates only if nothing else is.
NUMERIC = _BARE - {"year-week"} | {
    "year", "compact", "compact with time", "compact month", "decimal year",
    "seconds since 1970", "milliseconds since 1970", "microseconds since 1970",
    "nanoseconds since 1970", "year and day of the year",
}  # fmt: skip

#: Spellings of the same cells of which the second is taken only where the first fails.
_AFTER = {
    "decimal year": ("year-month", "year"),
    "year-month": ("two years",),
    "year-week": ("two years", "year-month"),
    "compact week": ("compact month", "year-month-day of six digits"),
    "seconds since 1970": ("compact with time",),
    "milliseconds since 1970": ("compact with time",),
}


class Reading(NamedTuple):
    """What a column of dates says in one spelling: stamps (lines,), NaT where it does not fit."""

    spelling: str
    stamps: np.ndarray  # datetime64[us], the clock of the file
    minutes: np.ndarray  # of the zone, east of Greenwich; NaN: no zone
    note: str = ""  # what the other cells decided


def tidy(cell):
    """A cell in small letters, months as @01 … @12, an interval as its beginning."""
    if _is_clear(cell):
        return cell.lower().rstrip(".")
    clock = _CLOCK.search(cell)
    if clock and ":" not in cell[: clock.start()]:
        return _tidy(cell[: clock.start()]) + clock[0].lower()
    return _tidy(cell)


def _is_clear(cell):
    """Whether a cell is digits and marks alone, or nearly, and no interval."""
    return _CLEAR.fullmatch(cell) and not (len(cell) > 12 and _SPAN.match(cell))


@lru_cache(maxsize=20_000)
def _tidy(cell):
    cell = _FLAG.sub("", _plain(cell))
    cell = re.sub(r"@(\d\d) ?(?:-|/|to) ?@(\d\d)", _quarter, cell)
    if not re.search(r"\d", cell) or re.fullmatch(r"[\d@./:, +-]*\dz?", cell):
        return cell
    for regex, put in _WRITTEN:
        cell = regex.sub(put, cell)
    return cell


def _plain(cell):
    """A cell in small letters, months as @01, without the weekday and an interval's end."""
    cell = re.sub(r"\s+", " ", cell.lower().replace("–", "-").strip("'\" ")).rstrip(".")
    cell = re.sub(r"[^\W\d_]+", lambda w: _MONTH.get(w[0], w[0]), cell)
    cell = _first(re.sub(r"(@\d\d)\.", r"\1", cell))
    cell = _WEEKDAY.sub("", cell)
    cell = re.sub(r"^(@\d\d \d\d?) (\d\d:\S*(?: [a-z]+)?) (\d{4})$", r"\1 \3 \2", cell)
    cell = re.sub(
        r"^(\d\d?:\d\d(?::\d\d)?(?: ?[ap]m)?),? (.*\d{4}.*|@.*)$", r"\2 \1", cell
    )
    return _ZONE.sub(lambda z: _ZONES.get(z[1], z[0]), cell)


def flagged(cell):
    """Whether something stands behind a date that is passed over: ``2019 Q2 [p]``."""
    return cell[-1:] in ")]*†‡¹²³prefsPREFS" and bool(_FLAG.search(_plain(cell)))


def _quarter(months):
    """Jan-Mar as its beginning; not Feb-Apr, as of Nov-Jan nobody can say which year it means."""
    one, two = int(months[1]), int(months[2])
    return f"@{months[1]}" if one % 3 == 1 and two == one + 2 else months[0]


def _first(cell):
    """The beginning of an interval such as ``14.03.2024 00:00 - 14.03.2024 01:00``."""
    for joint in (" - ", " to ", " bis ", " à ", " au ", "/", "-"):
        one, found, two = cell.partition(joint)
        if joint in "/-":  # these join parts of a date as well: take the middle one
            parts = cell.split(joint)
            half = len(parts) // 2
            one, found, two = joint.join(parts[:half]), joint, joint.join(parts[half:])
            if len(parts) % 2:
                continue
        if not found or len(one) < 4:
            continue
        shape = [re.sub(r"[^\d@:/.-]+", " ", part).strip() for part in (one, two)]
        shape = [re.sub(r"\d+", "9", part) for part in shape]
        years = (one + two).isdigit() and len(one) == len(two)
        if shape[0] == shape[1] and (len(shape[0]) > 1 or years):
            zone = _ZONE.search(two)
            known = zone and zone[1] in _ZONES and not _ZONE.search(one)
            return one + zone[0] if known else one
        if re.fullmatch(r"\d\d?:\d\d(:\d\d)?", two) and ":" in one:
            return one
    return cell


def is_date(cell):
    """Whether a cell may be a date, in any spelling that one cell alone shows."""
    text = tidy(cell)
    return any(
        each.fullmatch(text) for name, each in _REGEX.items() if name not in _BARE
    )


def readings(cells, look=300):
    """Every spelling that some cell of a column fits, the best first.

    Args:
        cells: list of text (lines,), empty where nothing stands.
        look: how many cells decide which spellings are tried on all of them.

    Returns:
        list of Reading
    """
    once = [*dict.fromkeys(cells)]  # those that occur again are read once
    again = len(once) < len(cells) / 2
    texts, shapes = _tidied(once if again else cells)
    kinds = (texts, shapes)
    if again:
        at = {cell: k for k, cell in enumerate(once)}
        rows = [at[cell] for cell in cells]
        texts = [texts[k] for k in rows]
    full = [text for text in texts if text]
    sample = full[:: max(1, len(full) // look)] + full[:20] + full[-20:]
    found = []
    for name, regex in _REGEX.items():
        if any(regex.fullmatch(text) for text in sample):
            if again and "part" not in regex.groupindex:
                reading = _read(name, regex, *kinds)
                stamps, minutes = reading.stamps[rows], reading.minutes[rows]
                reading = reading._replace(stamps=stamps, minutes=minutes)
            else:
                shapes = _tidied(cells)[1] if again else kinds[1]
                reading = _read(name, regex, texts, shapes)
            if np.isfinite(reading.stamps).any():
                found.append(reading)
    counts = {each.spelling: np.isfinite(each.stamps).sum() for each in found}
    counts = {name: counts[name] for name in counts.keys() - _dropped(full, counts)}
    found = [each for each in found if each.spelling in counts]
    for later, earlier in _AFTER.items():
        best = max((counts.get(name, 0) for name in earlier), default=0)
        if later in counts and best >= counts[later]:
            found = [each for each in found if each.spelling != later]
    return sorted(found, key=lambda each: -counts[each.spelling])


def _tidied(cells):
    """All cells as `tidy` has them, and rows of a shape such as 9999-99-99 (digits as 9).

    Whether there is anything to tidy shows in the shape alone.
    """
    found = [cell.translate(_NINES) for cell in cells]
    clear = {shape: _is_clear(shape) for shape in {*found}}
    pairs = zip(cells, found, strict=True)
    once = {cell: tidy(cell) for cell in {c for c, shape in pairs if not clear[shape]}}
    lower = {shape: shape.lower().rstrip(".") for shape in clear if clear[shape]}
    texts, shapes = [], {}
    for k, (cell, shape) in enumerate(zip(cells, found, strict=True)):
        if shape in lower:
            text, shape = cell.lower().rstrip("."), lower[shape]
        else:
            text = once[cell]
            shape = text.translate(_NINES)
        texts.append(text)
        if shape in shapes:
            shapes[shape].append(k)
        else:
            shapes[shape] = [k]
    return texts, shapes


def _groups(regex, texts, shapes):
    """Rows of texts that are spelt so, and what each group of the spelling holds there.

    Texts of one shape have their groups at the same places: where there are many, one of
    them is matched, and every year (half, quarter …) among them once.
    """
    rows, found = [], []
    slow = {"milli", "serial"} & {*regex.groupindex}  # these ask for certain digits
    for shape, here in shapes.items():
        hit = regex.fullmatch(texts[here[0]]) if shape and len(here) > 50 else None
        if slow or hit is None:
            hits = [(k, hit) for k in here if (hit := regex.fullmatch(texts[k]))]
            rows.append(np.array([k for k, _ in hits], int))
            columns = [*zip(*(hit.groups("") for _, hit in hits), strict=True)]
            found.append([np.array(column, str) for column in columns] or None)
            continue
        letters = np.array([texts[k] for k in here], f"U{len(shape)}")
        letters = letters.view("U1").reshape(len(here), -1)
        good, cut = np.ones(len(here), bool), []
        for key, at in regex.groupindex.items():
            start, stop = hit.span(at)
            if start == stop:
                cut.append(np.full(len(here), "", "U1"))
                continue
            part = np.ascontiguousarray(letters[:, start:stop])
            cut.append(part.view(f"U{stop - start}").ravel())
            if key in ("y", "q", "half_year", "wd"):
                kinds, which = np.unique(cut[-1], return_inverse=True)
                text = hit.string
                tried = [text[:start] + kind + text[stop:] for kind in kinds]
                good &= np.array([bool(regex.fullmatch(t)) for t in tried])[which]
        rows.append(np.array(here)[good])
        found.append([column[good] for column in cut])
    rows, found = np.concatenate(rows), [each for each in found if each]
    order = np.argsort(rows, kind="stable")
    groups = [np.concatenate(each)[order] for each in zip(*found, strict=True)]
    return rows[order], dict(zip(regex.groupindex, groups, strict=False))


def _dropped(full, counts):
    """Spellings that the column as a whole rules out, though single cells fit them."""
    out = set()
    months, decimal = counts.get("year-month", 0), counts.get("decimal year", 0)
    if months and decimal:
        parts = [text[5:] for text in full if text[4:5] in (".", ",")]
        if parts and {*parts} <= {
            "0",
            "5",
        }:  # 1700.5, 1701.5: the middle of each year, no May
            out.add("year-month")
        elif months >= len(parts):  # 1990 among 1990.01 … 1990.12 is no January
            out.add("decimal year")
    days = counts.get("year-month-day of six digits", 0)
    if counts.get("compact month", 0) > 0.6 * days:  # of days a third is 12 at most
        out.add("year-month-day of six digits")
    return out


def _by_others(name, groups, year):
    """Groups of a spelling after what the cells say together, and a note on it.

    Returns:
        tuple: groups, or None if these cells are not in that spelling; the note.
    """
    if name in ("year-week", "compact week"):  # months unless there are 14, 15 …
        weeks = {*groups["w"]}
        late = sum(week > "13" for week in weeks)
        years = len({*year})
        return (groups if late > 2 and len(year) > 2 * years else None), ""
    key = "m" if name == "year-month" else "w" if "w" in groups else None
    if key is None:
        return groups, ""
    kinds, again = {*groups[key]}, len({*year}) > 1
    low = {each.lstrip("0") for each in kinds} if key == "w" else kinds
    if again and low == {*"1234"}:
        return groups | {"q": groups[key]}, " (1 to 4 in every year: quarters)"
    lone = {each for each in kinds if len(each) == 1}
    if key == "m" and lone == {"1"} and {"01", "09"} <= kinds and "10" not in kinds:
        months = np.where(groups["m"] == "1", "10", groups["m"])
        return groups | {"m": months}, (
            f" ({year[0]}.1 is October, of which a spreadsheet has cut the 0)"
        )
    return groups, ""


def _read(name, regex, texts, shapes):
    """One spelling of all cells."""
    rows, groups = _groups(regex, texts, shapes)
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
    groups, note = _by_others(name, groups, year)
    if groups is None:
        return Reading(name, stamps, minutes)
    if len(year) and year.max() < 100:
        year = year + np.where(year < 69, 2000, 1900)
    month, good = part("m", 1), np.ones(len(rows), bool)
    if "mm" in regex.groupindex:
        month = np.maximum(part("mm", 1), month)
    if "q" in groups:
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
    if "w" in groups and "q" not in groups:  # ISO: the first week holds 4 January
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
        zones = np.char.add(groups["zone"], groups["zone2"])
        kinds, which = np.unique(zones, return_inverse=True)
        minutes[rows] = np.array([_minutes(str(zone)) for zone in kinds])[which]
    return Reading(name, stamps, minutes, note)


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
    for size in (1, 2, 4, 12):
        if abs(step * size - 1) < 0.1:
            months = np.floor(share * size + 0.25).astype("int64") * (12 // size)
            months = months + start.astype("datetime64[M]").astype("int64")
            return months.astype("datetime64[M]").astype("datetime64[us]")
    first = start.astype("datetime64[D]")
    length = ((start + 1).astype("datetime64[D]") - first).astype("int64")
    days = np.floor(share * length + 0.25).astype("timedelta64[D]")
    return (first + days).astype("datetime64[us]")
