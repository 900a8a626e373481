"""utils.grid, and the two loaders of irregular data."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils import datasets
from utils.grid import gap_report, to_grid

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
    gaps = gap_report(hourly(values))
    assert gaps["steps"].tolist() == [1, 3, 1]
    assert gaps["start"].tolist() == [HOURS[3], HOURS[10], HOURS[47]]
    assert gaps["end"].tolist() == [HOURS[3], HOURS[12], HOURS[47]]


def test_gap_report_of_a_complete_series_is_empty():
    assert len(gap_report(hourly(np.arange(5.0)))) == 0


@quietly
@given(cells)
def test_gaps_add_up_and_contain_only_missing_values(values):
    data = hourly([np.nan if v is None else v for v in values])
    gaps = gap_report(data)
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
        gap_report(pd.Series(np.arange(48.0), pd.DatetimeIndex(list(HOURS))))


@pytest.mark.parametrize("function", [gap_report, to_grid])
@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ([1.0, 2.0], TypeError, says("list", "pd.Series(")),
        (pd.Series([1.0, 2.0]), TypeError, says("dates", "pd.date_range")),
        (hourly([]), ValueError, says("0 values", "at least 1")),
        (
            pd.Series([1.0, 2.0], HOURS[[4, 4]]),
            ValueError,
            says("2020-01-01 04:00:00", "once", "groupby"),
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
        function(bad, "h") if function is to_grid else function(bad)


# to_grid


def test_to_grid_fills_short_gaps_only_and_reports():
    values = np.arange(12.0)
    values[[0, 3, 6, 7, 8]] = np.nan
    grid, report = to_grid(hourly(values), "h", longest=2)
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
    grid, report = to_grid(pd.Series([1.0, 3.0, 5.0], index), "h")
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
    grid, report = to_grid(data, "h", longest=longest)
    pd.testing.assert_series_equal(data, before)
    known = data.notna()
    assert np.array_equal(grid[known], data[known])
    assert (
        report["filled"] + report["missing"] + report["values"]
        == len(grid)
        == report["steps"]
    )
    left = gap_report(grid)["steps"]
    gaps = gap_report(data)
    ends = gaps[(gaps["start"] == data.index[0]) | (gaps["end"] == data.index[-1])]
    assert len(left) == len(gaps[gaps["steps"] > longest].index.union(ends.index))


def test_to_grid_refuses_nonsense():
    with pytest.raises(ValueError, match=says("longest is -1", "at least 0")):
        to_grid(hourly([1, 2]), "h", longest=-1)
    with pytest.raises(ValueError, match=says("fortnight")):
        to_grid(hourly([1, 2]), "fortnight")
    with pytest.raises(TypeError, match=says("dtype", "astype")):
        to_grid(hourly([1, 2]).astype(str), "h")


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
    even, report = to_grid(glucose, "5min")
    assert report["missing"] == 5687
    assert len(even) == 57770
