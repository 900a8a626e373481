"""utils.series and the two loaders of irregular data; `plot_acf`, `plot_periodogram`."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils import datasets, plots, series

quietly = settings(deadline=None, max_examples=60)
HOURS = pd.date_range("2020-01-01", periods=48, freq="h", name="date")


def hourly(values):
    values = np.asarray(values, "float64")
    index = pd.date_range("2020-01-01", periods=len(values), freq="h", name="date")
    return pd.Series(values, index, name="value")


def says(*parts):
    """A pattern for a message that contains these parts in this order."""
    return re.compile(".*".join(re.escape(p) for p in parts), re.DOTALL)


numbers = st.floats(-1e4, 1e4, allow_nan=False)
cells = st.lists(st.one_of(st.none(), numbers), min_size=2, max_size=60)
full = st.lists(numbers, min_size=8, max_size=80).filter(lambda v: np.ptp(v) > 1e-3)


# gap_report


def test_gap_report_names_each_run():
    values = np.arange(48.0)
    values[[3, 10, 11, 12, 47]] = np.nan
    gaps = series.gap_report(hourly(values))
    assert gaps["steps"].tolist() == [1, 3, 1]
    assert gaps["start"].tolist() == [HOURS[3], HOURS[10], HOURS[47]]
    assert gaps["end"].tolist() == [HOURS[3], HOURS[12], HOURS[47]]


def test_gap_report_of_a_complete_series_is_empty():
    assert len(series.gap_report(hourly(np.arange(5.0)))) == 0


@quietly
@given(cells)
def test_gaps_add_up_and_contain_only_missing_values(values):
    data = hourly([np.nan if v is None else v for v in values])
    gaps = series.gap_report(data)
    assert gaps["steps"].sum() == data.isna().sum()
    for gap in gaps.itertuples():
        run = data.loc[gap.start : gap.end]
        assert len(run) == gap.steps
        assert run.isna().all()
        around = data.reindex([gap.start - HOURS.freq, gap.end + HOURS.freq])
        assert around.dropna().index.isin(data.index).all()
        for neighbour in around.index.intersection(data.index):
            assert np.isfinite(data[neighbour]), "a run was cut in two"


def test_gap_report_needs_a_frequency():
    with pytest.raises(ValueError, match=says("freq is None", "48", "to_grid")):
        series.gap_report(pd.Series(np.arange(48.0), pd.DatetimeIndex(list(HOURS))))


@pytest.mark.parametrize("function", [series.gap_report, series.to_grid])
@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ([1.0, 2.0], TypeError, says("list", "pd.Series(")),
        (pd.Series([1.0, 2.0]), TypeError, says("dates", "pd.date_range")),
        (hourly([]), ValueError, says("0 values", "at least 1")),
        (
            pd.Series([1.0, 2.0], HOURS[[4, 4]]),
            ValueError,
            says("2020-01-01 04:00:00", "twice", "groupby"),
        ),
        (
            pd.Series([1.0, 2.0], HOURS[[4, 2]]),
            ValueError,
            says("02:00:00", "04:00:00", "sort_index"),
        ),
    ],
)
def test_dates_must_be_there_once_and_in_order(function, bad, error, message):
    with pytest.raises(error, match=message):
        function(bad, "h") if function is series.to_grid else function(bad)


# to_grid


def test_to_grid_fills_short_gaps_only_and_reports():
    values = np.arange(12.0)
    values[[0, 3, 6, 7, 8]] = np.nan
    grid, report = series.to_grid(hourly(values), "h", longest=2)
    assert grid.iloc[3] == pytest.approx(3)
    assert grid.iloc[[0, 6, 7, 8]].isna().all(), "a gap of 3 or at the end was filled"
    assert report == {
        "values": 7,
        "steps": 12,
        "averaged": 0,
        "filled": 1,
        "missing": 4,
    }


def test_to_grid_adds_absent_dates_and_averages_shared_cells():
    index = pd.to_datetime(["2020-01-01 00:10", "2020-01-01 00:40", "2020-01-01 02:00"])
    grid, report = series.to_grid(pd.Series([1.0, 3.0, 5.0], index), "h")
    assert grid.iloc[0] == 2
    assert np.isnan(grid.iloc[1])
    assert report["averaged"] == 1
    assert report["missing"] == 1
    assert grid.index.freq == "h"


@quietly
@given(cells, st.integers(0, 6))
def test_to_grid_changes_no_value_that_was_there(values, longest):
    data = hourly([np.nan if v is None else v for v in values])
    before = data.copy()
    grid, report = series.to_grid(data, "h", longest=longest)
    pd.testing.assert_series_equal(data, before)
    known = data.notna()
    assert np.array_equal(grid[known], data[known])
    assert (
        report["filled"] + report["missing"] + report["values"]
        == len(grid)
        == report["steps"]
    )
    left = series.gap_report(grid)["steps"]
    gaps = series.gap_report(data)
    ends = gaps[(gaps["start"] == data.index[0]) | (gaps["end"] == data.index[-1])]
    assert len(left) == len(gaps[gaps["steps"] > longest].index.union(ends.index))


def test_to_grid_refuses_nonsense():
    with pytest.raises(ValueError, match=says("longest is -1", "at least 0")):
        series.to_grid(hourly([1, 2]), "h", longest=-1)
    with pytest.raises(ValueError, match=says("'fortnight'", "MS")):
        series.to_grid(hourly([1, 2]), "fortnight")
    with pytest.raises(TypeError, match=says("dtype", "astype")):
        series.to_grid(hourly([1, 2]).astype(str), "h")


# autocorrelation


def test_autocorrelation_of_a_hand_made_series():
    # deviations -1.5 -.5 .5 1.5: squares 5; lag 1: .75 - .25 + .75 = 1.25
    assert series.autocorrelation([1, 2, 3, 4], 1) == pytest.approx([1, 0.25])


@quietly
@given(full, st.floats(0.1, 100), st.floats(-100, 100))
def test_autocorrelation_ignores_unit_and_level(values, factor, level):
    values = np.array(values)
    r = series.autocorrelation(values, 5)
    assert r[0] == pytest.approx(1)
    assert (np.abs(r) <= 1 + 1e-9).all()
    moved = series.autocorrelation(factor * values + level, 5)
    assert moved == pytest.approx(r, abs=1e-5)


@quietly
@given(full)
def test_autocorrelation_does_not_know_the_direction_of_time(values):
    forward = series.autocorrelation(values, 5)
    backward = series.autocorrelation(values[::-1], 5)
    assert backward == pytest.approx(forward, abs=1e-7)


# periodogram


@quietly
@given(st.integers(2, 20), st.floats(0, 6.28), st.sampled_from([1.0, 1 / 12, 0.5]))
def test_periodogram_finds_the_period_that_was_put_in(cycles, phase, step):
    n = 120
    wave = np.cos(2 * np.pi * cycles * np.arange(n) / n + phase)
    share = series.periodogram(wave, step)
    assert share.idxmax() == pytest.approx(n / cycles * step)
    assert share.max() == pytest.approx(1, abs=1e-6)


@quietly
@given(full)
def test_periodogram_shares_the_whole_variance(values):
    share = series.periodogram(values)
    assert share.sum() == pytest.approx(1)
    assert (share >= 0).all()
    assert share.index[0] == pytest.approx(len(values)), "the longest is the record"
    assert (np.diff(share.index) < 0).all()


def test_periodogram_needs_a_positive_step():
    with pytest.raises(ValueError, match=says("step is 0", "above 0")):
        series.periodogram([1.0, 2, 3, 4], step=0)


# stationarity


@pytest.mark.parametrize("seed", range(5))
def test_the_two_tests_tell_noise_from_a_walk(seed):
    noise = np.random.default_rng(seed).standard_normal(1000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing may reach stderr
        calm, walk = (
            series.stationarity(noise),
            series.stationarity(np.cumsum(noise + 0.1)),
        )
    assert calm["adf_p"] < 0.01
    assert calm["kpss_p"] > 0.01
    assert walk["adf_p"] > 0.05
    assert (walk["kpss_p"], walk["kpss_bound"]) == (0.01, "≤")


def test_trend_is_allowed_on_request():
    line = np.arange(300) + np.random.default_rng(0).standard_normal(300)
    assert series.stationarity(line)["kpss_bound"] == "≤"
    around = series.stationarity(line, trend=True)
    assert (around["kpss_p"], around["kpss_bound"]) == (0.1, "≥")
    assert around["adf_p"] < 0.01


def test_bound_is_empty_inside_the_table():
    found = [
        series.stationarity(np.cumsum(np.random.default_rng(s).standard_normal(60)))
        for s in range(30)
    ]
    inside = [x for x in found if not x["kpss_bound"]]
    assert inside
    assert all(0.01 < x["kpss_p"] < 0.1 for x in inside)


# bad input, the same everywhere

CALLS = {
    "autocorrelation": lambda x: series.autocorrelation(x, 3),
    "periodogram": series.periodogram,
    "stationarity": series.stationarity,
}
GOOD = hourly(np.sin(np.arange(48)) + 0.3 * np.random.default_rng(0).random(48))
WITH_NAN = GOOD.copy()
WITH_NAN.iloc[[5, 7]] = np.nan


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (WITH_NAN, ValueError, says("0 missing", "2", "position 5", "to_grid")),
        (WITH_NAN.to_numpy(), ValueError, says("2", "position 5", "Fill")),
        (WITH_NAN.dropna(), ValueError, says("04:00", "06:00", "1:00:00", "to_grid")),
        (GOOD.iloc[:3], ValueError, says("at least", "3", "longer")),
        (GOOD * 0 + 7, ValueError, says("48", "7.0", "at least 2 different")),
        (GOOD.to_frame().to_numpy(), ValueError, says("(48, 1)", "column")),
        (GOOD.astype(str), TypeError, says("dtype", "float64")),
        (GOOD.iloc[::-1], ValueError, says("comes after", "sort_index")),
    ],
    ids=["nan", "nan-array", "gap", "short", "constant", "table", "text", "backwards"],
)
def test_bad_series_are_refused_with_a_remedy(call, bad, error, message):
    call(GOOD)  # the series itself is fine
    with pytest.raises(error, match=message):
        call(bad)


def test_lags_must_fit():
    with pytest.raises(ValueError, match=says("lag 48", "at least 49", "48")):
        series.autocorrelation(GOOD, 48)
    with pytest.raises(ValueError, match=says("lags is 0", "at least 1")):
        series.autocorrelation(GOOD, 0)


# loaders


def test_weather_is_one_year_of_hours():
    weather = datasets.load_weather()
    assert weather.shape == (8760, 9)
    assert weather.index.freq == "h"
    assert weather.index[0] == pd.Timestamp("2013-01-01 00:00")
    assert (weather.dtypes == "float64").all()
    assert weather.isna().all(axis=1).sum() == 54
    assert weather["temperature"].isna().sum() == 55
    assert weather["temperature"].agg(["min", "max"]).tolist() == [-11.1, 36.7]


def test_glucose_is_irregular_and_has_gaps():
    glucose = datasets.load_glucose()
    assert len(glucose) == 52278
    assert glucose.agg(["min", "max"]).tolist() == [40, 400]
    grid, report = series.to_grid(glucose, "5min")
    assert report["missing"] == 5687
    assert len(grid) == 57770
    with pytest.raises(ValueError, match=says("equal steps", "to_grid")):
        series.periodogram(glucose)


# plots


def test_plots_mark_the_right_place():
    r = series.autocorrelation(GOOD, 20)
    ax = plots.plot_acf(
        r, len(GOOD), "title", "lag (days)", step=1 / 24, mark={"x": 0.25}
    )
    assert ax.get_xlabel() == "lag (days)"
    assert ax.texts[0].xy == pytest.approx((0.25, r[6]))
    band = ax.patches[0].get_height()
    assert band == pytest.approx(2 * 1.96 / np.sqrt(48))
    share = series.periodogram(GOOD)
    ax = plots.plot_periodogram(share, "title", "hours", mark={"x": 6.2})
    period, height = ax.texts[0].xy
    assert period == share.index[np.abs(share.index - 6.2).argmin()] == 6
    assert height == pytest.approx(100 * share.loc[period])
    plots.plt.close("all")
