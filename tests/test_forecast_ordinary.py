"""Ordinary files: what looks like a time, a date, a code or a comment and is none."""

import numpy as np
import pandas as pd
import pytest

from forecast.faults import Faulty
from forecast.read import read_own
from utils.datasets import DataError

RNG = np.random.default_rng(1)
N = 96
SOLD = RNG.integers(200, 900, N).tolist()
DAYS = pd.date_range("2021-01-01", periods=N)
MONTHS = pd.date_range("2010-01", periods=N, freq="MS")
YEARS = pd.date_range("1900", periods=N, freq="YS")


def table(head, dates, line):
    """A file of one line for each date: ``line(k, date, value)``."""
    pairs = zip(dates, SOLD, strict=True)
    return "\n".join([head, *(line(k, t, v) for k, (t, v) in enumerate(pairs))])


#: What it is: file, options, dates; the values are SOLD.
READ = {
    "days of frost are no day of the month": (
        table("Year,Month,Days", MONTHS, lambda k, t, v: f"{t.year},{t.month},{v}"),
        {}, MONTHS),
    "how many days a month has": (
        table("Year,Month,Days,Sold", MONTHS,
              lambda k, t, v: f"{t.year},{t.month},{t.days_in_month},{v}"),
        {"value": "Sold"}, MONTHS),
    "the date of an update": (
        table("Year,Value,Last updated", YEARS, lambda k, t, v: f"{t.year},{v},2024-05-01"),
        {}, YEARS),
    "the first frost of each year": (
        table("Year,First frost,Score", YEARS,
              lambda k, t, v: f"{t.year},{t.year}-10-{1 + k % 28:02d},{v}"),
        {}, YEARS),
    "orders that begin with #": (
        table("order,date,total", DAYS, lambda k, t, v: f"#{1000 + k},{t.date()},{v}"),
        {}, DAYS),
    "hours of two employees": (
        table("date,employee,hours", DAYS, lambda k, t, v: f"{t.date()},Ann,{v - 7 - k % 2}\n"
              f"{t.date()},Bob,{7 + k % 2}"),
        {"date": "date", "value": "hours", "repair": "sum"}, DAYS),
}  # fmt: skip

#: What it is: file, words of the question.
ASKED = {
    "hours of two employees": (
        table("date,employee,hours", DAYS, lambda k, t, v: f"{t.date()},Ann,{3 + k * k % 5}\n"
              f"{t.date()},Bob,{3 + k % 4}"), "'employee' tells them apart (Ann, Bob)"),
    "two runs a day": (
        table("Date,Sport,Time,km", DAYS,
              lambda k, t, v: f"{t.date()},Run,0:{10 + v % 37}:{10 + v % 49},3\n"
              f"{t.date()},Run,0:{10 + v % 41}:{10 + v % 43},{k % 9}"),
        "A date that occurs again"),
    "sales of a week, first": (
        table("Date,Weekly_Sales,Temperature", pd.date_range("2010", periods=N, freq="7D"),
              lambda k, t, v: f"{t.date()},{v},{k % 13 + k % 7}.5"), '--value "Weekly_Sales"'),
    "an index that rises": (
        table("Date,Volume,Index", DAYS, lambda k, t, v: f"{t.date()},{v},{100 + 7 * k + v % 6}"),
        '--value "Volume"'),
    "one holiday": (
        table("Date,Holiday,patients", DAYS, lambda k, t, v: f"{t.date()},{int(k == 40)},{v}"),
        "['patients', 'Holiday']"),
}  # fmt: skip


def own(tmp_path, body, **options):
    path = tmp_path / "own.csv"
    path.write_text(body, encoding="utf-8")
    return read_own(path, **options)


@pytest.mark.parametrize("what", READ)
def test_is_read_as_what_it_is(what, tmp_path):
    body, options, dates = READ[what]
    series, _ = own(tmp_path, body, **options)
    assert series.tolist() == SOLD and [*series.index] == [*dates]


@pytest.mark.parametrize("what", ASKED)
def test_is_asked(what, tmp_path):
    body, words = ASKED[what]
    with pytest.raises(DataError) as error:
        own(tmp_path, body)
    assert words in str(error.value)


@pytest.mark.parametrize("head", ["date,visitors\n", ""])
def test_a_first_line_without_a_number_is_data(head, tmp_path):
    lines = [f"{t.date()},{v}" for t, v in zip(DAYS[1:], SOLD, strict=False)]
    with pytest.raises(Faulty) as error:
        own(tmp_path, head + "\n".join(["2021-01-01,closed", *lines]))
    assert "first 'closed'" in str(error.value)


@pytest.mark.parametrize(
    "values",
    [
        [0 if t.day_of_week == 6 else v for t, v in zip(DAYS, SOLD, strict=True)],
        [(9.99, 10.49, 14.99)[v % 3] for v in SOLD],
        [round(13 + 14.4 * np.sin(k / 10)) for k in range(N)],  # down to -1 degree
        [99.9 if k % 10 else 90 + k / 100 for k in range(N)],
    ],
    ids=["closed on Sundays", "three prices", "degrees", "nearly always up"],
)
def test_levels_are_no_codes(values, tmp_path):
    lines = [f"{t.date()},{v}" for t, v in zip(DAYS, values, strict=True)]
    series, _ = own(tmp_path, "\n".join(["date,v", *lines]))
    np.testing.assert_allclose(series, values)


@pytest.mark.parametrize(
    ("code", "first"), [(99, "keep"), (-99, "code"), (9999, "code")]
)
def test_what_may_be_a_value_is_kept_first(code, first, tmp_path):
    values = [code if k == 50 else 3 + v % 16 for k, v in enumerate(SOLD)]
    lines = [f"{t.date()},{v}" for t, v in zip(DAYS, values, strict=True)]
    with pytest.raises(Faulty) as error:
        own(tmp_path, "\n".join(["date,sold", *lines]))
    assert error.value.faults[0].ways[0] == first


def test_a_count_of_minus_one_among_large_counts_is_asked_about(tmp_path):
    values = [-1 if k % 17 == 5 else v for k, v in enumerate(SOLD)]
    lines = [f"{t.date()},{v}" for t, v in zip(DAYS, values, strict=True)]
    with pytest.raises(Faulty) as error:
        own(tmp_path, "\n".join(["date,sold", *lines]))
    assert error.value.faults[0].ways == ("code", "keep")
