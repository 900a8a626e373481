"""Lesson 29 on files it has never seen: refused, repaired, yearly, hourly, and by command."""

import numpy as np
import pandas as pd
import pytest

from tools import forecast
from tools.lessons import chosen
from tools.results import light_namespace
from utils.datasets import DataError


@pytest.fixture(scope="module")
def lesson():
    return light_namespace(chosen(["29"])[0])


def wave(freq, count, season, level=50.0):
    """A season, a little noise, dates of any frequency."""
    rng = np.random.default_rng(1)
    values = (
        level
        + 10 * np.sin(2 * np.pi * np.arange(count) / season)
        + rng.normal(size=count)
    )
    return pd.Series(
        values, pd.date_range("1980-01-01", periods=count, freq=freq), name="value"
    )


@pytest.mark.parametrize(
    ("freq", "count", "period", "season", "horizon"),
    [
        ("YS", 90, 11, 1, 5),
        ("D", 400, 7, 7, 7),
        ("h", 500, 24, 24, 24),
        ("QS", 120, 4, 4, 4),
    ],
)
def test_other_steps_go_through_the_whole_lesson(
    lesson, freq, count, period, season, horizon
):
    job = lesson["plan"](wave(freq, count, period))
    assert (job.season, job.horizon) == (season, horizon) and not job.log
    rungs = lesson["climb"](job)
    errors = {
        name: lesson["part_error"](job, rung["validation"], "validation").mean()
        for name, rung in rungs.items()
    }
    task = lesson["scaled"](job, errors)
    model = lesson["train"](task, "GRU", seed=0)
    first = lesson["origins"](job, "test")[0]
    out = lesson["forecast"](task, model, first)
    assert out.shape == lesson["targets"](job, "test").shape
    if season > 1:  # a season that is known is used
        assert task.lag == season
        assert lesson["part_error"](job, out, "test").mean() < 4


def test_a_log_of_negative_numbers_is_refused_and_never_chosen(lesson):
    series = wave("MS", 120, 12, level=0.0)
    assert lesson["plan"](series).log is False
    with pytest.raises(DataError, match="the smallest value is -"):
        lesson["plan"](series, log=True)


def test_a_growing_season_gets_a_log(lesson):
    series = wave("MS", 120, 12) * np.exp(np.arange(120) / 30)
    assert lesson["plan"](series).log is True


def test_a_horizon_too_long_names_the_numbers(lesson):
    with pytest.raises(DataError, match="60 values are too few for a horizon of 24"):
        lesson["plan"](wave("MS", 60, 12), horizon=24)


def test_the_command_refuses_a_dirty_file_and_forecasts_the_repaired_one(
    tmp_path, capsys
):
    lines = [f"{d.date()},{v:.2f}" for d, v in wave("D", 200, 7).items()]
    lines[3], lines[4] = lines[4], lines[3]
    del lines[100]
    path = tmp_path / "my shop.csv"
    path.write_text("\n".join(["day,sold", *lines]))
    with pytest.raises(SystemExit, match=r"2\).*\n  1\. Dates out of order") as refused:
        forecast.main([str(path)])
    assert str(refused.value).endswith('With make: REPAIR="sort fill"')
    assert [p.name for p in tmp_path.iterdir()] == ["my shop.csv"]
    forecast.main([str(path), "--repair", "sort", "fill", "--horizon", "3"])
    out = capsys.readouterr().out
    assert "Forecast 3 steps ahead; season 7" in out and "Verdict: The " in out
    page = (tmp_path / "my shop-verdict.html").read_text(encoding="utf-8")
    assert (
        "data:image/png;base64" in page
        and "http" not in page
        and "1 of them filled" in page
    )
