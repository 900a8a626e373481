"""The plan: what is given is never replaced, what cannot be is refused with its limit."""

import numpy as np
import pandas as pd
import pytest

from forecast import plan as plans
from forecast.plan import (
    errors,
    make_plan,
    origins,
    recent,
    targets,
    usual_season,
    usual_seasons,
)
from utils.datasets import DataError


def wave(freq="MS", count=120, season=12, level=50.0, noise=1.0):
    """A season, a little noise, dates of any frequency."""
    rng, t = np.random.default_rng(1), np.arange(count)
    values = (
        level + 10 * np.sin(2 * np.pi * t / season) + noise * rng.normal(size=count)
    )
    dates = pd.date_range("1980-01-01", periods=count, freq=freq)
    return pd.Series(values, dates, name="value")


@pytest.mark.parametrize(
    ("freq", "season"),
    [("YS", 1), ("QS", 4), ("MS", 12), ("7D", 52), ("D", 7), ("B", 5), ("h", 24),
     ("30min", 48), ("2h", 12), ("ME", 12), ("BME", 12), ("QE-JAN", 4), ("QS-FEB", 4),
     ("YE", 1), ("6MS", 2), ("3MS", 4), ("2YS", 1), ("W-SUN", 52), ("14D", 26), ("2D", 1),
     ("5min", 288), ("7min", 206), ("12h", 2)],
)  # fmt: skip
def test_the_usual_season_follows_from_the_step(freq, season):
    assert usual_season(wave(freq)) == season


def test_lines_without_dates_have_no_usual_season():
    series = wave("D")
    assert usual_seasons(series) == (7, 364)
    series.attrs["numbered"] = True
    assert usual_seasons(series) == () and make_plan(series).season == 1


@pytest.mark.parametrize(
    "pair", [(24, 24), (168, 24), (1, 24), (24, 0), (0, 168), (2.5, 24)]
)
def test_two_seasons_that_cannot_be_are_refused(pair):
    with pytest.raises(ValueError, match="season is"):
        make_plan(wave("h", count=2000), season=pair)


def test_a_second_season_must_fit_too():
    with pytest.raises(DataError, match=r"season is 168; .*twice"):
        make_plan(wave("h", count=500), season=(24, 168))


def test_a_long_history_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(plans, "LONGEST", 100)
    series = wave()
    kept, said = recent(series)
    assert kept.equals(series.iloc[-100:]) and kept.index.freq == series.index.freq
    assert "has 120 values; only the last 100" in said and "1981-09-01" in said
    assert recent(kept) == (kept, None) or recent(kept)[1] is None


@pytest.mark.parametrize("name", ["season", "horizon"])
@pytest.mark.parametrize("value", [0, -3, 2.5, True, "12"])
def test_a_size_that_is_no_whole_number_is_refused_by_its_name(name, value):
    with pytest.raises(ValueError, match=rf"{name} is .*whole number of at least 1"):
        make_plan(wave(), **{name: value})


def test_nothing_that_was_given_is_replaced():
    plan = make_plan(wave(), season=1, horizon=1, log=False)
    assert (plan.season, plan.horizon, plan.log) == (1, 1, False)
    assert make_plan(wave(), log=True).log is True


def test_a_season_that_is_too_long_is_refused_with_the_limit_which_holds():
    series = wave(count=144)
    with pytest.raises(DataError, match=r"season is 1000; .*at most 47\."):
        make_plan(series, season=1000)
    assert make_plan(series, season=47, horizon=3).season == 47
    with pytest.raises(DataError, match="at most 47"):
        make_plan(series, season=48, horizon=3)


def test_a_usual_season_that_does_not_fit_is_said_to_be_left():
    plan = make_plan(wave("7D", count=100))
    assert plan.season == 1 and "usual season of 52 steps does not fit" in plan.notes[0]


@pytest.mark.parametrize(("freq", "count", "season"), [("MS", 50, 12), ("7D", 200, 52)])
def test_two_seasons_in_the_training_part_are_enough(freq, count, season):
    plan = make_plan(wave(freq, count, season))
    assert plan.season == season and len(origins(plan, "test")[0]) > 0


def test_without_a_season_no_season_of_one_is_named():
    with pytest.raises(
        DataError, match=r"^horizon is 99; 50 values leave room for \d+"
    ):
        make_plan(wave("YS", 50), horizon=99)


@pytest.mark.parametrize(("freq", "step"), [("ME", "M"), ("QS-FEB", "Q"), ("h", "h")])
def test_a_plan_knows_its_step(freq, step):
    assert make_plan(wave(freq)).step == step


@pytest.mark.parametrize("count", range(50, 90, 3))
@pytest.mark.parametrize("freq", ["MS", "D", "h", "YS", "7D", "QS"])
def test_a_short_file_needs_no_option(freq, count):
    plan = make_plan(wave(freq, count))
    for part in ("validation", "test"):
        assert len(origins(plan, part)[0]) >= 1
    usual = min(plan.season, 24) if plan.season > 1 else 5
    assert plan.horizon == usual or f"; it is {plan.horizon}." in plan.notes[-1]


@pytest.mark.parametrize("count", [50, 60, 144, 800])
def test_a_horizon_that_is_too_long_is_refused_with_the_limit_which_holds(count):
    series = wave(count=count)
    with pytest.raises(
        DataError, match=r"horizon is 500; .* room for \d+ steps"
    ) as told:
        make_plan(series, season=4, horizon=500)
    room = int(str(told.value).split("room for ")[1].split()[0])
    plan = make_plan(series, season=4, horizon=room)
    assert plan.horizon == room and len(targets(plan, "test")) > 0
    with pytest.raises(DataError):
        make_plan(series, season=4, horizon=room + 1)


def test_a_log_of_negative_numbers_is_refused_and_never_chosen():
    series = wave(level=0.0)
    assert make_plan(series).log is False
    with pytest.raises(DataError, match="the smallest value is -"):
        make_plan(series, log=True)


def test_a_growing_season_gets_a_log_unless_a_later_value_has_none():
    series = wave() * np.exp(np.arange(120) / 30)
    assert make_plan(series).log is True
    series.iloc[-1] = 0.0
    plan = make_plan(series)
    assert plan.log is False and "a later value has none" in plan.notes[0]


def test_a_constant_training_part_is_refused():
    series = wave()
    series.iloc[:100] = 7.0
    with pytest.raises(DataError, match=r"first 78 of 120 values.* are all 7"):
        make_plan(series)


@pytest.mark.parametrize("count", [60, 144, 3177])
def test_targets_lie_in_their_part(count):
    plan = make_plan(wave(count=count), horizon=5)
    for part, start, stop in (
        ("validation", plan.train, plan.edge),
        ("test", plan.edge, count),
    ):
        first, every = origins(plan, part)
        assert first[0] == start and first[-1] + plan.horizon <= stop
        assert len(first) >= min(60, stop - start - plan.horizon + 1) and every >= 1
        aim = targets(plan, part)
        assert np.array_equal(aim[0], plan.values[start : start + 5])
        assert np.allclose(errors(plan, aim + 2, part), 2)
