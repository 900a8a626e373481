"""Dates as agencies, exchanges and instruments write them: read rightly, or asked about."""

import numpy as np
import pandas as pd
import pytest

from forecast.read import read_own
from forecast.spelling import NUMERIC, is_date, readings, tidy
from utils.datasets import DataError

N = 60
VALUES = np.round(500 + 100 * np.sin(np.arange(N) * np.pi / 6) + np.arange(N) % 7, 1)

#: One cell, and when that is.
CELLS = {
    "1990-T1": "1990-01-01", "1990T3": "1990-07-01", "1990:Q1": "1990-01-01",
    "1990K2": "1990-04-01", "I/1990": "1990-01-01", "1990-IV": "1990-10-01",
    "Jan-Mar 1990": "1990-01-01", "1. Quartal 1990": "1990-01-01",
    "1990 1e kwartaal": "1990-01-01", "1er trimestre 1990": "1990-01-01",
    "1. Halbjahr 1985": "1985-01-01", "1H 1985": "1985-01-01", "1985MM02": "1985-02-01",
    "1920JJ00": "1920-01-01", "FY1920": "1920-01-01", "2018-S02": "2018-01-08",
    "KW02/18": "2018-01-08", "2019U02": "2019-01-07", "1 fevrier 2020": "2020-02-01",
    "1. Feber 2020": "2020-02-01", "1. stycznia 2020": "2020-01-01", "maj 2020": "2020-05-01",
    "14 marts 2020": "2020-03-14", "Feb 24, 23": "2023-02-24",
    "Montag, 1. März 2021": "2021-03-01", "dimanche 1 août 2021": "2021-08-01",
    "mar. 25/06/2024": "2024-06-25", "Mar 5, 2024 10:00 AM": "2024-03-05 10:00",
    "31.01.2021 (So)": "2021-01-31", "Mon Jan 01 00:00:00 2024": "2024-01-01",
    "31/01/2024 0h30": "2024-01-31 00:30", "31.01.2024 13.30": "2024-01-31 13:30",
    "2024-01-01-13.30.05": "2024-01-01 13:30:05", "2024-01-01-13": "2024-01-01 13:00",
    "January 1, 2024 at 12:00AM": "2024-01-01", "00:30 31.01.2024": "2024-01-31 00:30",
    "2024-01-01 00:00 Europe/Berlin": "2024-01-01",
    "29 Jan 2018 - 04 Feb 2018": "2018-01-29", "1/31/18-2/6/18": "2018-01-31",
    "Mo 29.01.2018 - So 04.02.2018": "2018-01-29", "20240129-20240204": "2024-01-29",
    "2021.01.31.": "2021-01-31", "2021. 1. 31.": "2021-01-31", "31012021": "2021-01-31",
    "1735689600000000": "2025-01-01", "1735689600000000000": "2025-01-01",
    "1997 MAR": "1997-03-01",
    "2017r": "2017-01-01", "2017 p": "2017-01-01", "2017¹": "2017-01-01",
    "2014 april*": "2014-04-01", "2019 Q2 [p]": "2019-04-01", "Q1 1990 [note 1]": "1990-01-01",
    "2020 (provisional)": "2020-01-01", "1990:03": "1990-03-01",
}  # fmt: skip

#: One cell, and how many minutes east of Greenwich its clock is.
ZONES = {
    "2024-01-01 00:00 GMT+0200": 120, "2024-01-01 00:00 UTC-5": -300,
    "2024-07-01 00:00 BST": 60, "31.01.2024 00:00 - 31.01.2024 01:00 (UTC)": 0,
    "2024-01-01T00:00+01:00[Europe/Berlin]": 60, "2024-01-01+02:00": 120,
    "Tue Jan 30 2024 00:00:00 GMT+0100 (Central European Standard Time)": 60,
}  # fmt: skip

#: What is no date: clocks, names, interval ends of which the year is open.
NONE = (
    "12:30 p",
    "0h00",
    "1h30",
    "X-2000",
    "Nov-Jan 1990",
    "Feb-Apr 1990",
    "Shop 3",
    "V 1990",
    "p",
    "[1]",
)


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_is_read(cell):
    assert str(readings([cell])[0].stamps[0]) == str(np.datetime64(CELLS[cell], "us"))


@pytest.mark.parametrize("cell", ZONES)
def test_a_zone_is_read(cell):
    assert readings([cell])[0].minutes[0] == ZONES[cell]


@pytest.mark.parametrize("cell", NONE)
def test_other_cells_are_no_dates(cell):
    assert not is_date(cell) and not readings([cell])


def test_no_number_shows_by_itself_that_it_is_a_date():
    assert not any(map(is_date, ("45294", "100101", "31012021")))
    strong = {
        each.spelling for each in readings(["100101", "210131", "31012021", "201830"])
    }
    assert strong <= NUMERIC


def test_every_month_has_its_own_names():
    for cell, month in (("listopad 2020", 11), ("mart 2020", 3), ("Ağustos 2020", 8)):
        assert tidy(cell) == f"@{month:02d} 2020"


def write(path, dates, values=VALUES, head="date,value"):
    lines = [f"{d},{v}" for d, v in zip(dates, values, strict=False)]
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return path


def days(first, freq):
    return pd.date_range(first, periods=N, freq=freq)


MONTHS, QUARTERS = days("1985-01", "MS"), days("1990-01", "QS")
WEEKS, DAYS = days("2018-01-01", "7D"), days("2021-01-01", "D")
ISO = WEEKS.isocalendar()

#: Name: dates as they are written, as they are, words of the report.
SAME = {
    "quarters behind a point": (
        [f"{d.year}.{d.quarter}" for d in QUARTERS], QUARTERS, ["in every year: quarters"]),
    "quarters behind a colon": ([f"{d.year}:{d.quarter}" for d in QUARTERS], QUARTERS, []),
    "kwartalen": (
        [f"{d.year}KW{d.quarter:02d}" for d in QUARTERS], QUARTERS, ["year: quarters"]),
    "October without its 0": (
        [f"{d.year}.{d.month:02d}".replace(".10", ".1") for d in MONTHS], MONTHS,
        ["1985.1 is October"]),
    "quarters as R writes": (
        [f"{d.year + (d.quarter - 1) / 4:.15g}" for d in QUARTERS], QUARTERS, ["decimal year"]),
    "months as R writes": (
        [f"{d.year + (d.month - 1) / 12:.15g}" for d in MONTHS], MONTHS, ["decimal year"]),
    "middles of years": (
        [f"{1700 + k}.5" for k in range(N)], days("1700-01-01", "YS"), ["decimal year"]),
    "halves of years": (
        [f"{1900 + k / 2}" for k in range(N)], days("1900-01-01", "6MS"), ["decimal year"]),
    "weeks": ([f"{y}-{w:02d}" for y, w in zip(ISO.year, ISO.week, strict=True)], WEEKS, []),
    "compact weeks": ([f"{y}{w:02d}" for y, w in zip(ISO.year, ISO.week, strict=True)], WEEKS, []),
    "six digits": ([f"{d:%y%m%d}" for d in DAYS], DAYS, ["of six digits"]),
    "eight digits": ([f"{d:%d%m%Y}" for d in DAYS], DAYS, ["day-month-year of eight"]),
    "hours behind a hyphen": (
        [f"{d:%Y-%m-%d-%H}" for d in days("2024-01-01", "h")], days("2024-01-01", "h"), []),
    "six hours behind a hyphen": (
        [f"{d:%Y-%m-%d-%H}" for d in days("2024-01-01", "6h")], days("2024-01-01", "6h"), []),
    "new values with flags": (
        [f"{d.year} Q{d.quarter}{' [p]' * (k > 57)}" for k, d in enumerate(QUARTERS)], QUARTERS,
        ["marks behind 2 dates, first '2004 Q3 [p]' in line 60, were passed over"]),
    "intervals across months": (
        [f"{d:%d %b %Y} - {d + pd.Timedelta('6D'):%d %b %Y}" for d in WEEKS], WEEKS, []),
    "school years": ([f"{1920 + k}-{(21 + k) % 100:02d}" for k in range(N)],
                     days("1920-01-01", "YS"), ["two years"]),
    "months of 2010 to 2014": ([f"{d:%Y%m}" for d in days("2010-01", "MS")],
                               days("2010-01", "MS"), ["compact month"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_the_column_decides(name, tmp_path):
    written, dates, words = SAME[name]
    series, report = read_own(write(tmp_path / "own.csv", written), least=10)
    np.testing.assert_allclose(series, VALUES)
    assert list(series.index) == list(dates)
    assert all(word in " ".join(report) for word in words), report
    assert "is now" not in " ".join(report)  # nothing was moved


def test_astronomers_count_their_own_days(tmp_path):
    path = write(tmp_path / "own.csv", range(59215, 59215 + N), head="MJD,flux")
    series, report = read_own(path)
    assert series.index[0] == pd.Timestamp("2021-01-01")
    assert "modified Julian days" in " ".join(report)


@pytest.mark.parametrize(
    ("head", "first", "ways"),
    [
        ("date", 45294, ("serial", "number")),
        ("km", 45294, ("number",)),  # the reading of a meter
        ("date", 59215, ("number",)),  # 2062: another count of days
    ],
)
def test_day_numbers_are_dates_only_where_they_are_likely(head, first, ways, tmp_path):
    path = write(tmp_path / "own.csv", range(first, first + N), head=f"{head},v")
    with pytest.raises(DataError) as error:
        read_own(path)
    if head == "km":  # two columns of numbers: which?
        assert "'km'" in str(error.value) and '"serial"' not in str(error.value)
        return
    (fault,) = error.value.faults
    assert fault.ways == ways
    for way in ways:
        series, _ = read_own(path, value="v", repair=way)
        np.testing.assert_allclose(series, VALUES)
        assert way == "serial" or series.index[0] == pd.Timestamp("2001-01-01")


def test_sums_of_years_are_no_dates_of_their_own(tmp_path):
    """1990 among 1990.01 … 1990.12 is the year's sum; no decimal year."""
    lines = []
    for year in range(1990, 1994):
        lines += [f"{year}.{month:02d}" for month in range(1, 13)] + [str(year)]
    with pytest.raises(
        DataError, match=r"4 cells unlike the dates .* '1990' in line 14"
    ):
        read_own(write(tmp_path / "own.csv", lines), least=10)
