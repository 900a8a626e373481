"""Small files of every kind that people bring: read rightly, or asked about by name."""

import gzip
import io
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.read import REPAIRS, Faulty, read_own
from utils.datasets import DataError

FOLDER = Path(__file__).parent / "csv"


def days(first, count, freq="D"):
    return pd.date_range(first, periods=count, freq=freq)


LOAD, MARCH = [41, 44, 39], days("2024-03-04", 3)

#: File: values, dates, words that the report must hold.
READ = {
    "a3_fiscal_quarters": (
        [41, 44, 47, 52, 43], days("2022-03-01", 5, "QS-MAR"), ["spelt year-month-day"]),
    "a4_month_ends": ([41, 44, 47, 52, 43], days("2023-01-31", 5, "ME"), []),
    "b4_three_decimals": (
        [0.459, 0.462, 0.458, 0.47, 0.466], days("2024-03-24", 5), ["decimal comma"]),
    "c1_preamble": (LOAD, days("2024-03-03", 3, "7D"), ["line 1 ('Category: all')", "in line 3"]),
    "c2_comments": (
        [311.2, 312.0, 312.9], days("2024-01", 3, "MS"), ["line 2 ('# unit: ppm')", "in line 3"]),
    "c3_footer": (LOAD, days("2024-01", 3, "MS"), ["line 6 ('Source: own survey')"]),
    "c5_commas_in_header": (LOAD, MARCH, ["semicolons", "'Menge (t, netto, trocken)'"]),
    "d1_month_names": (LOAD, days("2024-01", 3, "MS"), ["'Jan-24' in line 2 is 2024-01-01"]),
    "d2_am_pm": (LOAD, days("2024-03-14 13:00", 3, "h"), []),
    "d3_interval": (LOAD, days("2024-03-14", 3, "h"), []),
    "d5_compact": (LOAD, MARCH, []),
    "d8_spelled_date": ([17.2, 17.4, 17.1], MARCH, []),
    "e1_suffix": ([1.5e6, 900200, 1.2e6], MARCH, ["K, M and the like"]),
    "e2_percent": ([4.1, 4.2, 4.0], MARCH, ["per cent"]),
    "f1_mac_line_ends": (LOAD, MARCH, []),
}  # fmt: skip

#: File: words of the refusal; options that settle it; values and first date then.
ASKED = {
    "a1_point_thousands": (
        ["'1.012' in line 4", 'Choose "point"', '"thousands"'],
        {"repair": "thousands"}, [987, 994, 1012, 1031, 1020], "2024-03-24"),
    "a2_dollar_volume": (
        ["['Close', 'Volume']", "--value"],
        {"value": "Close"}, [17.2, 17.35, 17.1, 17.44, 17.5], "2024-03-04"),
    "b1_date_and_hour": (
        ["21 of 26 steps have no value, first 2024-03-04 03:00:00", "Choose"],
        {"repair": "cut"}, [12, 7, 5], "2024-03-04"),
    "b2_panel": (
        ["2 series", "'shop' tells them apart (north, south)", '--only "shop=north"', '"sum"'],
        {"only": "shop=north"}, [12, 11, 13], "2024-03-04"),
    "b3_no_header": (
        ["['column 4', 'column 5']", "'column 1' + 'column 2'", "--value"],
        {"value": "4", "only": "column 1=2019"}, [7.5, 8.1, 9.9], "2019-01-01"),
    "b6_values_taken_as_dates": (
        ["['Sold', 'Staff']", "dates in 'Month'"],
        {"value": "Sold"}, [1510, 1620, 1480, 1705, 1790], "2023-01-01"),
    "c6_wide": (
        ["'country' tells them apart", '--only "country=Atlantis"'],
        {"only": "country=Utopia"}, [41, 44, 39, 47], "2019-01-01"),
    "d6_two_digit_year": (
        ["8 of 11 steps have no value, first 2024-03-06"],
        {"repair": "cut"}, [41, 44], "2024-03-04"),
    "g1_no_dates": (
        ["no column of dates", '"number" (number the lines'],
        {"repair": "number"}, [41, 44, 39, 47], "2001-01-01"),
}  # fmt: skip


def test_every_file_of_the_folder_has_its_answer():
    assert {path.stem for path in FOLDER.glob("*.csv")} == {*READ, *ASKED}


@pytest.mark.parametrize("name", READ)
def test_what_says_all_is_read(name):
    values, dates, words = READ[name]
    series, report = read_own(FOLDER / f"{name}.csv", least=3)
    np.testing.assert_allclose(series, values)
    assert list(series.index) == list(dates) and series.index.freq == dates.freq
    assert all(word in " ".join(report) for word in words) and not report.repairs


@pytest.mark.parametrize("name", ASKED)
def test_what_can_be_read_in_two_ways_is_asked(name):
    words, options, values, first = ASKED[name]
    with pytest.raises(DataError) as error:
        read_own(FOLDER / f"{name}.csv", least=2)
    assert all(word in str(error.value) for word in words), str(error.value)
    if name == "b3_no_header":  # gaps between the years: one of them
        options = {"value": "4", "repair": "cut"}
    series, _ = read_own(FOLDER / f"{name}.csv", least=2, **options)
    np.testing.assert_allclose(series, values)
    assert series.index[0] == pd.Timestamp(first)


def test_a_sum_over_a_panel_needs_all_of_its_series():
    series, report = read_own(FOLDER / "b2_panel.csv", least=2, repair="sum")
    assert list(series) == [82, 85]  # on 6 March the south is missing
    assert "1 date without all 2 series, first 2024-03-06" in " ".join(report)
    wide, _ = read_own(FOLDER / "c6_wide.csv", least=2, repair="sum")
    assert list(wide) == [53, 57, 50, 62]
    for wrong in ("shop=west", "shop", "town=x"):
        with pytest.raises(
            DataError, match=r"north, south|write it as|no column 'town'"
        ):
            read_own(FOLDER / "b2_panel.csv", only=wrong)


# What follows is made here: other files than those of the folder.

N = 72
VALUES = np.round(500 + 100 * np.sin(np.arange(N) * np.pi / 6) + np.arange(N) % 7, 1)
DAYS = days("2024-01-03", N)
ISO = [str(day.date()) for day in DAYS]


def table(dates, values, mark=",", head="date,value"):
    return "\n".join(
        [head, *(f"{d}{mark}{v}" for d, v in zip(dates, values, strict=True))]
    )


def comma(values, form="{:,.2f}"):
    swap = str.maketrans(",.", ".,")
    return [form.format(v).translate(swap) for v in values]


def packed(name, text, *others):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for each in (name, *others):
            archive.writestr(each, text)
    return raw.getvalue()


PLAIN = table(ISO, VALUES)
HOURS = days("2024-01-03", N, "h")
MONTHS = days("1958-03", N, "MS")
GERMAN = [
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Dezember",
]  # fmt: skip

#: Name: text or bytes, options. All hold the same values.
SAME = {
    "UTF-8 with its mark": (PLAIN.encode("utf-8-sig"), {}),
    "UTF-16": (PLAIN.encode("utf-16"), {}),
    "UTF-16 without its mark": (PLAIN.encode("utf-16-le"), {}),
    "gzip": (gzip.compress(PLAIN.encode()), {}),
    "zip": (packed("a.csv", PLAIN), {}),
    "euro": (table(ISO, [f"{v} €" for v in comma(VALUES)], ";", "Tag;Wert"), {}),
    "euro in Latin-1": (table(ISO, [f"{v} €" for v in VALUES]).encode("cp1252"), {}),
    "dollars": (table(ISO, [f"${v}" for v in VALUES]), {}),
    "per cent": (table(ISO, [f"{v} %" for v in VALUES]), {}),
    "columns without names": (
        "date,value,,\n" + "".join(f"{d},{v},,\n" for d, v in zip(ISO, VALUES, strict=True)), {}),
    "separators at the end": (PLAIN.replace("\n", ",\n").replace("value,", "value") + ",", {}),
    "quoted line ends": (
        "date,note,value\n"
        + "".join(f'{d},"two\nlines",{v}\n' for d, v in zip(ISO, VALUES, strict=True)), {}),
    "a total": (PLAIN + "\nTotal,9999.5\n", {}),
    "sources": (PLAIN + "\n\nSource: survey of 2020\nUpdated: 2024-05-01\n", {}),
    "the number of lines first": (
        ",date,value\n"
        + "".join(f"{k},{d},{v}\n" for k, (d, v) in enumerate(zip(ISO, VALUES, strict=True))), {}),
    "as R writes": (
        '"date","value"\n' + "".join(
            f'"{k}","{d}",{v}\n' for k, (d, v) in enumerate(zip(ISO, VALUES, strict=True), 1)), {}),
    "sep=": ("sep=;\n" + table(ISO, VALUES, ";", "d;v"), {}),
    "units": (table(["", *ISO], ["[MW]", *VALUES], ";", "d;v"), {}),
    "spreadsheet days": (table(range(45294, 45294 + N), VALUES), {"repair": "serial"}),
    "no names": ("\n".join(PLAIN.split("\n")[1:]), {}),
    "bars": (table(ISO, VALUES, "|", "d|v"), {}),
    "the newest first": (table(ISO[::-1], VALUES[::-1]), {}),
    "names twice": (
        "date,v,v\n" + "".join(f"{d},1,{v}\n" for d, v in zip(ISO, VALUES, strict=True)),
        {"value": "v (2)"}),
    "seconds": (table([int(h.timestamp()) for h in HOURS], VALUES, head="time,v"), {}),
    "milliseconds": (table([int(h.timestamp()) * 1000 for h in HOURS], VALUES, head="t,v"), {}),
    "hours 1 to 24": (
        "date,hour,v\n" + "".join(
            f"{h:%Y-%m-%d},{h.hour + 1},{v}\n" for h, v in zip(HOURS, VALUES, strict=True)), {}),
    "date and time": (
        "date,time,v\n" + "".join(
            f"{h:%d/%m/%Y},{h:%H:%M},{v}\n" for h, v in zip(HOURS, VALUES, strict=True)), {}),
    "from and to": (
        "Datum von;Datum bis;Last\n" + "".join(
            f"{h:%d.%m.%Y %H:%M};{h + pd.Timedelta('1h'):%d.%m.%Y %H:%M};{v}\n"
            for h, v in zip(HOURS, comma(VALUES), strict=True)), {}),
    "year, month, day": (
        "Year,Month,Day,v\n" + "".join(
            f"{d.year},{d.month},{d.day},{v}\n" for d, v in zip(DAYS, VALUES, strict=True)), {}),
    "year and name of the month": (
        "Year,Month,v\n" + "".join(
            f"{d.year},{d:%B},{v}\n" for d, v in zip(MONTHS, VALUES, strict=True)), {}),
    "periods M01": (
        "Series,Year,Period,Value\n" + "".join(
            f"X1,{d.year},M{d.month:02d},{v}\n" for d, v in zip(MONTHS, VALUES, strict=True)), {}),
    "months across": (
        "Global means\nYear,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec,J-D\n" + "\n".join(
            f"{1880 + k}," + ",".join(map(str, VALUES[12 * k : 12 * k + 12])) + ",***"
            for k in range(6)), {}),
    "hours across": (
        "date," + ",".join(f"{h:02d}:00" for h in range(24)) + "\n" + "\n".join(
            f"2024-01-{k + 1:02d}," + ",".join(map(str, VALUES[24 * k : 24 * k + 24]))
            for k in range(3)), {}),
    "years across": (
        "Month," + ",".join(str(2000 + k) for k in range(6)) + "\n" + "\n".join(
            f"{GERMAN[m]}," + ",".join(map(str, VALUES[m::12])) for m in range(12)), {}),
    "countries": (
        '"Source","World"\n\n"Name","Code",' + ",".join(f'"{y}"' for y in range(1950, 1950 + N))
        + ",\n" + "\n".join(f'"{n}","{n[:2]}",' + ",".join(f'"{v + k}"' for v in VALUES) + ","
                            for k, n in enumerate(("Utopia", "Atlantis"))),
        {"only": "Name=Utopia"}),
    "spaces, decimal years": (
        "# CO2\n" + "\n".join(
            f"  {d.year}  {d.month:2d}  {d.year + (d.month - 0.5) / 12:.4f}  {v:8.2f}   -1"
            for d, v in zip(MONTHS, VALUES, strict=True)), {"value": "4"}),
    "school years": (
        table([f"{1950 + k}/{(51 + k) % 100:02d}" for k in range(N)], VALUES, head="year,v"), {}),
    "long ago": (table(range(1500, 1500 + N), VALUES, head="year,v"), {}),
    "stock prices of three header lines": (
        "Price,Close,Volume\nTicker,X,X\nDate,,\n"
        + "".join(f"{d},{v},7{v}\n" for d, v in zip(ISO, VALUES, strict=True)),
        {"value": "Close"}),
    "an official table": (
        "Index;;;\nDeutschland;;;\n;;Index;Vorjahr\n" + "".join(
            f"{2015 + k // 12};{GERMAN[k % 12]};{v};0,1\n" for k, v in enumerate(comma(VALUES)))
        + "__________;;;\n© Amt;;;\n", {"value": "Index"}),
    "spaces between date, time and value": (
        "date time value\n" + "".join(
            f"{h:%Y-%m-%d} {h:%H:%M} {v}\n" for h, v in zip(HOURS, VALUES, strict=True)), {}),
    "year, month, day and hour": (
        "No,year,month,day,hour,v\n" + "".join(
            f"{k},{h.year},{h.month},{h.day},{h.hour},{v}\n"
            for k, (h, v) in enumerate(zip(HOURS, VALUES, strict=True), 1)), {"value": "v"}),
    "the value first": (
        "value,date\n" + "".join(f"{v},{d}\n" for d, v in zip(ISO, VALUES, strict=True)), {}),
    "in brackets": (table(ISO, [f"({v})" for v in VALUES]), {}),
    "kilowatt hours": (table(ISO, [f"{v} kWh" for v in VALUES]), {}),
    "weeks": (table([
        f"{d:%d/%m/%Y} - {d + pd.Timedelta('6D'):%d/%m/%Y}" for d in days("2024-01-01", N, "7D")
    ], VALUES), {}),
    "a panel of two columns": (
        "date,shop,item,sold\n" + "".join(
            f"{d},{s},{i},{v if (s, i) == ('A', 'y') else v + 1}\n"
            for d, v in zip(ISO, VALUES, strict=True) for s in "AB" for i in "xy"),
        {"only": ["shop=A", "item=y"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_other_files_are_read(name, tmp_path):
    text, options = SAME[name]
    path = tmp_path / "my $hop, été 1.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    series, _ = read_own(path, **options)
    sign = -1 if name == "in brackets" else 1  # as accountants write what is owed
    np.testing.assert_allclose(series, sign * VALUES)
    assert series.index.freq is not None


def doubtful():
    """Name, text, words of the refusal; a repair, and the values that it leads to (or None)."""
    twelve = [f"{k:02d}/01/2024" for k in range(1, 13)]
    yield (
        "12 days",
        table(twelve, range(12)),
        ['Choose "day-first"'],
        "day-first",
        range(12),
    )
    yield (
        "12 months",
        table(twelve, range(12)),
        ['"month-first"'],
        "month-first",
        range(12),
    )
    sums = VALUES[::2] + VALUES[1::2]
    twice = table([d for d in ISO[:36] for _ in "12"], VALUES)
    yield "receipts", twice, ["occurs again 36 times", 'Choose "sum"'], "sum", sums
    yield "readings", twice, ['or "average"'], "average", sums / 2
    copied = table([*ISO, ISO[-1]], [*VALUES, VALUES[-1]])
    yield (
        "a line twice",
        copied,
        ["with the same value", 'allow "once"'],
        "once",
        VALUES,
    )
    code = table(ISO, [-9999 if k == 5 else v for k, v in enumerate(VALUES)])
    yield "a code", code, ["-9999 stands once", "first in line 7"], "keep", None
    flags = table(ISO, [f"{v} p" if k > 68 else v for k, v in enumerate(VALUES)])
    yield (
        "flags",
        flags,
        ["3 numbers with something beside, first"],
        "number-only",
        VALUES,
    )
    thousand = table(ISO, comma(1000 * VALUES, "{:,.0f}"), ";", "d;v")
    yield (
        "1.500",
        thousand,
        ["the point may be", "group thousands"],
        "thousands",
        1000 * VALUES,
    )
    yield "1.5", thousand, ['"point" (the point is the decimal'], "point", VALUES
    mixed = table(
        [d.strftime("%d/%m/%Y") if d.day > 12 else d.date() for d in DAYS], VALUES
    )
    yield "two spellings", mixed, ["34 dates spelt unlike the others, first '2024-01-03'"], (
        "mixed"), VALUES  # fmt: skip
    swapped = [d.date() if d.day > 12 else d.strftime("%m/%d/%Y") for d in DAYS]
    yield "which spelling", table(swapped, VALUES), ["unlike the others"], (
        "mixed month-first"), VALUES  # fmt: skip
    us = [d.strftime("%d/%m/%Y" if d.day > 12 else "%m/%d/%Y") for d in DAYS]
    yield "exchanged", table(us, VALUES), ["32 dates, first '01/03/2024' in line 2, fit"], (
        "exchanged"), VALUES  # fmt: skip
    months = table([f"{d:%Y-%m}" for d in MONTHS], VALUES).split("\n")
    for k in range(59, 9, -12):  # below each December
        months.insert(k, f"{months[k - 1][:4]},9999")
    yield (
        "sums of years",
        "\n".join(months),
        ["5 cells unlike the dates"],
        "dates",
        VALUES,
    )
    more = PLAIN.replace("2024-02-02,", "2024-02-02,1,")
    yield (
        "a comma more",
        more,
        ["line 32 has 3 cells, the header 2"],
        "cells fill",
        None,
    )
    for start in ("2024-10-25", "2024-03-29"):
        local = pd.date_range(start, periods=N, freq="h", tz="Europe/Berlin")
        text = table([f"{h:%Y-%m-%d %H:%M}" for h in local], VALUES)
        yield (
            f"clocks {start}",
            text,
            ["Clocks seem to be changed", '"clock"'],
            "clock",
            VALUES,
        )
    odd = pd.Timestamp("2024-01-03") + pd.to_timedelta(
        np.arange(N) ** 2 * 1013 + np.arange(N) % 7, "s"
    )
    yield (
        "odd times",
        table(odd, VALUES),
        ['Choose "grid"', 'or "day"'],
        "day zero",
        None,
    )
    numbers = table(range(45294, 45294 + N), VALUES)
    yield "day numbers", numbers, ["day numbers of a spreadsheet"], "serial", VALUES
    nameless = "\n".join(["v", *map(str, VALUES)])
    yield "no dates", nameless, ["no column of dates"], "number", VALUES


@pytest.mark.parametrize(("name", "text", "words", "repair", "values"), [*doubtful()], ids=(
    lambda v: v if isinstance(v, str) and len(v) < 20 else ""))  # fmt: skip
def test_other_doubts_are_asked(name, text, words, repair, values, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Faulty) as error:
        read_own(path, least=10)
    assert all(word in str(error.value) for word in words), str(error.value)
    assert path.read_text(encoding="utf-8") == text
    series, report = read_own(path, least=10, repair=repair)
    assert len(report.repairs) >= 1
    if values is not None:
        np.testing.assert_allclose(series, np.asarray(values, float))


def test_nothing_is_proposed_where_only_you_can_know(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(table([f"{k:02d}/01/2024" for k in range(1, 13)], range(12)))
    with pytest.raises(Faulty) as error:
        read_own(path, least=3)
    assert error.value.allow == [] and error.value.choices == [
        ("day-first", "month-first")
    ]
    told = error.value.advice(lambda names: f"--repair {' '.join(names)}")
    assert told.endswith("One of:\n  --repair day-first\n  --repair month-first")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has 0 lines"),
        ("\n\n \n", "has 0 lines"),
        ('{"date": ["2024-01-01"], "v": [1]}', "is JSON"),
        ('[{"date": "2024-01-01", "v": 1}]', "is JSON"),
        ("<!DOCTYPE html>\n<html><body>404</body></html>", "is a web page"),
        (packed("xl/workbook.xml", "x", "[Content_Types].xml"), "is a spreadsheet"),
        (packed("content.xml", "x", "mimetype"), "is a spreadsheet"),
        (packed("a.csv", "x", "b.csv"), "holds 2 files (a.csv, b.csv)"),
        (gzip.compress(PLAIN.encode())[:90], "cannot be unpacked"),
        (b"%PDF-1.4 \xe2\xe3", "is not text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is not text"),
        ("date\n" + "\n".join(ISO), "no column of numbers"),
        (table([d.strftime("%d-%b") for d in DAYS], VALUES), "no column of dates"),
        (table([d.strftime("%b-%d") for d in DAYS], VALUES), "or a day without one"),
        (table(ISO, comma(VALUES)), "line 2 has 3 cells, the header 2"),
        (PLAIN.replace("2024-01-20,", '2024-01-20,"'), "line 19: unexpected end of data"),
    ],
    ids=range(16),
)  # fmt: skip
def test_other_files_are_refused_with_a_sentence(text, says, tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError) as error:
        read_own(path)
    assert says in str(error.value), str(error.value)


def test_one_wrong_date_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "own.csv"
    seconds = [*days("2024-03-04", N, "s"), pd.Timestamp("1724-03-04")]
    path.write_text(table(seconds, [*VALUES, 1]))
    with pytest.raises(
        DataError, match=r"From 1724-03-04 to 2024-03-04 .* Is a date wrong"
    ):
        read_own(path, repair="keep sort fill")


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([*READ, *ASKED, *SAME]), st.randoms(use_true_random=False))
def test_a_file_that_somebody_has_spoilt_ends_in_a_sentence(
    tmp_path_factory, name, chance
):
    path = FOLDER / f"{name}.csv"
    text = path.read_bytes() if path.is_file() else SAME[name][0]
    raw = bytearray(text if isinstance(text, bytes) else text.encode())
    for _ in range(chance.randint(1, 5)):
        k = chance.randrange(len(raw))
        raw[k : k + chance.randint(0, 3)] = chance.choice(
            [
                b",",
                b";",
                b'"',
                b"\n",
                b"",
                b"9",
                b"-",
                b"NA",
                b"#",
                b"Jan",
                b"%",
                b"\xe9",
            ]
        )
    path = tmp_path_factory.mktemp("own") / "own.csv"
    path.write_bytes(raw)
    try:
        read_own(path, least=3, repair=chance.choice(["", list(REPAIRS)]))
    except DataError as error:
        assert str(error)


def test_what_looks_odd_is_said(tmp_path):
    path = tmp_path / "own.csv"
    for change, says in (
        (lambda k, v: min(v, 560), "the largest value, 560, occurs"),
        (lambda k, v: 1000 * v if k == 30 else v, "is followed by"),
        (lambda k, v: 0 if k in (5, 9) else v, "0 stands 2 times among values from"),
        (lambda k, v: 500.5 if 20 < k < 40 else v, "500.5 stands still for 19 steps"),
    ):
        path.write_text(table(ISO, [change(k, v) for k, v in enumerate(VALUES)]))
        _, report = read_own(path)
        assert any(line.startswith("Odd: ") and says in line for line in report), report
    path.write_text(PLAIN)
    assert not any(line.startswith("Odd") for line in read_own(path)[1])


def test_what_was_read_is_shown(tmp_path):
    path = tmp_path / "own.csv"
    text = table([f"{d:%d.%m.%Y}" for d in DAYS], comma(VALUES), ";", "Tag;Wert")
    path.write_text(f"Bericht\n\n{text}\nQuelle: eigene\n", encoding="utf-8")
    report = read_own(path)[1]
    low, high = int(VALUES.argmin()), int(VALUES.argmax())
    assert report == [
        "Columns separated by semicolons, their names in line 3: 'Tag', 'Wert'.",
        "Passed over: line 1 ('Bericht'), line 76 ('Quelle: eigene').",
        "Dates in 'Tag', spelt day-month-year: '03.01.2024' in line 4 is 2024-01-03.",
        f"Values in 'Wert' (decimal comma): first {VALUES[0]:g} on 2024-01-03 (line 4), last "
        f"{VALUES[-1]:g} on 2024-03-14 (line 75), least {VALUES.min():g} on {ISO[low]} (line "
        f"{low + 4}), most {VALUES.max():g} on {ISO[high]} (line {high + 4}).",
        "Step: a day, from 2024-01-03 to 2024-03-14.",
        "72 lines: 72 with a date, 72 steps in the series (0 of them filled, 0 left out at its "
        "ends, 1 empty lines passed over).",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["plain", "german", "clock of twelve hours"])
def test_long_files_take_seconds(kind, tmp_path):
    count = 150_000
    hours = days("2005-01-01", count, "h")
    values = np.round(1000 + 900 * np.sin(np.arange(count) / 24), 2)
    form = {"plain": "%Y-%m-%d %H:%M", "german": "%d.%m.%Y %H:%M"}.get(
        kind, "%m/%d/%Y %I:%M %p"
    )
    dates = hours.strftime(form)
    if kind == "german":
        text = table(dates, comma(values), ";", "Tag;Wert")
    else:
        text = table(dates, values)
    path = tmp_path / "long.csv"
    path.write_text(text, encoding="utf-8")
    start = time.process_time()
    series, _ = read_own(path)
    assert time.process_time() - start < 20  # three to six on a busy machine
    np.testing.assert_allclose(series, values)
    assert series.index.equals(hours)


# Any series in any spelling comes back equal, or is refused: never different.

DAILY = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y",
    "%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%y-%m-%d", "%b %d, %Y", "%d %B %Y", "%d-%b-%Y",
    "%d-%b-%y", "%Y%m%d", "%A, %d %B %Y", "%Y-%j", "%d. %m. %Y", "%Y-%m-%d - %Y-%m-%d",
)  # fmt: skip
HOURLY = (
    "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p",
    "%Y-%m-%dT%H:%M:%SZ", "%Y%m%d%H%M", "%Y-%m-%d %H:%M:%S+02:00", "%d-%b-%Y %H:%M", "%s",
    "%d.%m.%y %H:%M", "%b %d, %Y %I:%M %p", "%Y%m%dT%H%M%S", "%d %b %Y %H:%M UTC",
)  # fmt: skip
MONTHLY = ("%Y-%m", "%m/%Y", "%b-%y", "%b %Y", "%B %Y", "%Y%m", "%YM%m", "%Y/%m", "%y-%b",
           "%Y-%m-01", "%b. %Y", "%m.%Y", "%Y;%m", "%Y %m")  # fmt: skip
SPELT = {
    "D": DAILY, "B": DAILY, "7D": (*DAILY, "%G-W%V"), "h": HOURLY, "15min": HOURLY,
    "MS": DAILY + MONTHLY, "ME": DAILY, "QS": DAILY + MONTHLY, "YS": (*DAILY, *MONTHLY, "%Y"),
}  # fmt: skip
GROUPS = ("", "", " ", "'", ".", ",", "\u202f")


@st.composite
def written(draw):
    """A series, and text that holds it."""
    freq = draw(st.sampled_from(list(SPELT)))
    count = draw(st.integers(4, 40))
    first = draw(
        st.dates(pd.Timestamp("1975-01-06").date(), pd.Timestamp("2030-01-06").date())
    )
    dates = pd.date_range(pd.Timestamp(first), periods=count, freq=freq)
    if freq == "7D":
        dates = dates - pd.Timedelta(days=dates[0].weekday())
    form = draw(st.sampled_from(SPELT[freq]))
    places = draw(st.integers(0, 3))
    size = draw(st.sampled_from((5, 900, 3000, 2_000_000)))
    floor = draw(st.sampled_from((-1, 0, 1))) * size
    numbers = draw(
        st.lists(st.integers(floor, floor + size), min_size=count, max_size=count)
    )
    scale = 10.0**places if size < 3000 else 1.0
    values = np.round(np.array(numbers) / scale, places)
    point, group = draw(st.sampled_from(".,")), draw(st.sampled_from(GROUPS))
    group = "" if group == point else group
    swap = str.maketrans({",": group, ".": point})
    cells = [f"{value:,.{places}f}".translate(swap) for value in values]
    before, after = draw(st.sampled_from((("", ""), ("$", ""), ("", " €"), ("", "%"))))
    mark = draw(st.sampled_from(",;\t|"))
    zero = draw(st.booleans())
    text = []
    for day, cell in zip(dates, cells, strict=True):
        told = str(int(day.timestamp())) if form == "%s" else day.strftime(form)
        if not zero and form not in ("%s", "%m/%d/%y", "%d/%m/%y"):
            told = told.replace(" 0", " ").replace("/0", "/")
        line = [told.replace(";", mark), f"{before}{cell}{after}"]
        text.append(
            mark.join(f'"{c}"' if mark in c and ";" not in form else c for c in line)
        )
    order = draw(st.sampled_from(("up", "up", "down", "mixed")))
    if order == "down":
        text.reverse()
    elif order == "mixed":
        text = draw(st.permutations(text))
    head = ["year", "month", "value"] if ";" in form else ["date", "value"]
    text = [*([mark.join(head)] if draw(st.booleans()) else []), *text]
    if draw(st.booleans()):
        text = ["My own report", "", *text, "Source: own survey"]
    return pd.Series(values, dates), "\n".join(text), form


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(written())
def test_any_spelling_comes_back_equal_or_is_refused(tmp_path_factory, made):
    series, text, _ = made
    path = tmp_path_factory.mktemp("own") / "own.csv"
    path.write_text(text, encoding="utf-8")
    try:
        found, _ = read_own(path, least=3, repair=["sort", "mixed"])
    except DataError:
        return
    np.testing.assert_allclose(found, series, err_msg=text)
    assert list(found.index) == list(series.index), text


@pytest.mark.parametrize("first", [1600.5, 1950.1])
def test_values_that_look_like_months_are_values(first, tmp_path):
    """1995.7 is July 1995 in a column of dates, and a number beside one."""
    values = [first + 4 * k for k in range(60)]
    lines = [
        f"{1990 + k // 4}Q{k % 4 + 1},{value:.1f}" for k, value in enumerate(values)
    ]
    path = tmp_path / "gdp.csv"
    path.write_text("\n".join(["quarter,gdp", *lines]), encoding="utf-8")
    found, _ = read_own(path, least=3)
    assert found.to_list() == pytest.approx(values)
    two = [f"{line},{k % 7}" for k, line in enumerate(lines)]
    path.write_text("\n".join(["quarter,gdp,staff", *two]), encoding="utf-8")
    with pytest.raises(
        DataError, match=r"several columns of numbers, \['gdp', 'staff'\]"
    ):
        read_own(path, least=3)
