"""Dirty files of every kind: each ends in a clear message or in a correct repair."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.read import LEAST, REPAIRS, Faulty, read_own
from utils.datasets import DataError

MONTHS = pd.date_range("2000-01-01", periods=60, freq="MS")
VALUES = np.round(100 + np.arange(60) + 10 * np.sin(np.arange(60) * np.pi / 6), 1)


@pytest.fixture
def write(tmp_path):
    def write(lines, header="date,value", encoding="utf-8", name="own.csv"):
        path = tmp_path / name
        path.write_bytes(("\n".join([header, *lines]) + "\n").encode(encoding))
        return path

    return write


def clean(form="%Y-%m-%d", mark=",", number="{}"):
    return [
        f"{d.strftime(form)}{mark}{number.format(v)}"
        for d, v in zip(MONTHS, VALUES, strict=True)
    ]


def same(series, freq="MS"):
    assert series.index.freqstr == freq and series.dtype == "float64"
    assert series.index.equals(MONTHS)
    np.testing.assert_allclose(series, VALUES)


@pytest.mark.parametrize(
    ("form", "mark", "encoding"),
    [
        ("%Y-%m-%d", ",", "utf-8"),
        ("%Y-%m", ";", "utf-8-sig"),
        ("%Y/%m/%d", "\t", "utf-8"),
        ("%Y-%m-%d %H:%M", ",", "utf-8"),
        ("%Y-%m-%dT%H:%M:%S", ",", "utf-8"),
    ],
)
def test_clean_files_of_several_spellings_need_no_repair(write, form, mark, encoding):
    path = write(clean(form, mark), f"date{mark}value", encoding)
    series, report = read_own(path)
    same(series)
    assert report[-1] == ("60 lines: 60 with a date, 60 steps in the series (0 of them filled,"
                          " 0 left out at its ends).")  # fmt: skip
    assert report.repairs == []


def test_a_missing_file_names_it_and_the_folder(tmp_path):
    with pytest.raises(DataError, match=r"no file .*nothing\.csv .looked in"):
        read_own(tmp_path / "nothing.csv")


def hopeless():
    rows = clean()
    yield "empty", [], "", "0 lines; a header and values"
    yield "header only", [], "date,value", "1 lines; a header and values"
    yield (
        "one column",
        ["1", "2"],
        "value",
        "Found besides:\n  1. own.csv has no column of d",
    )
    yield (
        "dates only",
        [row.split(",")[0] for row in rows],
        "date",
        "no column of numbers",
    )
    yield "no dates", ["a,1"] * 60, "name,value", "no column of dates"
    yield "no numbers", ["2000-01-01,x"], "date,value", "no column of numbers"
    wide = [f"{row},{k}" for k, row in enumerate(rows)]
    yield "two numbers", wide, "date,a,b", "several columns of numbers, ['a', 'b']"
    yield "short", rows[:30], "date,value", f"30 values without a gap, at least {LEAST}"
    constant = [row.split(",")[0] + ",7" for row in rows]
    yield "constant", constant, "date,value", "all 60 values of 'value' are 7"
    commas = [*rows[:4], "2000-05-01,1,5", *rows[5:]]
    yield "a comma too many", commas, "date,value", "line 6 has 3 cells, the header 2"
    both = ["13/01/2000,1", "01/14/2000,2", *rows]
    yield (
        "day and month first",
        both,
        "date,value",
        "line 2 (13/01/2000) has the day first, line 3",
    )
    yield (
        "two names",
        wide,
        "date,a,a",
        "numbers, ['a', 'a (2)'], beside the dates in 'date'",
    )
    gaps = [row if k % 3 else row.split(",")[0] + "," for k, row in enumerate(rows * 3)]
    dates = pd.date_range("2000", periods=180, freq="D")
    gaps = [
        f"{d.date()},{row.split(',')[1]}" for d, row in zip(dates, gaps, strict=True)
    ]
    yield "mostly gaps", gaps, "date,value", 'more than a fifth: allow "zero" instead'


@pytest.mark.parametrize(
    ("kind", "lines", "header", "says"), [*hopeless()], ids=lambda v: str(v)[:20]
)
def test_what_cannot_be_repaired_says_why_and_what_to_do(
    write, kind, lines, header, says
):
    with pytest.raises(DataError) as error:
        read_own(write(lines, header), repair=["fill"])
    assert says in str(error.value)


def test_a_spreadsheet_is_not_a_csv(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(DataError, match="Export the sheet as CSV"):
        read_own(path)


def test_unknown_column_and_unknown_repair(write):
    path = write(clean())
    with pytest.raises(DataError, match=r"no column 'price'.*'date', 'value'"):
        read_own(path, value="price")
    for wrong in ("magic", ["sort", "magic"], "sort magic"):
        with pytest.raises(
            ValueError, match="repair has 'magic'; it may name day-first"
        ):
            read_own(path, repair=wrong)


def test_faults_are_data(write):
    rows = clean()
    path = write([rows[1], rows[0], *rows[2:9], "2000-10-01,?", *rows[10:], rows[30]])
    with pytest.raises(Faulty) as error:
        read_own(path, repair=["text"])
    found = error.value
    assert [fault.ways for fault in found.faults] == [
        ("sort",),
        ("once", "sum"),
        ("fill", "cut"),
    ]
    assert found.allow == ["text", "sort", "once", "fill"] and found.choices == []
    assert str(found) == found.listing + (
        '\nTo allow the first of each: repair=["text", "sort", "once", "fill"]'
    )
    assert len(read_own(path, repair=found.allow)[0]) == 60
    assert read_own(path, repair=" ".join(found.allow))[1][-1].endswith(
        "(1 of them filled, the last on 2000-10-01, 0 left out at its ends)."
    )


def test_the_least_length_can_be_lowered(write):
    path = write(clean()[:6])
    with pytest.raises(DataError, match="6 values without a gap, at least 50"):
        read_own(path)
    assert len(read_own(path, least=3)[0]) == 6


def test_line_ends_of_an_old_machine(tmp_path):
    path = tmp_path / "own.csv"
    for end in ("\r", "\r\n"):
        path.write_bytes(end.join(["date,value", *clean()]).encode())
        same(read_own(path)[0])


def test_a_quotation_mark_that_is_never_closed_has_a_sentence(write):
    rows = clean()
    rows[3] = '2000-04-01,"103'
    path = write([*rows, *(["2010-01-01,1" * 9] * 2000)])
    with pytest.raises(DataError, match=r"near line .* never closed\?"):
        read_own(path)


def test_a_folder_and_a_file_that_may_not_be_read(tmp_path, write, monkeypatch):
    with pytest.raises(DataError, match="is a folder"):
        read_own(tmp_path)
    path = write(clean())

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        read_own(path)


def dirty():
    """Name, lines, header, the fault's text, the repair, and a check of what comes out."""
    rows = clean()
    swapped = [*rows[:10], rows[11], rows[10], *rows[12:]]
    yield (
        "unsorted",
        swapped,
        "date,value",
        "out of order once, first in line 13",
        "sort",
        same,
    )
    twice = [*rows, rows[-1]]
    again = "occurs again once with the same value, first 2004-12-01 in line 62"
    yield "twice", twice, "date,value", again, "once", same
    text = [*rows[:7], "2000-08-01,about 5", *rows[8:]]

    def hole(series):
        assert np.isnan(series).sum() == 0 and len(series) == 60
        assert series.iloc[7] == pytest.approx((VALUES[6] + VALUES[8]) / 2)

    yield "text", text, "date,value", "first 'about 5' in line 9", "text fill", hole
    gap = rows[:7] + rows[8:]
    yield (
        "gap",
        gap,
        "date,value",
        "1 of 60 steps have no value, first 2000-08-01",
        "fill",
        hole,
    )
    empty = [*rows[:7], "2000-08-01,NA", *rows[8:]]
    yield "NA", empty, "date,value", "1 of 60 steps have no value", "fill", hole

    def tail(series):
        np.testing.assert_allclose(series, VALUES[8:])

    yield "cut", gap, "date,value", 'or "cut"', "cut", tail
    word = [*rows[:30], "total,9999", *rows[30:]]
    yield "a total", word, "date,value", "first 'total' in line 32", "dates", same
    mixed = [*rows[:20], *clean("%d.%m.%Y")[20:]]
    yield "mixed", mixed, "date,value", "20 dates spelt unlike the others, first '2000-01-01'", (
        "mixed"), same  # fmt: skip
    commas = [row.replace(".", ",") for row in clean(mark=";")]

    point = [commas[0], "2000-02-01;1.500", *commas[2:]]

    def odd(series):
        assert series.iloc[1] == pytest.approx((VALUES[0] + VALUES[2]) / 2)

    doubt = "'1.500' in line 3: the point may be the decimal mark or group thousands"
    yield "1.500", point, "date;value", doubt, "text fill", odd


@pytest.mark.parametrize(
    ("kind", "lines", "header", "fault", "repair", "outcome"),
    [*dirty()],
    ids=lambda v: str(v)[:20],
)
def test_faults_are_named_and_repaired_only_by_consent(
    write, kind, lines, header, fault, repair, outcome
):
    path = write(lines, header)
    before = path.read_bytes()
    with pytest.raises(DataError) as error:
        read_own(path)
    assert fault in str(error.value) and repair.split()[0] in str(error.value)
    series, report = read_own(path, repair=repair.split())
    outcome(series)
    assert any(way in " ".join(report) for way in repair.split())
    assert report[-1].startswith(f"{len(lines)} lines: ")
    assert path.read_bytes() == before


def test_all_faults_are_listed_at_once_and_the_proposed_consent_works(write):
    rows = clean()
    lines = [
        rows[1],
        rows[0],
        *rows[2:9],
        "2000-10-01,?",
        *rows[10:],
        rows[30],
        "",
        "sum,1",
    ]
    path = write(lines)
    with pytest.raises(DataError) as error:
        read_own(path)
    text = str(error.value)
    assert all(f"  {k}. " in text for k in range(1, 5)) and "  5. " not in text
    proposed = [way for way in REPAIRS if f'"{way}"' in text.split("repair=")[1]]
    series, report = read_own(path, repair=proposed)
    assert len(series) == 60 and "1 empty lines passed over" in report[-1]
    assert report[-1].startswith("61 lines: 61 with a date, 60 steps")
    assert "Passed over: line 64 ('sum 1')." in report


@pytest.mark.parametrize(
    ("freq", "form", "expected"),
    [
        ("YS", "%Y", "YS-"),
        ("QS", "%Y-%m-%d", "QS-"),
        ("ME", "%Y-%m-%d", "ME"),
        ("QS-NOV", "%Y-%m-%d", "QS-FEB"),
        ("QE-FEB", "%d.%m.%Y", "QE-FEB"),
        ("YE-JUN", "%Y-%m-%d", "YE-JUN"),
        ("6MS", "%Y-%m", "6MS"),
        ("W-WED", "%Y-%m-%d", "7D"),
        ("D", "%Y-%m-%d", "D"),
        ("B", "%Y-%m-%d", "B"),
        ("h", "%Y-%m-%d %H:%M", "h"),
        ("5min", "%Y-%m-%d %H:%M", "5min"),
    ],
)
def test_the_step_is_found(write, freq, form, expected):
    dates = pd.date_range("1900-01-02", periods=80, freq=freq)
    values = np.sin(np.arange(80.0))
    lines = [f"{d.strftime(form)},{v}" for d, v in zip(dates, values, strict=True)]
    series, _ = read_own(write(lines))
    assert series.index.freqstr.startswith(expected)
    np.testing.assert_allclose(series, values)
    if freq != "YS":
        assert list(series.index) == list(dates)


def test_quarters_and_zones(write):
    lines = [f"{1980 + k // 4}Q{k % 4 + 1},{k}" for k in range(60)]
    series, _ = read_own(write(lines))
    assert (
        series.index[-1] == pd.Timestamp("1994-10-01")
        and series.index.freqstr[:2] == "QS"
    )
    hours = pd.date_range("2020-03-28 20:00", periods=60, freq="h", tz="Europe/Paris")
    lines = [f"{d.isoformat()},{k}" for k, d in enumerate(hours)]
    series, report = read_own(
        write(lines)
    )  # the clock jumps in that night, UTC does not
    assert series.index.freqstr == "h" and "the clock is UTC" in report[1]


def test_uneven_steps_go_on_a_grid_with_consent(write):
    rng = np.random.default_rng(0)
    dates = pd.date_range("2020", periods=80, freq="h") + pd.to_timedelta(
        rng.integers(0, 9, 80), "s"
    )
    path = write([f"{d},{k}" for k, d in enumerate(dates)])
    with pytest.raises(DataError, match="Steps are uneven: 2020-01-01"):
        read_own(path)
    series, _ = read_own(path, repair="grid")
    np.testing.assert_allclose(series, np.arange(80))


def test_a_device_that_was_switched_off_needs_a_grid_and_a_word_on_the_gap(write):
    one = pd.date_range("2020-01-01", periods=60, freq="5min")
    two = pd.date_range("2020-01-01 06:02", periods=55, freq="5min")
    path = write([f"{d},{k}" for k, d in enumerate([*one, *two])])
    with pytest.raises(Faulty) as error:
        read_own(path)
    assert [fault.ways[0] for fault in error.value.faults] == ["grid", "fill"]
    assert error.value.allow[0] == "grid"
    series, _ = read_own(path, repair="grid cut")
    np.testing.assert_allclose(series, np.arange(60))


def test_letters_of_an_old_program(write):
    path = write(clean(mark=";"), "date;température", encoding="latin-1")
    series, report = read_own(path)
    assert series.name == "température" and "Latin-1" in report[0]


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(60)), st.sets(st.integers(1, 58), max_size=8))
def test_any_order_and_any_few_gaps_are_repaired(tmp_path_factory, order, gaps):
    path = tmp_path_factory.mktemp("own") / "own.csv"
    rows = clean()
    kept = [rows[k] for k in order if k not in gaps]
    path.write_text("\n".join(["date,value", *kept]))
    series, report = read_own(path, repair=["sort", "fill"])
    whole = pd.Series(VALUES.copy(), MONTHS)
    whole.iloc[sorted(gaps)] = np.nan
    np.testing.assert_allclose(series, whole.interpolate())
    assert f"({len(gaps)} of them filled" in report[-1]


def test_what_the_answer_needs_of_the_file_goes_with_the_series(write):
    """How it writes its dates, where it ends; and no number is told with an exponent."""
    values = [9584550990238 + 7 * k * k for k in range(60)]
    lines = [f"{1900 + k},{v}" for k, v in enumerate(values)]
    series, report = read_own(write(lines, "year,rupiah"))
    assert series.attrs["spelt"] == "1900"
    assert series.attrs["ends"] == series.index[-1] == pd.Timestamp("1959-01-01")
    assert any("first 9584550990238 on 1900-01-01" in said for said in report)
    assert not any("e+" in said for said in report)
    lines[53] = "1953,"
    cut, _ = read_own(write(lines, "year,rupiah"), repair="cut")
    assert cut.index[-1] == pd.Timestamp("1952-01-01")
    assert cut.attrs["ends"] == pd.Timestamp("1959-01-01")
