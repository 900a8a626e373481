"""From a file of unknown kind to a table of text: what separates, where names and lines are."""

import bz2
import csv
import gzip
import lzma
import re
import zipfile
import zlib
from collections import Counter
from functools import lru_cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from forecast.figures import is_missing, is_number
from forecast.spelling import is_date
from forecast.wide import run
from utils.datasets import DataError

#: What may separate columns, and its name.
MARKS = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "bars", " ": "spaces"}

_PACKED = (
    zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
_LOOK = 80  # lines at the beginning that are looked at
_LONG = 80  # letters of a cell that is no date and no number: a whole line perhaps
_CELLS = 4000  # cells there of which dates and numbers are looked for
csv.field_size_limit(2**30)  # a long cell is no open quotation mark
_UNIT = re.compile(
    r"[\[(].*[\])]|-|%|°?[CF]|deg ?[CF]|\d+[sdn]|[mck]?m|[kMG]?Wh?|EUR|USD|hPa|units?",
    re.I,
)
_SHEETS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml", "mimetype")


class Table(NamedTuple):
    """All cells of a file as text.

    Attributes:
        cells: DataFrame of text, one column for each in the file, indexed by line number.
        mark: what separates the columns.
        head: line number of the columns' names; 0: the file has none.
        passed: {line number: text} of lines before, between and after that are no data.
        blank: how many lines were empty.
        notes: what was done to the file as a whole, as sentences.
        wider: {line number: text} of lines with more cells than there are names.
    """

    cells: pd.DataFrame
    mark: str
    head: int
    passed: dict
    blank: int
    notes: list
    wider: dict


def read_text(path):
    """The text of a file, and sentences on how it was read.

    Understands UTF-8, UTF-16, UTF-32 and Windows-1252 (Latin-1), packed by gzip, bzip2, xz
    or zip or not.

    Raises:
        DataError: no such file, or no text in it.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder; name the CSV file in it.")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"There is no file {path} (looked in {Path.cwd()}). Is the path right?"
        ) from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    raw, notes = _unpacked(path, raw)
    if raw[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        text = raw.decode("utf-32", errors="replace")
    elif raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", errors="replace")
    elif len(raw) > 3 and raw[1] == raw[3] == 0 and raw[0] and raw[2]:
        text = raw.decode("utf-16-le", errors="replace")
    elif raw[:1000].count(b"\0") > 3 or raw[:4] in (
        b"%PDF",
        b"PAR1",
        b"\xd0\xcf\x11\xe0",
    ):
        raise DataError(
            f"{path} is not text (a spreadsheet?). Export the sheet as CSV in UTF-8."
        )
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = raw.decode("cp1252")
            except UnicodeDecodeError:
                text = raw.decode("latin-1")
            notes.append("The file is not UTF-8; its letters were read as Latin-1.")
    if "\0" in text or not text.isascii():  # what nobody sees, before a date perhaps
        text = re.sub("[\0\u200b\u200e\u200f\u202a-\u202e\ufeff]", "", text)
    start = text.lstrip()[:200].lower()
    if re.match(r'\{\s*("|\})|\[\s*[\[{"\d-]', start):
        raise DataError(
            f"{path} is JSON, not a table. In Python: pd.read_json(…).to_csv(…); then give "
            "the CSV file."
        )
    if re.match(r"<(!doctype|html|\?xml|table|svg)", start):
        raise DataError(
            f"{path} is a web page or XML, not a table. Look for the page's download as CSV."
        )
    return re.sub(r"\r\n?", "\n", text), notes


def _unpacked(path, raw):
    try:
        if raw[:2] == b"\x1f\x8b":
            return gzip.decompress(raw), ["The file was unpacked (gzip)."]
        if raw[:3] == b"BZh":
            return bz2.decompress(raw), ["The file was unpacked (bzip2)."]
        if raw[:6] == b"\xfd7zXZ\0":
            return lzma.decompress(raw), ["The file was unpacked (xz)."]
        if raw[:4] in (b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd"):
            raise DataError(f"{path} is packed (7z, rar or zst). Unpack it first.")
        if raw[:2] != b"PK":
            return raw, []
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            names = [
                name
                for name in packed.namelist()
                if not name.endswith("/") and not name.startswith("__MACOSX")
            ]
            if any(name in _SHEETS for name in names):
                raise DataError(
                    f"{path} is a spreadsheet. Export the sheet as CSV in UTF-8."
                )
            if len(names) != 1:
                raise DataError(
                    f"{path} holds {len(names)} files ({', '.join(names[:5])}). Unpack it "
                    "and name one."
                )
            return packed.read(names[0]), [f"Unpacked from the archive: {names[0]}."]
    except DataError:
        raise
    except _PACKED as error:
        raise DataError(
            f"{path} cannot be unpacked ({error}). Is it whole? Export the sheet as CSV in "
            "UTF-8, or unpack it first."
        ) from None


def read_table(path):
    """Find what separates the columns, their names and the lines of data.

    Raises:
        DataError: the file is no text, is empty, has no lines of data, or a quotation mark
            is never closed.
    """
    text, notes = read_text(path)
    lines = text.split("\n")
    if lines and (told := re.fullmatch(r"sep=(.)", lines[0].strip(" \ufeff"))):
        marks = [told[1]]
    else:
        marks = list(MARKS)
    full = [k for k, line in enumerate(lines) if line.strip(" \t;,|")]
    hashed = [k for k in full if re.match(r"#[^\s#]", lines[k])]
    if len(hashed) > len(full) / 2:  # names of orders such as #1001: no comments
        for k in hashed:
            lines[k] = lines[k][1:]
    if bare := _unquoted([lines[k] for k in full]):
        notes.append("Quotation marks around whole lines were taken away.")
        for k, line in zip(full, bare, strict=True):
            lines[k] = line
    if len(full) < 2:
        raise DataError(
            f"{path} has {len(full)} lines; a header and values are needed."
        )
    look = full[:_LOOK]
    block = "\n".join(lines[look[0] : look[-1] + 1])
    guesses = {mark: _block(block, mark) for mark in marks}
    mark = max(guesses, key=lambda m: (guesses[m].even and m != " ", guesses[m].score))
    found = guesses[mark]
    offset = look[0]  # lines before the first that is not empty
    first = found.first + offset
    head = None if found.head is None else found.head + offset
    start = first if head is None else head
    passed = {k + 1: lines[k] for k in range(first) if k != head and lines[k].strip()}
    rows, ends, at = [], [], start
    lines[start] = re.sub(r"^#+ *", "", lines[start])
    even = head is None or lines[head].count(mark) == found.width - 1
    plain = _plain(lines, first if even else len(lines), mark, found.width)
    rest = lines[start:]
    for k in plain.index:
        rest[k - start - 1] = ""
    reader = _reader("\n".join(rest), mark)
    try:
        for row in reader:
            if row or not len(plain):
                rows.append(_stripped(row))
                ends.append(at + 1)
            at = start + reader.line_num
    except csv.Error as error:
        raise DataError(
            f"{path}, near line {at + 1}: {error}. Is a quotation mark opened there and never "
            "closed?"
        ) from None
    names = None if head is None else rows[0]
    if names is not None and head + 1 < first:  # lines of units between names and data
        drop = sum(end <= first for end in ends)
        rows, ends = [rows[0], *rows[drop:]], [ends[0], *ends[drop:]]
    body = list(zip(ends, rows, strict=True))[head is not None :]
    blank = len(lines) - len(full) - (not lines[-1])
    data, wider = [], {}
    width = found.width
    if names is not None:
        while len(names) > width and not names[-1]:
            names.pop()
        if len(names) == width - 1 and _counted([row for _, row in body]):
            names = ["", *names]  # R writes no name above its line numbers
        width = len(names)
    for line, row in body:
        if not any(row):
            continue
        if row[0].startswith("#"):
            passed[line] = lines[line - 1]
            continue
        while len(row) > width and not row[-1]:
            row = row[:-1]
        if len(row) > width and _footer(row, line, lines):
            passed[line] = lines[line - 1]
        elif len(row) > width:
            wider[line] = (len(row), lines[line - 1])
        else:
            data.append((line, row + [""] * (width - len(row))))
    if len(wider) > len(data) + len(plain):
        line, (count, shown) = next(iter(wider.items()))
        raise DataError(
            f"{path}, line {line} has {count} cells, the header {width}: {shown!r}. If the "
            "numbers have decimal commas, separate the columns by semicolons."
        )
    given = names or [""] * width
    cells = pd.DataFrame(
        [row for _, row in data],
        index=[line for line, _ in data],
        columns=range(width),
        dtype=object,
    )
    if len(plain):
        cells = pd.concat([cells, plain]).sort_index() if data else plain
    for k in _again(cells, names):
        passed[int(cells.index[k])] = lines[cells.index[k] - 1]
    cells = cells.drop(index=cells.index[_again(cells, names)])
    if cells.empty:
        raise DataError(f"{path} has no lines of values below its header.")
    names = [name or f"column {k}" for k, name in enumerate(given, 1)]
    cells.columns = _different(names)
    unnamed = [
        k for k, name in enumerate(given) if not name and not cells.iloc[:, k].any()
    ]
    cells = cells.drop(columns=cells.columns[unnamed])
    head = 0 if head is None else head + 1
    return Table(cells, mark, head, dict(sorted(passed.items())), blank, notes, wider)


def _plain(lines, first, mark, width):
    """The lines without quotation marks and of that many cells, as a table; maybe none.

    Nearly all lines of a long file are such, and are cut at once.
    """
    columns = range(width)
    if mark == " " or width < 2 or any('"' in line for line in lines):
        return pd.DataFrame(columns=columns, dtype=object)
    here = [
        k
        for k in range(first, len(lines))
        if lines[k].count(mark) == width - 1
        and lines[k].strip(" \t;,|")
        and lines[k].lstrip()[:1] != "#"
    ]
    flat = mark.join([lines[k] for k in here]).split(mark)
    cells = {k: _stripped(flat[k::width]) for k in columns} if here else {}
    index = [k + 1 for k in here]
    return pd.DataFrame(cells, index=index, columns=columns, dtype=object)


def _footer(row, line, lines):
    """Whether a line is one of the last and begins with a word: ``Source: A, B, 2024``."""
    word = re.match(r"[^\W\d_]{3,}", row[0]) and not is_date(row[0])
    last = len(lines) > 20 and line > len(lines) - 10
    return bool(word and last and not any(map(is_number, row[:2])))


def _again(cells, names):
    """Positions of lines that repeat the names, small letters for large ones or not."""
    here = range(len(cells))
    for k, name in enumerate(names or []):
        column = cells[k].to_list()
        here = [row for row in here if column[row].lower() == name.lower()]
        if not here:
            break
    return [*here] if names and any(names) else []


def _reader(text, mark):
    if mark == " ":
        text = re.sub(r"(?m)^ +| +$", "", text)
    return csv.reader(
        StringIO(text), delimiter=mark, strict=True, skipinitialspace=True
    )


def _unquoted(lines):
    """Lines without the quotation marks around each of them; None: they are not such."""
    if any(line[:1] + line[-1:] != '""' for line in lines):
        return None
    try:
        cells = [
            next(csv.reader([line], delimiter="\0", strict=True)) for line in lines
        ]
    except csv.Error:
        return None  # marks around cells, not around lines
    marked = sum(any(mark in cell[0] for mark in ";,\t|") for cell in cells)
    return [cell[0] for cell in cells] if marked > len(lines) / 2 else None


def _stripped(row):
    """Cells without blanks around them, and without ``="…"`` or single quotation marks."""
    cells = [cell.strip() for cell in row]
    if any(cell[:1] in "='" for cell in cells if cell):
        cells = [re.sub(r"""^(?:="(.*)"|'(.*)')$""", r"\1\2", cell) for cell in cells]
    return cells


class _Block(NamedTuple):
    even: bool  # whether the names and the lines below have equally many cells
    score: float  # how well a mark makes a table of the beginning; among even ones, or others
    width: int
    head: int | None  # line of the names, counted from 0; None: there are none
    first: int  # line of the first data


def _block(text, mark):
    """How well a mark cuts the beginning of a file into columns of dates and numbers."""
    comments = {k for k, line in enumerate(text.split("\n")) if line.startswith("#")}
    rows, reader, at = [], _reader(re.sub(r"(?m)^#+ *", "", text), mark), 0
    try:
        for row in reader:
            rows.append((at, _stripped(row)))
            at = reader.line_num
    except csv.Error:
        pass  # what was read before is judged; the whole file is read more strictly
    rows = [(k, row) for k, row in rows if any(row)]
    plain = [(k, row) for k, row in rows if k not in comments]
    if not plain:
        return _Block(False, -1, 1, None, 0)
    widths = Counter(len(row) for _, row in plain)
    width = max(widths, key=lambda w: (widths[w], w))
    seen = [(k, row) for k, row in plain if len(row) == width]
    seen = dict(seen[: max(20, _CELLS // width)])  # of a wide table the first lines
    kinds = {k: [_typed(cell) for cell in row] for k, row in seen.items()}
    patterns = Counter(tuple(kind is True for kind in each) for each in kinds.values())
    usual = max(patterns, key=lambda p: (sum(p) > 0, patterns[p], sum(p)))
    head, first = _across(seen, kinds, usual)
    if head is None:
        place = _place(seen, usual)
        data = (k for k in kinds if _data(seen[k], kinds[k], usual, place))
        first = next(data, min(kinds))
        above = [(k, row) for k, row in rows if k < first]
        columns = zip(*kinds.values(), strict=True)
        filled = sum(any(kind is not None for kind in each) for each in columns)
        above = [
            (k, row)
            for k, row in above
            if sum(map(bool, row))
            >= max(1, width / 2 if len(row) == width else filled - 1)
            if len(row) <= width + 1 and (len(row) > 1 or width == 1)
            if k not in comments or len(row) == width
        ]
        head = _names(above, comments, width)
    above = 0 if head is None else head
    below = [len(row) == width for k, row in plain if k >= above]
    even = (
        width > 1
        and (head is not None or mark != ",")
        and all(below[:3])
        and sum(below) > 0.9 * len(below)
    )
    typed = [kind for each in kinds.values() for kind in each if kind is not None]
    share = widths[width] / len(plain)
    score = share * (0.01 + sum(typed) / max(len(typed), 1)) if width > 1 else 0.0
    if even:  # a mark that cuts the dates and numbers themselves leaves fewer of them
        score = sum(typed) / len(kinds)
    return _Block(even, score, width, head, first)


def _names(above, comments, width):
    """Line of the names among lines above the data: the nearest that names all columns.

    Lines of units and comments are taken only if there is no other.
    """
    lines = dict(above)

    def units(k):
        """Whether a line says in what is measured, as the names above it do not."""
        row = [cell for cell in lines[k] if cell]
        found = sum(bool(_UNIT.fullmatch(cell)) for cell in row)
        over = k - 1 in lines and not any(map(_typed, lines[k - 1]))
        return found == len(row) or (found > 0 and over)

    def worth(k):
        row = [cell for cell in lines[k] if cell]
        days = [
            cell for cell in row if is_date(cell) and not re.fullmatch(r"\d+", cell)
        ]
        return (
            not lines[k][0].startswith("#"),
            not units(k),
            len(days) != 1,  # "Last updated: 14 February 2024"
            min(len({*row}), width),
            k,
        )

    return max(lines, key=worth, default=None)


@lru_cache(maxsize=50_000)
def _typed(cell):
    """Whether a cell is a date or a number; None: it is empty."""
    if len(cell) > _LONG:
        return False
    return None if is_missing(cell) else is_number(cell) or is_date(cell)


def _place(rows, usual):
    """The column of dates that no number is like, or the first of dates and numbers."""
    asked = [k for k, there in enumerate(usual) if there]
    dates = [
        sum(not is_number(row[k]) and is_date(row[k]) for row in rows.values())
        for k in asked
    ]
    return asked[dates.index(max(dates))] if asked else None


def _data(row, kinds, usual, place):
    """Whether a line has dates and numbers where the others have them, or digits at least.

    A word in the column ``place`` of dates, or units alone, make no line of data.
    """
    asked = [k for k, there in enumerate(usual) if there]
    if asked and place == asked[0] and len(row[place]) > 5 and is_date(row[place]):
        return True  # whatever stands beside it
    if asked and kinds[place] is False and not re.search(r"\d", row[place]):
        return False
    if all(_UNIT.fullmatch(cell) for cell in row if cell):
        return False
    found = [kinds[k] for k in asked]
    alike = sum(kind is not False for kind in found) > len(found) / 2 and True in found
    broken = len(asked) > 1 and all(re.search(r"\d", row[k]) for k in asked)
    return alike or broken


def _across(rows, kinds, usual):
    """Lines of the names and of the first data if dates stand from left to right; or None.

    Such names, as in ``country,2019,2020,2021``, stand above the data behind words or
    nothing, and the line below holds no such dates itself.
    """
    place = next((k for k, there in enumerate(usual) if there), None)
    for k, below in zip(rows, [*rows][1:], strict=False):
        across = run(rows[k])
        before = kinds[k][: across.start] if across else []
        if across and before and True not in before:
            under = run(rows[below][across.start : across.stop])
            if under is None or len(under) < len(across):
                data = []  # a line of units has words only
                for line in (line for line in rows if line > k):
                    found = {kinds[line][at] for at in across}
                    data += [line] if True in found or False not in found else []
                return k, min(data, default=below)
        if _data(rows[k], kinds[k], usual, place):
            break
    return None, 0


def _counted(rows):
    """Whether the first column numbers the lines."""
    cells = [row[0] for row in rows if any(row)]
    return any(cells == [str(k + one) for k in range(len(cells))] for one in (0, 1))


def _different(names):
    """Names, a second of a kind as ``sold (2)``."""
    seen, out = Counter(), []
    for name in names:
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out
