"""Order, clocks, doubles, uneven steps and gaps of other people's files."""

import numpy as np
import pandas as pd
import pytest

from forecast.faults import Faulty
from forecast.read import read_own
from forecast.steps import odd, words
from utils import datasets
from utils.datasets import DataError

N = 100
VALUES = np.round(50 + 10 * np.sin(np.arange(N) * np.pi / 6) + np.arange(N) % 7, 2)
DAYS = pd.date_range("2022-01-03", periods=N)
FAR = pd.Timestamp("2027-02-22")
RNG = np.random.default_rng(0)


def text(dates, values=VALUES):
    lines = [f"{d},{v}" for d, v in zip(dates, values, strict=False)]
    return "\n".join(["date,value", *lines])


def own(tmp_path, body, **options):
    path = tmp_path / "own.csv"
    path.write_text(body)
    return read_own(path, **({"least": 10} | options))


def asked(tmp_path, body, **options):
    """The ways of each fault, whether the first is what most mean, and the message."""
    with pytest.raises(Faulty) as error:
        own(tmp_path, body, **options)
    faults = error.value.faults
    return (
        [each.ways for each in faults],
        [each.sure for each in faults],
        str(error.value),
    )


def changed(values, **at):
    """Values with others at some positions: ``changed(VALUES, k5=-999)``."""
    new = values.copy()
    for k, value in at.items():
        new[int(k[1:])] = value
    return new


def late(freq, low, high, start="2022-03-07", unit="s"):
    """Dates of equal steps, each off by some seconds."""
    off = RNG.integers(low, high + 1, N)
    return pd.date_range(start, periods=N, freq=freq) + pd.to_timedelta(off, unit)


ENDS = pd.date_range("2010-01-31", periods=N, freq="ME")
HALVES = pd.date_range("2018-01-01", periods=N, freq="SMS-15")
SESSION = pd.bdate_range("2022-01-03", periods=N - 1).append(
    pd.DatetimeIndex(["2022-03-12"])
)
HALF_HOURS = pd.date_range("2022-01-03", periods=2 * N, freq="15min")

#: File, values, first date, step, words of the report: nothing is asked.
READ = {
    "one odd day among month ends": (
        text(ENDS.where(np.arange(N) != 50, ENDS[50] - pd.Timedelta("2D"))), VALUES,
        "2010-01-31", "ME", "moved to the last of the month: 2014-03-29 is now 2014-03-31"),
    "1st and 15th": (text(HALVES), VALUES, "2018-01-01", "SMS-15", "half a month"),
    "a session on a Saturday": (
        text(SESSION.sort_values()), np.delete(VALUES, 50), "2022-01-03", "B",
        "1 value on a weekend left out: 2022-03-12"),
    "every second line empty": (
        "date,value\n" + "\n".join(
            f"{d},{VALUES[k // 2] if k % 2 == 0 else ''}" for k, d in enumerate(HALF_HOURS)),
        VALUES, "2022-01-03", "30min", "one step in 2 has a value, regularly"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_the_file_decides_is_said(name, tmp_path):
    body, values, first, freq, says = READ[name]
    series, report = own(tmp_path, body)
    np.testing.assert_allclose(series, values)
    assert series.index[0] == pd.Timestamp(first) and series.index.freqstr == freq
    assert says in " ".join(report)


#: Dates at odd times, the repair, step and first date.
JITTER = {
    "a second about a minute": (late("1min", -1, 1), "min", "2022-03-07"),
    "a minute about 10 minutes": (late("10min", -60, 60), "10min", "2022-03-07"),
    "a second late": (late("h", 1, 9), "h", "2022-03-07"),
    "a quarter past": (late("h", -9, 9, "2022-03-07 00:15"), "h", "2022-03-07 00:15"),
    "one stamp early": (
        pd.date_range("2022-03-07", periods=N, freq="10min").to_series().where(
            np.arange(N) != 20, pd.Timestamp("2022-03-07 03:19:53")), "10min", "2022-03-07"),
    "half an hour about a day": (late("D", -30, 30, "2022-03-07 12:00", "min"), "D", "2022-03-07"),
    "weighed at 7 to 9": (late("D", 0, 120, "2022-03-07 07:00", "min"), "D", "2022-03-07"),
}  # fmt: skip


@pytest.mark.parametrize("name", JITTER)
def test_dates_about_equal_steps_keep_their_values(name, tmp_path):
    dates, freq, first = JITTER[name]
    ways, sure, _ = asked(tmp_path, text(dates))
    assert ways[0][0] == "grid" and sure == [True]
    series, report = own(tmp_path, text(dates), repair="grid")
    np.testing.assert_allclose(series, VALUES)
    assert series.index.freqstr == freq and series.index[0] == pd.Timestamp(first)
    assert "0 of them filled" in report[-1]


def test_a_third_of_a_month_is_no_sure_grid(tmp_path):
    dates = [
        f"{y}-{m:02d}-{d:02d}"
        for y in (2020, 2021)
        for m in range(1, 13)
        for d in (1, 11, 21)
    ]
    ways, sure, _ = asked(tmp_path, text(dates))
    assert ways[0] == ("grid",) and not sure[0]


HOURS = pd.date_range("2023-03-03", periods=N, freq="h")
EAST = pd.date_range("2023-03-25", periods=N, freq="h", tz="Europe/Paris").tz_localize(
    None
)
WEST = pd.date_range(
    "2023-03-10 20:00", periods=N, freq="h", tz="America/New_York"
).tz_localize(None)
SOUTH = pd.date_range(
    "2023-09-30", periods=N, freq="h", tz="Australia/Sydney"
).tz_localize(None)
AGO = pd.date_range(
    "2023-10-28", periods=N, freq="10min", tz="Europe/Athens"
).tz_localize(None)


@pytest.mark.parametrize(
    "dates", [EAST, WEST, SOUTH], ids=["Paris", "New York", "Sydney"]
)
def test_clocks_are_changed_on_their_days(dates, tmp_path):
    ways, _, message = asked(tmp_path, text(dates))
    assert ways == [("clock", "keep")] and "Clocks seem" in message
    np.testing.assert_allclose(own(tmp_path, text(dates), repair="clock")[0], VALUES)


def one_lost(dates, lost):
    return [d for d in dates if d != pd.Timestamp(lost)]


LONG = pd.date_range("2022-01-01", periods=9000, freq="h")


@pytest.mark.parametrize(("body", "least"), [
    (text(one_lost(HOURS, "2023-03-05 00:00")), 10),
    (text(one_lost(HOURS + pd.Timedelta("182D"), "2023-09-03 02:00")), 10),
    (text(one_lost(HOURS + pd.Timedelta("23D"), "2023-03-26 14:00")), 10),
    (text(HOURS + pd.Timedelta("22D")).replace("2023-03-26 02:00", "2023-03-26 02:OO"), 10),
    (text(one_lost(LONG, "2022-03-27 02:00"), np.arange(9000) % 97), 10),
], ids=["another Sunday", "September", "noon", "an unread line", "never back"])  # fmt: skip
def test_a_lost_hour_is_a_gap(body, least, tmp_path):
    ways, _, message = asked(tmp_path, body, least=least)
    assert ("fill", "cut") in ways and "Clocks" not in message


def panel(*begins):
    """Shops that begin one after the other."""
    lines = [
        f"{d.date()},{'abcd'[shop]},{VALUES[k] + shop}"
        for k, d in enumerate(DAYS)
        for shop, begin in enumerate(begins)
        if k >= begin
    ]
    return "date,shop,v\n" + "\n".join(lines)


def test_a_sum_says_where_a_series_is_missing(tmp_path):
    ways, sure, message = asked(tmp_path, panel(0, 51, 61))
    assert ways == [("sum",), ("cut", "keep")] and sure == [False, False]
    assert "61 of 100 dates are without some of the series, first 2022-01-03" in message
    series, _ = own(tmp_path, panel(0, 51, 61), repair="sum cut")
    np.testing.assert_allclose(series, 3 * VALUES[61:] + 3)
    series, report = own(tmp_path, panel(0, 51, 61), repair="sum keep")
    np.testing.assert_allclose(series.iloc[[0, 99]], [VALUES[0], 3 * VALUES[99] + 3])
    assert "the sum counts only those that are there" in " ".join(report)
    assert asked(tmp_path, panel(0, 51, 95))[0] == [("sum",)]  # 5 dates are too few


def test_a_file_with_its_end_appended(tmp_path):
    body = text([*DAYS, *DAYS[-20:]], [*VALUES, *VALUES[-20:]])
    ways, sure, _ = asked(tmp_path, body)
    assert ways == [("sort",), ("once", "sum")] and sure == [True, False]
    np.testing.assert_allclose(own(tmp_path, body, repair="sort once")[0], VALUES)
    twice = text(
        [d for d in DAYS for _ in "12"], [7 if k % 4 else 8 for k in range(2 * N)]
    )
    assert asked(tmp_path, twice)[0][0] == ("sum", "average", "last")
    same = text([d for d in DAYS for _ in "12"], [k // 2 % 9 for k in range(2 * N)])
    assert asked(tmp_path, same)[:2] == ([("sum", "once")], [False])
    assert own(tmp_path, same, repair="sum")[0].iloc[1] == 2
    assert own(tmp_path, same, repair="once")[0].iloc[1] == 1


def gaps(every, count=N):
    return "\n".join(line if k % every else line.split(",")[0] + ","
                     for k, line in enumerate(text(DAYS[:count]).split("\n"), 1))  # fmt: skip


def test_only_what_works_is_offered_for_gaps(tmp_path):
    assert asked(tmp_path, gaps(6))[0] == [("fill",)]
    assert asked(tmp_path, gaps(6), least=4)[0] == [("fill", "cut")]
    assert asked(tmp_path, gaps(3))[0] == [("zero",)]
    with pytest.raises(DataError, match="no stretch has the 10 values"):
        own(tmp_path, gaps(4))
    odd = DAYS[0] + pd.to_timedelta(np.arange(N) ** 2 * 13, "s")
    assert asked(tmp_path, text(odd), least=2)[0][0] == ("grid", "day")
    assert asked(tmp_path, text(odd))[0][0] == ("grid",)  # it is less than ten days


@pytest.mark.parametrize("k", [50, N - 1])
def test_a_mistyped_year_is_quoted(k, tmp_path):
    dates = [FAR if j == k else d for j, d in enumerate(DAYS)]
    ways, _, message = asked(tmp_path, text(dates))
    assert (
        ways[0] == ("dates", "keep")
        and f"2027-02-22 00:00:00 in line {k + 2}" not in message
    )
    assert f"first 2027-02-22 in line {k + 2}, mistyped" in message
    series, _ = own(tmp_path, text(dates), repair="dates fill")
    assert series.index[-1] == DAYS[min(98, 99) if k == N - 1 else 99]
    assert series.iloc[49] == VALUES[49]


def test_a_total_of_the_year_is_no_day(tmp_path):
    body = text(DAYS).replace("2022-02-10", "2022,9999.5\n2022-02-10")
    ways, _, message = asked(tmp_path, body)
    assert ways == [("dates",)] and "'2022'" in message
    np.testing.assert_allclose(own(tmp_path, body, repair="dates")[0], VALUES)


@pytest.mark.parametrize(("values", "codes", "sure"), [
    (changed(VALUES, k5=-99.99, k9=-99.99, k20=-999.99), ["-99.99", "-999.99"], [True, True]),
    (changed(VALUES, k5=-888, k9=-999), ["-888", "-999"], [True, True]),
    (changed(VALUES, k5=-32767), ["-32767"], [True]),
    (changed(VALUES, k5=9.96921e36), ["9.96921e+36"], [True]),
    (changed(VALUES, k5=-200, k9=-200), ["-200"], [False]),
], ids=range(5))  # fmt: skip
def test_codes_for_missing_are_asked(values, codes, sure, tmp_path):
    ways, found, message = asked(tmp_path, text(DAYS, values))
    assert ways[:-1] == [("code", "keep")] * len(codes) and found[:-1] == sure
    assert all(f"{code} stands" in message for code in codes)
    series, _ = own(tmp_path, text(DAYS, values), repair="code fill")
    assert series.min() >= 40 and series.max() < 70


@pytest.mark.parametrize(("values", "says"), [
    (changed(VALUES, k5=4193, k50=5012, k70=6155), "4193 on 2022-01-08"),
    (np.where(np.arange(N) < 60, VALUES, 100 * VALUES), "on 2022-03-04"),
    (changed(VALUES, k5=0.4193), "0.4193 on 2022-01-08"),
], ids=["commas lost", "another unit", "a comma too far"])  # fmt: skip
def test_jumps_are_said(values, says, tmp_path):
    report = own(tmp_path, text(DAYS, values))[1]
    assert any(line.startswith("Odd: ") and says in line for line in report), report


def test_rain_has_no_jumps(tmp_path):
    rain = np.round(RNG.gamma(0.4, 8, N) * (RNG.random(N) < 0.6), 1)
    report = own(tmp_path, text(DAYS, rain))[1]
    assert not any("another unit" in line for line in report)


@pytest.mark.parametrize(("step", "says"), [
    ("60MS", "5 years"), ("6MS", "half a year"), ("QS", "a quarter"), ("2QS", "half a year"),
    ("YE-JUN", "a year"), ("12MS", "a year"), ("MS", "a month"), ("2MS", "2 months"),
    ("7D", "a week"), ("14D", "2 weeks"), ("10D", "10 days"), ("D", "a day"), ("h", "an hour"),
    ("15min", "15 minutes"), ("1439min", "1439 minutes"), ("B", "a working day"), ("s", "a second"),
    ("SME-15", "half a month"),
])  # fmt: skip
def test_a_step_has_words(step, says):
    assert words(pd.tseries.frequencies.to_offset(step)) == says


@pytest.mark.parametrize("load", [datasets.load_sunspots, datasets.load_air_passengers])
def test_nothing_is_odd_about_whole_series_of_the_course(load):
    """7.8 sunspots and then 0.1: where values span decades, that is no other unit."""
    assert odd(load()) == []
