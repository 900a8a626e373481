"""The network that the course ships for series it has never seen."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from forecast.zero_shot import (
    AHEAD,
    WEIGHTS,
    ZeroShot,
    forward,
    read_years,
    shipped,
)
from tools.lessons import chosen
from tools.make_zero_shot import check, held_out
from tools.results import light_namespace


@pytest.fixture(scope="module")
def lesson():
    """The names of the light cells of lesson 62."""
    return light_namespace(chosen(["62"])[0])


@pytest.fixture(scope="module")
def network():
    """What the course ships."""
    return ZeroShot()


def wave(count=96, level=100.0):
    """A positive monthly series with growth and season."""
    t = np.arange(count)
    return level * 1.005**t * (1 + 0.1 * np.sin(2 * np.pi * t / 12))


@pytest.fixture
def files():
    """Names of files and hosts that the code under test opens."""
    opened, on = [], [True]

    def look(event, arguments):
        if on and event in ("open", "socket.connect", "subprocess.Popen", "os.listdir"):
            opened.append((event, str(arguments[0])))

    sys.addaudithook(look)  # for good: it looks only while `on`
    yield opened
    on.clear()


def test_the_generator_reads_no_file(lesson, files):
    """Series, examples and the score are invented from numbers drawn, nothing else."""
    first = lesson["invent"](64, np.random.default_rng(0))
    lesson["examples"](first)
    assert files == []
    Path(os.devnull).open().close()
    assert files, "the guard sees what is opened"
    again = lesson["invent"](64, np.random.default_rng(0))
    assert np.array_equal(first, again)
    assert np.isfinite(first).all() and first.std(1).min() > 0


def test_numpy_and_keras_are_one_network(lesson):
    nets, stretch = shipped()
    x, _ = lesson["examples"](held_out(lesson, 0)[:64])
    for net in nets:
        model = lesson["build"](len(net[3]))
        model.set_weights(net)
        ours, theirs = forward(net, x), model.predict(x, verbose=0)[:, -1]
        assert np.abs(ours - theirs).max() < 1e-4
    assert stretch.shape == (AHEAD,) and (stretch > 0.8).all() and (stretch < 1.2).all()


def test_the_note_is_that_of_the_weights(lesson, capsys):
    assert check(lesson) == 0
    note = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    *each, mean = note["held_out_losses"]
    assert len(each) == len(note["seeds"]) == 3 and mean < min(each)


def test_what_is_read_is_known_by_then():
    """A year that comes later changes nothing that was read before."""
    years = np.log(wave(120))[None]
    other = years.copy()
    other[:, 60:] += 3
    for a, b in zip(read_years(years), read_years(other), strict=True):
        assert np.array_equal(a[:, :5], b[:, :5])
        assert not np.allclose(a[:, 5:], b[:, 5:])


@pytest.mark.parametrize("factor", [1e-6, 1000.0])
def test_another_unit_gives_the_same_forecast(network, factor):
    for values in (wave(), wave() - 120):
        one, other = network.quantiles([values, factor * values])
        assert np.allclose(other, factor * one, rtol=1e-4, atol=factor * 1e-3)


def test_quantiles_never_cross_and_stay_positive(network):
    rng = np.random.default_rng(0)
    some = [np.exp(rng.normal(size=n).cumsum() * 0.2) for n in (24, 35, 100, 400)]
    quantiles = network.quantiles(some)
    assert quantiles.shape == (4, AHEAD, 9)
    assert (np.diff(quantiles, axis=2) >= 0).all() and quantiles.min() > 0


@pytest.mark.parametrize("values", [np.zeros(48), np.full(48, 7.0), np.full(48, -7.0)])
def test_a_constant_stays(network, values):
    assert np.allclose(
        network.fit(values).forecast(24), values[0], rtol=0.01, atol=0.01
    )


@pytest.mark.parametrize("level", [1e-250, 1e250])
def test_extreme_sizes_stay_finite(network, level):
    assert np.isfinite(network.quantiles([wave() * level, -wave() * level])).all()


def test_each_origin_sees_only_what_came_before(network):
    values = wave(96)
    changed = values.copy()
    changed[60:] *= 3
    ours, theirs = (
        network.fit(v[:48]).rolling(v, 48, 12, 12)[:2] for v in (values, changed)
    )
    assert np.array_equal(ours, theirs)
    assert np.allclose(ours[0], network.forecast(12, values[:48]))


def test_many_at_once_are_as_one_by_one(network):
    histories = [wave(n) for n in (24, 47, 96, 96, 300)]
    together = network.quantiles(histories)
    alone = [network.quantiles([h])[0] for h in histories]
    assert np.allclose(together, alone, rtol=1e-4)


def test_it_forecasts_growth_and_season(network):
    values = wave(120)
    forecast = network.fit(values[:96]).forecast(24)
    naive = np.tile(values[84:96], 2)
    error = np.abs(forecast - values[96:])
    assert error.mean() < 0.5 * np.abs(naive - values[96:]).mean()


def test_bad_input_is_named(network):
    with pytest.raises(ValueError, match=r"History 1 .* 24"):
        network.quantiles([wave(48), wave(23)])
    with pytest.raises(ValueError, match="up to 24 steps"):
        network.fit(wave(48)).forecast(25)
    with pytest.raises(ValueError, match="zero-shot network"):
        network.fit(wave(23))
    gap = wave(48)
    gap[7] = np.nan
    with pytest.raises(ValueError, match="History 0"):
        network.quantiles([gap])


def test_missing_weights_say_where_they_come_from(tmp_path):
    with pytest.raises(FileNotFoundError, match="make weights LESSON=62"):
        shipped(tmp_path / "none.npz")


@pytest.mark.parametrize("offset", [1e2, 1e4, 1e6])
def test_a_small_wave_on_a_large_level_is_still_a_wave(network, offset):
    """As far off from its level as ten or a million: nearly one forecast."""
    t, rng = np.arange(120), np.random.default_rng(3)
    base = 50 + 3 * np.sin(2 * np.pi * t / 12) + 0.2 * rng.normal(size=120)
    near = network.fit(base).forecast(12) - 50
    far = network.fit(base + offset).forecast(12) - 50 - offset
    assert np.abs(far - near).mean() < 0.25 * np.abs(near).mean()
