"""Layouts of other people's tables: marks, names, first lines, dates from left to right."""

import bz2
import lzma
import time

import numpy as np
import pandas as pd
import pytest

from forecast.read import read_own
from forecast.table import read_table
from utils.datasets import DataError

N = 72
VALUES = np.round(500 + 100 * np.sin(np.arange(N) * np.pi / 6) + np.arange(N) % 7, 1)
MONTHS = pd.date_range("2015-01-01", periods=N, freq="MS")
DAYS = pd.date_range("2024-01-03", periods=N, freq="D")
PLAIN = "date,value\n" + "".join(
    f"{d.date()},{v}\n" for d, v in zip(DAYS, VALUES, strict=True)
)
COMMA = [str(v).replace(".", ",") for v in VALUES]


def lines(form, dates=MONTHS, values=VALUES):
    """A line for each value; ``{d}`` is its date, ``{v}`` the value."""
    return "".join(
        form.format(d=d, v=v) + "\n" for d, v in zip(dates, values, strict=True)
    )


def wide(form, before="a,", after="", above="name,", behind=""):
    """Dates in one line, values in the next."""
    heads = ",".join(form.format(d=d) for d in MONTHS)
    row = ",".join(map(str, VALUES))
    return f"{above}{heads}{behind}\n{before}{row}{after}\n"


def two(form, **kwargs):
    """The same with a second series below."""
    text = wide(form, **kwargs)
    other = kwargs.get("before", "a,").replace("a", "b", 1)
    low = ",".join(f"{v / 2:.2f}" for v in VALUES)
    return f"{text}{other}{low}{kwargs.get('after', '')}\n"


def years(first=2015, form="{year}", names=(), low=0):
    """Six lines of twelve months, the first of them at ``low``."""
    head = f"Year,{','.join(names)}\n" if names else ""
    return head + "".join(
        f"{form.format(year=first + k, after=(first + k + 1) % 100)},"
        + ",".join(map(str, VALUES[12 * k : 12 * k + 12]))
        + "\n"
        for k in range(6)
    )


NAMES = [f"{month:%b}" for month in MONTHS[:12]]
FISCAL = [*NAMES[3:], *NAMES[:3]]
SPACED = years().replace(",", "   ")
MEANS = "".join(
    f"{line},{VALUES[12 * k : 12 * k + 12].mean():.1f}\n"
    for k, line in enumerate(years().splitlines())
)


def meter(count, heads):
    """Three days of ``count`` steps each."""
    many = np.round(np.resize(VALUES, 3 * count) + np.arange(3 * count), 1)
    text = "DATE," + ",".join(heads) + "\n"
    for k in range(3):
        row = ",".join(map(str, many[count * k : count * (k + 1)]))
        text += f"2024-01-{k + 1:02d},{row}\n"
    return text, many


HALVES = pd.date_range("2024-01-01", periods=48, freq="30min")

#: Text or bytes, options, first date of the same values.
SAME = {
    "UTF-32": (PLAIN.encode("utf-32"), {}, "2024-01-03"),
    "bzip2": (bz2.compress(PLAIN.encode()), {}, "2024-01-03"),
    "xz": (lzma.compress(PLAIN.encode()), {}, "2024-01-03"),
    "formulas of text": (
        "date,value\n" + lines('="{d:%Y-%m-%d}",="{v}"'), {}, "2015-01-01"),
    "single quotes": ("'date','value'\n" + lines("'{d:%Y-%m-%d}','{v}'"), {}, "2015-01-01"),
    "whole lines quoted": ('"date,value"\n' + lines('"{d:%Y-%m-%d},{v}"'), {}, "2015-01-01"),
    "mostly words": (
        "Land;Art;Einheit;Zeit;Wert\n" + lines("DE;Import;EUR;{d:%Y-%m};{v}", values=COMMA),
        {}, "2015-01-01"),
    "mostly words, a comma in the names": (
        "Land;Art;Einheit;Zeit;Wert, real\n"
        + lines("DE;Import;EUR;{d:%Y-%m};{v}", values=COMMA), {}, "2015-01-01"),
    "tabs and blanks": (
        "series_id   \tyear\tperiod\t   value\n" + lines("CU1   \t{d:%Y}\tM{d:%m}\t  {v}"),
        {}, "2015-01-01"),
    "a comma above a table without names": (
        "Index: Land, Monate;\n" + lines("{d:%Y-%m};{v}", values=COMMA), {}, "2015-01-01"),
    "a date in the preamble": (
        "Run date,15/03/2024,\nDate,A,note\n" + lines("{d:%d/%m/%Y},{v},x"), {}, "2015-01-01"),
    "dates in every cell above": (
        "Title,Cash rate,Other\nUnits,Percent,Percent\nPublished,01-Mar-2024,01-Mar-2024\n"
        "Series,FIRM,FIRI\n" + lines("{d:%d/%m/%Y},{v},1{v}"), {"value": "FIRM"}, "2015-01-01"),
    "years above": (
        "Years:,2015 to 2020\nMonth,Price\n" + lines("{d:%Y-%m},{v}"), {}, "2015-01-01"),
    "widths of columns": (
        "# gauge\nagency\tdate\tflow\n5s\t20d\t14n\n" + lines("US\t{d:%Y-%m-%d}\t{v}"),
        {}, "2015-01-01"),
    "a unit is a name": (
        "Zähler;4711\n\nDatum;kWh\n" + lines("{d:%d.%m.%Y};{v}", values=COMMA),
        {"value": "kWh"}, "2015-01-01"),
    "a unit is a name, no blank line": (
        "Zähler;4711\nDatum;kWh\n" + lines("{d:%d.%m.%Y};{v}", values=COMMA),
        {"value": "kWh"}, "2015-01-01"),
    "units below names": (
        "Datum;Last\n;kWh\n" + lines("{d:%d.%m.%Y};{v}", values=COMMA),
        {"value": "Last"}, "2015-01-01"),
    "Jan-15": (two("{d:%b-%y}"), {"only": "name=a"}, "2015-01-01"),
    "January 2015": (wide("{d:%B %Y}"), {}, "2015-01-01"),
    "1/22/20": (
        two("{d.month}/{d.day}/{d:%y}", above="name,Lat,Long,", before="a,1.5,2.5,"),
        {"only": "name=a"}, "2015-01-01"),
    "behind an id": (
        two("{d:%Y-%m}", above="id,name,", before="17,a,").replace("\n17,b", "\n18,b"),
        {"only": "name=a"}, "2015-01-01"),
    "told apart by an id alone": (
        two("{d:%Y-%m}", above="id,", before="1a,").replace("1a", "17").replace("1b", "18"),
        {"only": "id=17"}, "2015-01-01"),
    "columns behind": (
        two("{d:%Y-%m}", behind=",Total,Change %", after=",900.5,1.5"),
        {"only": "name=a"}, "2015-01-01"),
    "units below dates": (
        wide("{d:%b-%y}").replace("\na,", "\n," + "Dollars," * (N - 1) + "Dollars\na,", 1),
        {}, "2015-01-01"),
    "year, twelve numbers, no names": (SPACED, {}, "2015-01-01"),
    "year, twelve numbers and their mean": (MEANS, {}, "2015-01-01"),
    "fiscal years": (
        years(form="{year}/{after:02d}", names=FISCAL), {}, "2015-04-01"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_layouts_are_read(name, tmp_path):
    text, options, first = SAME[name]
    path = tmp_path / "own.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    series, report = read_own(path, **options)
    np.testing.assert_allclose(series, VALUES)
    assert series.index[0] == pd.Timestamp(first)
    if name == "columns behind":
        assert "'Total', 'Change %' left out" in " ".join(report)


def test_years_with_remarks_in_brackets_and_letters_before_them(tmp_path):
    path = tmp_path / "own.csv"
    for form in ("{0} [YR{0}]", "X{0}", "Y{0}"):
        heads = ",".join(form.format(year) for year in range(1960, 1960 + N))
        path.write_text(
            f"Country,Code,{heads}\nUtopia,UT,{','.join(map(str, VALUES))}\n"
        )
        series, _ = read_own(path)
        np.testing.assert_allclose(series, VALUES)
        assert series.index[0] == pd.Timestamp("1960-01-01")


@pytest.mark.parametrize(
    ("count", "heads", "first"),
    [
        (48, [f"{h:%H:%M}" for h in HALVES], "00:00"),
        (48, [f"{h:%H%M}" for h in HALVES], "00:00"),
        (48, [str(k) for k in range(1, 49)], "00:00"),
        (48, [f"{h:%H:%M}" for h in [*HALVES[1:], HALVES[0]]], "00:00"),
        (96, [f"{k // 4}:{k % 4 * 15:02d}" for k in range(96)], "00:00"),
        (24, [f"{k:02d}:00" for k in range(1, 25)], "00:00"),
        (24, [f"HE{k}" for k in range(1, 25)], "00:00"),
    ],
)
def test_clocks_across_are_all_read(count, heads, first, tmp_path):
    text, values = meter(count, heads)
    path = tmp_path / "own.csv"
    path.write_text(text)
    series, report = read_own(path)
    np.testing.assert_allclose(series, values)
    assert str(series.index[0]) == f"2024-01-01 {first}:00"
    said = "each at the beginning of its" in " ".join(report)
    assert said == (heads[0] not in ("00:00", "0000", "0:00"))


def test_clocks_of_which_some_would_be_lost_are_asked(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(meter(30, [f"{h:%H:%M}" for h in HALVES[:30]])[0])
    with pytest.raises(DataError, match="several columns of numbers"):
        read_own(path)


def test_a_fiscal_year_is_asked_and_the_answer_works(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(years(names=FISCAL))
    with pytest.raises(
        DataError, match=r"2015 in line 2.*as 2015/2016 if Apr is in 2015"
    ):
        read_own(path)
    path.write_text(years(form="{year}/20{after:02d}", names=FISCAL))
    assert read_own(path)[0].index[0] == pd.Timestamp("2015-04-01")


def test_twelve_numbers_that_are_no_months_stay_columns(tmp_path):
    path = tmp_path / "own.csv"
    gaps = years().replace("2017,", "2019,", 1)  # no consecutive years
    path.write_text(gaps)
    with pytest.raises(DataError, match="several columns of numbers"):
        read_own(path, least=3)
    path.write_text(years())  # and the column of one month is there for who names it
    assert read_own(path, least=3, value="2")[0].to_list() == VALUES[::12].tolist()


def test_dates_in_three_columns_of_each_line_are_no_names(tmp_path):
    path = tmp_path / "own.csv"
    text = lines("x,{d:%Y-%m-%d},{d:%Y-%m}-03,{d:%Y-%m}-05,{v}")
    for head in ("", "who,made,sent,come,cost\n"):
        path.write_text(head + text)
        table = read_table(path)
        assert table.cells.shape == (N, 5) and table.head == bool(head)


def test_a_wide_table_of_full_size_takes_seconds(tmp_path):
    days = pd.date_range("2020-01-22", periods=1100, freq="D")
    heads = ",".join(f"{d.month}/{d.day}/{d:%y}" for d in days)
    text = "".join(
        f",{chr(97 + k // 26)}{chr(97 + k % 26)},{k}.5,{k}.25,"
        + ",".join(map(str, range(k, k + 1100)))
        + "\n"
        for k in range(289)
    )
    path = tmp_path / "own.csv"
    path.write_text(f"Province,Country,Lat,Long,{heads}\n{text}")
    start = time.process_time()
    with pytest.raises(DataError, match=r'289 series.*--only "Country=aa"'):
        read_own(path)
    assert time.process_time() - start < 12
    start = time.process_time()
    series, _ = read_own(path, only="Country=ah")
    assert series.to_list() == [*range(7, 1107)]
    assert time.process_time() - start < 6


_LINES = "".join(f"2020-01-{k:02d},{k}.5\n" for k in range(1, 31))


@pytest.mark.parametrize(
    "text",
    [
        "date,value\n\u200e" + _LINES,
        "date,value\n"
        + _LINES.replace("\n2020-01-20", "\n\ufeffDate,Value\n2020-01-20"),
        "date,value\n" + _LINES.replace("2020-01-07,", "2020-01-07,\0"),
        "date,value\n" + _LINES + "Source: Office, A, B, 2024\n",
        "date,value\n" + _LINES + "Source: Office 2024, all rights reserved\n",
        "note,date,value\n" + "x" * 140_000 + "," + _LINES.replace("\n", "\n,", 29),
    ],
)
def test_what_is_no_data_does_not_disturb(tmp_path, text):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    series, _ = read_own(path, least=1)
    assert len(series) == 30 and series.iloc[-1] == 30.5
