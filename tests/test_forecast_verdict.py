"""Ladder, verdict and page: who is ranked, who wins, what is a tie, what is written."""

import copy
import dataclasses
import io
import itertools
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from forecast import ladder as ladders
from forecast import page
from forecast.answer import Answer, conclude, decide, mean_of_two, said
from forecast.bands import bands, ceiling, held
from forecast.inputs import inputs, learnable, outputs, prepare, to_unit
from forecast.ladder import climb, methods
from forecast.plan import errors, make_plan, origins, targets
from forecast.verdict import Comparison, Verdict, compare, judge
from tests.test_forecast_plan import wave
from utils import baselines

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def plan():
    return make_plan(wave(count=240))


@pytest.fixture(scope="module")
def ladder(plan):
    return climb(plan)


def test_the_linear_window_reads_and_learns_what_the_network_does(plan, ladder):
    name = f"linear window of {plan.window}"
    rung = ladder.rungs[name]
    assert list(ladder.rungs)[-1] == name, "the simplest first, the linear window last"
    task = ladder.task
    assert task is rung.task
    known, chosen = learnable(task, plan.train), origins(plan, "validation")[0]
    assert known[-1] + plan.horizon == plan.train, "it learns from the training part"
    again = baselines.LinearWindow(plan.window, plan.horizon).fit_windows(
        inputs(task, known), outputs(task, known),
        inputs(task, chosen), outputs(task, chosen),
    )  # fmt: skip
    assert again.strength == rung.model.strength
    first = origins(plan, "test")[0]
    out = to_unit(task, first, again.predict_windows(inputs(task, first)))
    np.testing.assert_allclose(out, rung.forecasts["test"])
    assert rung.error == errors(plan, rung.forecasts["validation"], "validation").mean()


@pytest.mark.parametrize("seasonal", [False, True])
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("horizon", [3, 30])
def test_what_is_learnt_leads_back_to_the_unit(seasonal, log, horizon):
    plan = make_plan(wave(count=240), horizon=horizon, log=log)
    task = prepare(plan, plan.season * seasonal)
    first = learnable(task, len(plan.values))
    aim = plan.values[first[:, None] + np.arange(horizon)]
    out = outputs(task, first).astype("float64")
    if seasonal:  # a change beyond one season is that since the season before
        np.testing.assert_allclose(to_unit(task, first, out), aim, rtol=1e-4)
    else:
        np.testing.assert_allclose(to_unit(task, first, out), aim, rtol=1e-4)
    assert inputs(task, first).shape == (len(first), plan.window, task.features)
    assert task.features == (1 if seasonal else 2)


@pytest.mark.parametrize("seasonal", [False, True])
def test_inputs_end_before_their_origin(plan, seasonal):
    late = plan.values.copy()
    late[200:] += 1000
    other = dataclasses.replace(plan, values=late)
    lag = plan.season * seasonal
    ours, theirs = prepare(plan, lag), prepare(other, lag)
    assert np.array_equal(inputs(ours, [150, 200]), inputs(theirs, [150, 200]))
    assert not np.array_equal(inputs(ours, [201]), inputs(theirs, [201]))


class Stuck(baselines.Persistence):
    """Would win, and its search for parameters failed."""

    name = "stuck"

    def learn(self, train):
        self.converged = False


class Endless(baselines.Persistence):
    name = "endless"

    def predict(self, horizon, history):
        return np.full(horizon, np.inf)


class Unfit(baselines.Persistence):
    name = "unfit"

    def learn(self, train):
        raise ValueError("it cannot be fitted here")


def test_who_did_not_converge_is_not_ranked_but_named(plan):
    models = [baselines.Persistence(), Stuck(), Endless(), Unfit()]
    ladder = climb(plan, models)
    assert list(ladder.rungs) == ["persistence", f"linear window of {plan.window}"]
    assert ladder.left_out == [
        "stuck: its fit did not converge.",
        "endless: its forecasts are not finite.",
        "unfit: it cannot be fitted here",
    ]


def test_the_course_s_own_methods_are_left_out_when_they_do_not_converge(
    plan, monkeypatch
):
    learn = baselines.HoltWinters.learn

    def failed(self, train):
        learn(self, train)
        self.converged = False

    monkeypatch.setattr(baselines.HoltWinters, "learn", failed)
    ladder = climb(plan)
    assert "Holt-Winters" not in ladder.rungs
    assert "Holt-Winters: its fit did not converge." in ladder.left_out


def test_a_last_fit_that_does_not_converge_keeps_what_was_learnt(plan, ladder):
    class Later(baselines.Persistence):
        def learn(self, train):
            self.converged = len(train) < 200

        def predict(self, horizon, history):
            return np.full(horizon, len(self.train) + history[-1])

    class Broken(Later):
        def learn(self, train):
            if len(train) > 200:
                raise self.error

    class Nowhere(Later):
        converged = True

        def learn(self, train):
            self.lost = len(train) > 200

        def predict(self, horizon, history):
            return super().predict(horizon, history) * (np.nan if self.lost else 1)

    models = [Later(), Nowhere(), Broken(), Broken()]
    models[2].error, models[3].error = np.linalg.LinAlgError("no"), ValueError("no")
    for model in models:
        model.fit(plan.scaled[: plan.train])
        rung = dataclasses.replace(ladder.rungs["drift"], model=model)
        aim = plan.train * plan.scale + plan.values[-1]
        assert np.allclose(rung.ahead(plan), aim), type(model)


def test_every_rung_looks_ahead(plan, ladder):
    for name, rung in ladder.rungs.items():
        ahead = rung.ahead(plan)
        assert ahead.shape == (plan.horizon,) and np.isfinite(ahead).all(), name
        if name not in ("median", "persistence", "drift"):  # the wave goes on
            t = np.arange(240, 240 + plan.horizon)
            assert np.abs(ahead - 50 - 10 * np.sin(2 * np.pi * t / 12)).mean() < 3, name


def test_long_seasons_leave_slow_methods_out_and_say_so():
    models, left_out = methods(make_plan(wave("h", count=2000, season=24), season=168))
    assert "Holt-Winters" not in [m.name for m in models]
    named = [line.split(":")[0] for line in left_out]
    assert named == ["Holt-Winters", "SARIMA", "zero-shot network"]
    assert methods(make_plan(wave("YS"), season=1))[1] == []


@pytest.mark.parametrize(("freq", "season"), [("6h", 4), ("min", 1), ("D", 12)])
def test_the_zero_shot_network_asks_for_the_step(freq, season):
    models, left_out = methods(make_plan(wave(freq, count=240), season=season))
    assert "zero-shot network" not in [m.name for m in models]
    assert left_out == ["zero-shot network: it reads months, quarters and years."]
    said = methods(make_plan(wave(count=480), season=132))[1][-1]
    assert said == "zero-shot network: it reads seasons of 4 or 12 steps, or none."


@pytest.mark.parametrize(("freq", "season"), [("MS", 12), ("QS", 4), ("YS", 1)])
def test_the_zero_shot_network_joins_where_it_can_read(freq, season):
    plan = make_plan(wave(freq, count=240), season=season, horizon=24)
    assert methods(plan)[0][-1].name == "zero-shot network"
    longer = make_plan(wave(freq, count=240), season=season, horizon=25)
    models, left_out = methods(longer)
    assert "zero-shot network" not in [m.name for m in models]
    assert left_out == ["zero-shot network: it forecasts at most 24 steps ahead."]


def test_the_result_does_not_depend_on_the_unit():
    """One series in other units: the same ladder, error by error."""
    rng, t = np.random.default_rng(7), np.arange(120)
    base = (1 + 0.3 * np.sin(2 * np.pi * t / 12) + 0.005 * t) * (
        1 + 0.05 * rng.normal(size=120)
    )
    dates = pd.date_range("2014-01-01", periods=120, freq="MS")
    found = {}
    for unit in (1, 1e-9, 1e6, 1e13):
        plan = make_plan(pd.Series(base * unit, dates))
        ladder = climb(plan)
        found[unit] = {name: rung.error / unit for name, rung in ladder.rungs.items()}
        used = ladder.rungs["SARIMA"].ahead(plan) / unit
        found[unit] |= {f"ahead {k}": value for k, value in enumerate(used)}
    for unit, errors_there in found.items():
        assert errors_there == pytest.approx(found[1], rel=1e-2), unit


def test_a_series_that_grows_steadily_has_drift_as_its_naive_forecast():
    rng = np.random.default_rng(3)
    dates = pd.date_range("1980-01-01", periods=120, freq="QS")
    growing = pd.Series(500 + np.cumsum(rng.normal(8, 10, 120)), dates)
    assert climb(make_plan(growing, season=1)).naive == "drift"
    season = 60 * np.sin(np.pi * np.arange(120) / 2)
    plan = make_plan(growing + season)
    ladder = climb(plan)
    assert ladder.naive == "seasonal naive with drift" and ladder.lag == 4
    once = ladders.SeasonalDrift(4).fit([1.0, 2, 3, 4, 2, 3, 4, 5]).forecast(6)
    np.testing.assert_allclose(once, [3, 4, 5, 6, 4, 5])
    twice = ladders.SeasonalDrift(2, log=True).fit([1.0, 3, 2, 6]).forecast(4)
    np.testing.assert_allclose(twice, [4, 12, 8, 24])


def test_where_most_values_are_nothing_the_median_is_a_rung():
    rng = np.random.default_rng(4)
    rare = pd.Series(
        rng.poisson(0.3, 400) * 1.0, pd.date_range("2020-01-01", periods=400)
    )
    plan = make_plan(rare)
    ladder = climb(plan)
    assert next(iter(ladder.rungs)) == "median"
    assert ladder.rungs["median"].error == min(r.error for r in ladder.rungs.values())
    assert ladder.best == "median" and ladder.naive == "persistence"
    assert (ladder.rungs["median"].ahead(plan) == 0).all()
    median = ladders.Median(3).fit([9.0, 1, 2, 3, 3, 4, 9, 2, 5, 3]).forecast(4)
    np.testing.assert_allclose(median, [2, 4, 3, 2])


def test_every_method_is_explained_in_words(ladder):
    for name in (
        *ladder.rungs,
        "AR(3) on logs",
        "seasonal naive of 168 with drift",
        "GRU",
    ):
        assert page.what_it_does(name), name
    assert page.what_it_does("damped Holt").endswith("the trend fading")


def test_a_season_has_room_for_a_name():
    names = [model.name for model in methods(make_plan(hours()))[0]]
    assert "seasonal naive of 168 with drift" in names and "median" in names
    assert len(names) == len(set(names))


def test_an_end_that_decides_is_not_shown_as_nothing():
    told = said(Comparison("a", "b", -0.9, -1.8, -0.004, 9), 1)
    assert "-1.800 to -0.004," in told
    told = said(Comparison("a", "b", -0.001, -1.8, 0.004, 9), 1)
    assert "a minus b: 0.0; 95 % interval -1.8 to 0.0," in told


def test_a_second_search_begins_where_the_first_ended(plan, monkeypatch):
    sarima = [m for m in methods(plan)[0] if m.name == "SARIMA"]
    rung = climb(plan, [baselines.Persistence(), *sarima]).rungs["SARIMA"]
    given, real = [], ladders.SARIMAX.fit
    monkeypatch.setattr(
        ladders.SARIMAX, "fit", lambda *a, **k: (given.append(a[1]), real(*a, **k))[1]
    )
    rung.ahead(plan)
    np.testing.assert_array_equal(given[0], rung.model.model.result.params)


def test_the_better_one_wins_and_a_difference_of_nothing_is_a_tie(plan):
    rng, count = np.random.default_rng(0), len(origins(plan, "test")[0])
    good, alike = rng.uniform(1, 2, count), rng.uniform(1, 2, count)
    won = compare(plan, "a", good, "b", good + 1)
    assert won.winner == "a" and won.high < 0 and np.isclose(won.difference, -1)
    assert compare(plan, "a", good + 1, "b", good).winner == "b"
    tie = compare(plan, "a", good, "b", alike)
    assert tie.winner is None and tie.low < 0 < tie.high
    assert compare(plan, "a", good, "b", good).winner is None


@pytest.mark.parametrize("count", [1, 2, 17, 35])
def test_origins_that_all_share_targets_tell_nothing(plan, count):
    found = compare(plan, "a", np.ones(count), "b", np.full(count, 99.0))
    assert found.winner is None and found.blocks == 0 and found.low == -np.inf


@pytest.mark.parametrize(
    ("count", "horizon"), [(240, 12), (240, 5), (480, 12), (900, 24)]
)
def test_equals_are_rarely_told_apart(count, horizon):
    """Two methods whose errors at each step differ by mere noise: 95 % should be ties."""
    plan = make_plan(wave(count=count), horizon=horizon)
    first, every = origins(plan, "test")
    rng, wrong, tries = np.random.default_rng(0), 0, 200
    for _ in range(tries):
        step = rng.normal(size=(len(first) - 1) * every + horizon)
        gap = np.convolve(step, np.ones(horizon) / horizon, "valid")[::every]
        found = compare(plan, "a", 10 + gap, "b", np.full(len(gap), 10.0))
        assert found.blocks >= 3
        wrong += found.winner is not None
    assert wrong <= 0.12 * tries, wrong / tries


def pair(first, second, low, high, blocks=20):
    return Comparison(first, second, (low + high) / 2, low, high, blocks)


@pytest.mark.parametrize(
    ("network", "naive", "winner", "chosen", "says"),
    [
        ((-2, -1), (-2, -1), "GRU", "GRU", "The network (GRU) is better"),
        ((1, 2), (-2, -1), "AR", "AR", "The baseline (AR) is better"),
        ((-1, 1), (-2, -1), None, "AR", "A tie: GRU and AR cannot be told apart"),
        (
            (-1, 1),
            (-1, 1),
            None,
            "persistence",
            "together AR cannot be told from persistence",
        ),
        ((1, 2), (1, 2), "AR", "persistence", "AR is worse than persistence"),
        ((-2, -1), (-1, 1), "GRU", "persistence", "GRU cannot be told from"),
        ((-1, 1), (-2, -1), None, "AR", "Take AR, the simpler one."),
        ((-1, 1), (-1, 1), None, "persistence", "Take persistence, the simplest."),
    ],
)
def test_a_tie_takes_the_simplest(network, naive, winner, chosen, says):
    against = pair("GRU", "AR", *network)
    best = against.winner or "AR"
    verdict = Verdict("GRU", "AR", against, pair(best, "persistence", *naive))
    assert (verdict.winner, verdict.chosen) == (winner, chosen)
    assert verdict.interval == network and says in verdict.sentence


def test_a_test_part_that_tells_nothing_keeps_the_rung_that_validation_chose():
    endless = -np.inf, np.inf, 0
    verdict = Verdict(
        "GRU", "AR", pair("GRU", "AR", *endless), pair("AR", "persistence", *endless)
    )
    assert verdict.winner is None and verdict.chosen == "AR"
    assert "too short to tell GRU and AR apart" in verdict.sentence


@pytest.fixture(scope="module")
def answer(plan, ladder):
    """An answer whose network is the truth with a little noise: no TensorFlow needed."""
    rng = np.random.default_rng(0)
    runs = {
        "GRU": [
            {
                part: targets(plan, part) + 0.1 * rng.normal(size=(1, plan.horizon))
                for part in ("validation", "test")
            }
            for _ in range(3)
        ]
    }
    verdict = judge(plan, ladder, "GRU", runs["GRU"])
    series = wave(count=240).rename(r"US$\frac A$ _x_")
    ahead, past = np.full(plan.horizon, 50.0), runs["GRU"][0]
    mean, _, mixed = mean_of_two(plan, ladder, runs)
    return Answer(
        "pri$e_a$ <b>", series, ["r."], plan, ladder, runs | {mean: mixed}, verdict,
        ahead, bands(plan, past, ahead), held(plan, past),
    )  # fmt: skip


def test_the_network_that_knows_wins(answer):
    verdict = answer.verdict
    assert verdict.winner == verdict.chosen == "GRU" and verdict.interval[1] < 0
    assert answer.scores.index[0] == "GRU"
    low, high = answer.bands[95]
    assert (high - low).max() < 1 and (low < answer.ahead).all()


def test_names_are_drawn_letter_by_letter(answer):
    figure = plt.figure(figsize=(9, 6.6), layout="constrained")
    page.draw(figure, answer)
    texts = [t for t in figure.findobj(plt.Text) if "$" in t.get_text()]
    assert texts and not any(t.get_parse_math() for t in texts)
    plt.close(figure)
    assert page.picture(answer)[:4] == b"\x89PNG"
    renamed = dataclasses.replace(answer, series=answer.series.rename("a$b"), name="$")
    assert page.picture(renamed)[:4] == b"\x89PNG"


def test_the_page_holds_text_picture_and_forecast_and_no_foreign_mark_up(answer):
    text = page.page(answer, b"png")
    assert "<b>" not in text and "pri$e_a$ &lt;b&gt;" in text
    assert "http" not in text and "Verdict: The network (GRU) is better" in text
    forecast = text.split("<table>")[1].split("</table>")[0]
    assert forecast.count("<tr>") == 1 + answer.plan.horizon
    head = "".join(f'<th scope="col">{name}</th>' for name in (
        "date", "forecast", "80 % from", "80 % to", "95 % from", "95 % to"))  # fmt: skip
    assert head in forecast and "<caption>Forecast of US$" in forecast
    train, edge = answer.series.index[[answer.plan.train, answer.plan.edge]]
    for stamp in (answer.series.index[0], train, edge, answer.future[-1]):
        assert f"<td>{stamp.date()}</td>" in text, "dates of the plan"
    assert "80 of 100 values are meant to lie" in text and "of its values" in text
    shown = page.text(answer).splitlines()
    assert shown[-answer.plan.horizon - 1].split()[:4] == [
        "date",
        "forecast",
        "80",
        "%",
    ]
    assert "e+" not in text + page.text(answer) + page.forecast_csv(answer)


def test_the_forecast_as_a_file_is_what_pandas_reads(answer):
    table = pd.read_csv(
        io.StringIO(page.forecast_csv(answer)), index_col="date", parse_dates=True
    )
    assert [*table] == ["forecast", "lower_80", "upper_80", "lower_95", "upper_95"]
    assert table.index.equals(answer.future.rename("date")) and len(table) == 12
    order = table[["lower_95", "lower_80", "forecast", "upper_80", "upper_95"]]
    assert (np.diff(order.to_numpy(), axis=1) >= 0).all()


@pytest.mark.parametrize(
    ("error", "shown"), [(15.43, 1), (0.563, 3), (2653.2, 0), (7.4, 2), (0.0, 3)]
)
def test_errors_keep_three_digits(error, shown):
    assert page.decimals(error) == shown


def test_no_letter_of_a_name_is_a_mark_of_markdown():
    assert page.plain("a_b|$x$ <i> é") == r"a\_b\|\$x\$ \<i\> é"


def test_numbers_have_the_decimals_of_the_errors(answer):
    assert answer.digits == 3  # the baseline's error is below 1
    assert answer.test_errors("GRU").shape == (3, len(origins(answer.plan, "test")[0]))
    assert list(answer.curves) == ["GRU", answer.verdict.baseline]


def three(folder):
    return dict.fromkeys(page.paths("mein $pre_is é", folder).values(), "new")


def test_the_files_carry_the_name_of_the_series(tmp_path):
    assert [path.name for path in three(tmp_path)] == [
        f"mein $pre_is é-forecast.{kind}" for kind in ("csv", "png", "html")
    ]


@pytest.mark.parametrize("fails", ["mkstemp", "replace"])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch, fails):
    contents, calls = three(tmp_path), []
    for path in contents:
        path.write_text("old")

    def full(*given, **options):
        calls.append(given)
        if len(calls) == (2 if fails == "mkstemp" else 1):
            raise OSError(28, "No space left on device")
        return real(*given, **options)

    where, real = {
        "mkstemp": (page.tempfile, page.tempfile.mkstemp),
        "replace": (page.Path, page.Path.replace),
    }[fails]
    monkeypatch.setattr(where, fails, full)
    with pytest.raises(OSError, match="No space"):
        page.write(contents)
    assert {path.read_text() for path in contents} == {"old"}
    assert sorted(tmp_path.iterdir()) == sorted(contents), "nothing is left beside them"


def test_what_is_written_is_whole_and_its_owner_may_read_it(tmp_path):
    contents = three(tmp_path)
    page.write(contents)
    assert {path.read_text() for path in contents} == {"new"}
    assert sorted(tmp_path.iterdir()) == sorted(contents)
    for path in contents:
        assert stat.S_IMODE(path.stat().st_mode) & stat.S_IRUSR


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_end_in_the_middle_of_writing_waits_until_all_is_whole(tmp_path, sign):
    """A signal arrives when one of three files has been renamed."""
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from forecast import page\n"
        "from forecast.__main__ import _stop\n"
        "folder, sign = sys.argv[1], int(sys.argv[2])\n"
        "signal.signal(sign, _stop)\n"
        "real = Path.replace\n"
        "def slow(self, target):\n"
        "    real(self, target)\n"
        "    os.kill(os.getpid(), sign)\n"
        "Path.replace = slow\n"
        "page.write({p: 'new' for p in page.paths('a', folder).values()})\n"
        "print('went on')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(int(sign))],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (128 + sign, ""), done.stderr
    assert done.stderr.strip() == "Stopped."
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {f"a-forecast.{kind}": "new" for kind in ("csv", "png", "html")}


def test_only_what_this_program_wrote_is_its_own(answer, tmp_path):
    paths = page.paths("a", tmp_path)
    assert not any(page.not_ours(path) for path in paths.values()), "nothing there"
    png = page.picture(answer)
    page.write(dict(zip(
        paths.values(),
        (page.forecast_csv(answer), png, page.page(answer, png)), strict=True,
    )))  # fmt: skip
    assert not any(page.not_ours(path) for path in paths.values())
    for path in paths.values():
        path.write_text("date,forecast\n2020-01-01,mine\n<html>")
    assert all(page.not_ours(path) for path in paths.values())
    paths["csv"].unlink()
    paths["csv"].mkdir()
    assert page.not_ours(paths["csv"])


def test_a_folder_that_cannot_be_written_says_why(tmp_path):
    assert page.why_not_writable(tmp_path) is None and not [*tmp_path.iterdir()]
    assert "No such file" in page.why_not_writable(tmp_path / "nowhere")


def test_dates_of_the_forecast_follow_the_series(answer):
    assert answer.future[0] == pd.Timestamp("2000-01-01")
    assert len(answer.future) == answer.plan.horizon


def hours(weekly=True, count=24 * 7 * 9):
    """Hours with a day, and a week whose weekend is quiet."""
    rng, t = np.random.default_rng(2), np.arange(count)
    quiet = np.isin(t // 24 % 7, (5, 6)) * 6.0 * weekly
    values = 20 + 5 * np.sin(2 * np.pi * t / 24) - quiet + rng.normal(size=count)
    return pd.Series(
        values, pd.date_range("2024-01-01", periods=count, freq="h"), name="MW"
    )


def test_day_and_week_where_the_data_have_them():
    assert make_plan(hours()).seasons == (24, 168)
    assert make_plan(hours(weekly=False)).seasons == (24,)
    assert make_plan(hours(), season=24).seasons == (24,), "what is given is kept"
    assert make_plan(hours(), season=(24, 168)).seasons == (24, 168)


def test_a_second_season_is_read_by_everyone():
    plan = make_plan(hours())
    ladder = climb(plan, ladders.methods(plan)[0][:9])
    error = {name: rung.error for name, rung in ladder.rungs.items()}
    assert error["seasonal naive of 168"] < error["seasonal naive of 24"]
    assert ladder.naive == "seasonal naive of 168" and ladder.lag == 168
    assert prepare(plan, 168).far == 0 and prepare(plan, 168).features == 1
    for lag in (0, 24):
        task = prepare(plan, lag)
        assert task.far == 168 and task.features == (2 if lag else 3)
        first = learnable(task, plan.train)
        assert first[0] - lag - plan.window - 168 + plan.horizon == 0, (
            "as early as can be"
        )
        last = 0 if lag else task.z[first[:, None] - 1]
        week_ago = inputs(task, first)[:, -plan.horizon :, -1] + last
        ends = first[:, None] - lag + np.arange(plan.horizon) - 168
        np.testing.assert_allclose(week_ago, task.z[ends], atol=1e-5)
    known = make_plan(hours(), season=24)
    weekly = min(e for name, e in error.items() if "linear" in name)
    daily = climb(known, [baselines.Persistence()]).rungs["linear window of 48"].error
    assert weekly < daily


def test_the_linear_window_learns_the_change_of_the_best_naive(plan, ladder):
    assert ladder.lag == ladder.task.lag == 12
    assert climb(plan, [baselines.Persistence()]).lag == 0


def test_another_change_is_learnt_where_it_is_clearly_better():
    plan = make_plan(hours())
    tries = {lag: ladders.linear_rung(plan, lag).error for lag in (0, 24, 168)}
    for naive in (0, 24, 168):
        first = baselines.SeasonalNaive(naive) if naive else baselines.Persistence()
        ladder = climb(plan, [first])
        better = [e for e in tries.values() if e < ladders.CLEARLY * tries[naive]]
        assert ladder.lag == naive
        found = tries[ladder.task.lag]
        assert found in better if better else ladder.task.lag == naive
        assert found <= min(tries.values()) / ladders.CLEARLY


def test_nobody_reads_a_season_that_lies_ahead():
    plan = make_plan(hours())
    late = plan.values.copy()
    late[1200:] += 1000
    other = dataclasses.replace(plan, values=late)
    for lag in (0, 24, 168):
        ours, theirs = prepare(plan, lag), prepare(other, lag)
        assert np.array_equal(inputs(ours, [1000, 1200]), inputs(theirs, [1000, 1200]))
        assert not np.array_equal(inputs(ours, [1201]), inputs(theirs, [1201]))


def test_what_learns_from_the_end_is_that_method_on_the_end(plan):
    whole = baselines.AR(lag=2).fit(plan.values[60:160])
    short = ladders.Recent(baselines.AR(lag=2), 100).fit(plan.values[:160])
    both = (
        m.rolling(plan.values[k:], 160 - k, 12) for m, k in ((whole, 60), (short, 0))
    )
    np.testing.assert_allclose(*both)
    same = ladders.Recent(baselines.HoltWinters(12), 999).fit(plan.values[:160])
    alone = baselines.HoltWinters(12).fit(plan.values[:160])
    np.testing.assert_allclose(
        same.rolling(plan.values, 170, 12), alone.rolling(plan.values, 170, 12)
    )
    assert same.model is not copy.copy(same).fit(plan.values).model


def test_a_search_that_takes_too_long_is_given_up_and_named(plan, monkeypatch):
    monkeypatch.setattr(ladders, "PATIENCE", 0.0)
    sarima = [m for m in methods(plan)[0] if m.name == "SARIMA"]
    ladder = climb(plan, [baselines.Persistence(), *sarima])
    assert "SARIMA" not in ladder.rungs
    assert ladder.left_out == ["SARIMA: its fit was given up after 0 seconds"]


def test_a_last_search_that_takes_too_long_keeps_what_was_learnt(plan, monkeypatch):
    sarima = [m for m in methods(plan)[0] if m.name == "SARIMA"]
    rung = climb(plan, [baselines.Persistence(), *sarima]).rungs["SARIMA"]
    monkeypatch.setattr(ladders, "PATIENCE", 0.0)
    np.testing.assert_allclose(
        rung.ahead(plan), rung.model.forecast(plan.horizon, plan.scaled) * plan.scale
    )


def test_a_fit_that_fails_says_so_in_the_ladder_only(plan, capsys):
    climb(plan, [baselines.Persistence(), ladders.Recent(Stuck(), 50)])
    assert capsys.readouterr().out == ""


def falling():
    """Counts that fall towards 0 and never below it."""
    values = np.maximum(60 - np.arange(120) / 2, 0).round() + (np.arange(120) % 3 == 0)
    return pd.Series(values, pd.date_range("2010-01-01", periods=120, freq="MS"))


def test_no_forecast_and_no_band_lies_below_what_cannot_be():
    plan = make_plan(falling(), season=1, horizon=10)
    ladder = climb(plan)
    for name, rung in ladder.rungs.items():
        for each in (*rung.forecasts.values(), rung.ahead(plan)):
            assert each.min() >= 0, name
    past = ladder.rungs["persistence"].forecasts
    low, high = bands(plan, past, np.ones(10))[95]
    assert low.min() == 0 and (high > 1).all()
    below = make_plan(falling() - 1, season=1, horizon=10)
    past = {part: f - 1 for part, f in past.items()}
    assert bands(below, past, np.zeros(10))[95][0].min() < -1, "where it can be, it may"


def test_bands_are_as_wide_as_the_errors_of_the_past(plan):
    rng = np.random.default_rng(5)
    past = {
        part: targets(plan, part) + rng.normal(size=targets(plan, part).shape)
        for part in ("validation", "test")
    }
    ahead = np.full(plan.horizon, 7.0)
    misses = np.concatenate([np.abs(f - targets(plan, p)) for p, f in past.items()])
    for level, (low, high) in bands(plan, past, ahead).items():
        np.testing.assert_allclose(high - ahead, ahead - low)
        inside = (misses <= high - ahead).mean(axis=0)
        assert (np.abs(inside - level / 100) < 0.1).all()
        assert level / 100 <= inside.mean() < level / 100 + 0.03


def test_one_wild_step_widens_its_neighbours_rather_than_itself_alone(plan):
    gap = np.ones(plan.horizon)
    gap[4] = 10.0
    past = {part: targets(plan, part) + gap for part in ("validation", "test")}
    wide = bands(plan, past, np.zeros(plan.horizon))[80][1]
    np.testing.assert_allclose(wide, [1, 1, 1, 4, 4, 4] + [1] * (plan.horizon - 6))
    assert held(plan, past)[80] == pytest.approx(1 - 1 / plan.horizon)


@pytest.mark.parametrize(
    ("values", "name", "most"),
    [
        ([0.2, 0.9], "Share of users", 1), ([0.2, 0.9], "EUR/GBP", np.inf),
        ([0.2, 1.1], "share", np.inf),
        ([-0.2, 0.9], "x", np.inf), ([3, 99.5], "rate %", 100), ([3, 99], "Percent", 100),
        ([3, 99], "x", np.inf), ([3, 101], "rate %", np.inf), ([-3, 9], "%", np.inf),
    ],
)  # fmt: skip
def test_shares_and_per_cents_have_an_upper_end(values, name, most):
    assert ceiling(pd.Series(values, name=name)) == most


def test_no_forecast_of_a_share_and_no_band_lies_above_one(plan, ladder):
    aim = {part: targets(plan, part) for part in ("validation", "test")}
    verdict, runs = decide(plan, ladder, {"GRU": [aim]})
    series = (wave(count=240) / 100).rename("share of users")
    found = conclude(
        "a", series, [], plan, ladder, runs, verdict, lambda _: np.full(12, 1.2)
    )
    assert found.ahead.max() == 1 and found.bands[95][1].max() == 1
    assert any("end at 1, for by its name" in s for s in page.remarks(found))


def test_bands_on_logs_are_factors():
    plan = make_plan(wave() * np.exp(np.arange(120) / 30), log=True)
    past = {p: targets(plan, p) * np.exp(0.1) for p in ("validation", "test")}
    low, high = bands(plan, past, np.full(12, 100.0))[80]
    np.testing.assert_allclose(
        [low, high], [[90.4837] * 12, [110.5171] * 12], rtol=1e-4
    )
    past["test"][0] = 0.0  # a forecast without a logarithm
    assert np.isfinite(bands(plan, past, np.full(12, 100.0))[80]).all()


def test_how_often_intervals_held_is_counted_on_the_test_part_alone(plan):
    aim = {part: targets(plan, part) for part in ("validation", "test")}
    shape = aim["validation"].shape
    one = np.linspace(0.02, 1, shape[0])[:, None] * np.ones(shape)
    past = {"validation": aim["validation"] + one, "test": aim["test"] + 2.0}
    assert held(plan, past) == {80: 0.0, 95: 0.0}
    past["test"] = aim["test"] + 0.9
    assert held(plan, past) == {80: 0.0, 95: 1.0}
    past["test"] = aim["test"] - 0.1
    assert held(plan, past) == {80: 1.0, 95: 1.0}


def test_the_mean_of_the_best_two_takes_them_seed_by_seed(plan, ladder):
    aim = {part: targets(plan, part) for part in ("validation", "test")}
    runs = {"GRU": [{p: a + k for p, a in aim.items()} for k in (0.1, -0.1)]}
    name, two, mixed = mean_of_two(plan, ladder, runs)
    assert two == ("GRU", ladder.best) and name == f"mean of GRU and {ladder.best}"
    other = ladder.rungs[ladder.best].forecasts["test"]
    for each, mine in zip(mixed, runs["GRU"], strict=True):
        np.testing.assert_allclose(each["test"], (mine["test"] + other) / 2)


@pytest.mark.parametrize(
    ("interval", "chosen"),
    [((-2, -1), "mean of AR and GRU"), ((-2, 1), "AR"), ((1, 2), "AR")],
)
def test_the_mean_is_used_only_if_it_is_better_than_one_method(interval, chosen):
    verdict = Verdict(
        "GRU", "AR", pair("GRU", "AR", -1, 1), pair("AR", "persistence", -2, -1),
        pair("mean of AR and GRU", "AR", *interval),
    )  # fmt: skip
    assert verdict.chosen == chosen and verdict.single == "AR"
    assert verdict.sentence.count("Take ") == 1, "one order"
    used = "the mean of AR and GRU." if chosen != "AR" else "AR, the simpler one."
    assert verdict.sentence.endswith(f" Take {used}")


def test_whom_to_use_is_told_from_validation_and_test_part(plan, ladder):
    """The naive forecast is used where the best is not better on both parts together."""
    best, naive = ladder.best, ladder.naive
    poor = [ladder.rungs["drift"].forecasts]
    verdict = judge(plan, ladder, "GRU", poor)
    both = [
        np.concatenate(
            [
                errors(plan, ladder.rungs[n].forecasts[p], p)
                for p in ("validation", "test")
            ]
        )
        for n in (best, naive)
    ]
    assert verdict.against_naive.difference == pytest.approx(np.mean(both[0] - both[1]))
    assert verdict.against_naive.blocks > verdict.against_baseline.blocks
    short = make_plan(wave(count=150))  # a test part without an interval
    few = climb(short, [baselines.Persistence(), baselines.SeasonalNaive(12)])
    told = judge(short, few, "GRU", [few.rungs["persistence"].forecasts])
    assert told.against_naive.blocks == 0 and told.single == few.best


def test_the_judge_lays_the_mean_beside_what_would_be_used(plan, ladder):
    count = len(origins(plan, "test")[0])
    forecasts = [ladder.rungs["drift"].forecasts]
    won = judge(plan, ladder, "GRU", forecasts, ("mean", np.zeros(count)))
    assert won.against_mean.second == won.single and won.chosen == "mean"
    lost = judge(plan, ladder, "GRU", forecasts, ("mean", np.full(count, 99.0)))
    assert lost.chosen == lost.single == won.single


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([112.0, 118.0], 0), ([1.5, 2.0], 1), ([0.459, 0.46], 3), ([1e12, 2e12], 0),
        ([1.5e-9, 2e-9], 10), ([0.1 + 0.2, 0.3], 1), ([1 / 3, 2 / 3], 16),
    ],
)  # fmt: skip
def test_decimals_are_those_of_the_file(values, shown):
    found = page.own_decimals(np.array(values * 30))
    assert found == shown or (shown == 16 and found >= 9)


def test_a_few_filled_values_do_not_count_as_the_file_s_decimals():
    values = np.arange(100.0)
    values[3] = 1 / 3
    assert page.own_decimals(values) == 0


@pytest.mark.parametrize(
    ("scale", "digits"), [(1.0, 2), (1e6, -3), (1e-3, 5), (1e-7, 9)]
)
def test_numbers_stand_in_the_scale_of_the_file(answer, scale, digits):
    """Two decimals in the file, whatever its unit; both ends of a band differ."""
    other = scaled(dataclasses.replace(answer, series=answer.series.round(2)), scale)
    for row in page.table(other):
        assert not any("e" in cell for cell in row)
        assert row[2] != row[3], "0.007 … 0.007"
    assert abs(other.digits - digits) <= 1


def test_no_number_is_minus_nothing():
    assert page.number(-0.0001, 2) == "0.00" and page.number(26530.4, 0) == "26530"
    assert page.number(26530.4, -2) == "26500", "below 0: whole hundreds"
    assert page.number(-1234567.8, 1, page.SPACE) == "-1\xa0234\xa0567.8"


@pytest.mark.parametrize(
    ("own", "error", "low", "high", "digits"),
    [
        (0, 0.26, [0.0, 0.0], [0.9, 1.0], 0),  # counts stay whole
        (0, 0.26, [0.2, 0.0], [0.4, 1.0], 1),  # but no 0 … 0
        (2, 2.6, [1.0, 1.0], [3.0, 4.0], 2), (1, 0.26, [1.0], [3.0], 1),
        (0, 1.2e11, [1.5e13], [1.6e13], -9),  # 14 digits, of which the error knows three
        (0, 1.2e11, [15000000.0], [15000090.0], -2), (3, 0.0, [12.0], [12.0], 3),
    ],
)  # fmt: skip
def test_digits_are_no_more_than_file_and_error_know(own, error, low, high, digits):
    assert page.table_decimals(own, error, np.array(low), np.array(high)) == digits


def scaled(answer, scale):
    """The same answer in another unit."""
    rungs = {
        name: dataclasses.replace(
            rung,
            forecasts={p: f * scale for p, f in rung.forecasts.items()},
            error=rung.error * scale,
        )
        for name, rung in answer.ladder.rungs.items()
    }
    return dataclasses.replace(
        answer, series=(answer.series * scale).rename("value"), ahead=answer.ahead * scale,
        plan=dataclasses.replace(answer.plan, values=answer.plan.values * scale),
        ladder=dataclasses.replace(answer.ladder, rungs=rungs),
        runs={n: [{p: f * scale for p, f in e.items()} for e in r] for n, r in answer.runs.items()},
        bands={k: tuple(e * scale for e in ends) for k, ends in answer.bands.items()},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("scale", "word", "error"),
    [(1.0, "value", "value"), (1e-10, "value, billionths", "value, trillionths"),
     (1e12, "value, trillion", None)],
)  # fmt: skip
def test_ticks_can_be_read_in_any_unit(answer, scale, word, error):
    figure = plt.figure(figsize=(9, 6.6), layout="constrained")
    page.draw(figure, scaled(answer, scale))
    top, left, right = figure.axes
    for axis in (top.yaxis, left.yaxis, right.xaxis):
        shown = [t.get_text() for t in axis.get_ticklabels()]
        assert len({*shown}) == len(shown) and max(map(len, shown)) <= 6, shown
    assert top.get_ylabel() == word
    if error:
        assert right.get_xlabel() == f"mean absolute error, {error}"
    boxes = [t.get_window_extent() for t in right.get_xticklabels() if t.get_text()]
    assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes)), "none over another"
    plt.close(figure)


@pytest.mark.parametrize(
    ("values", "found"),
    [([0.0, 5e5], (1, "")), ([2e6, 9e6], (1e6, ", million")), ([0.0, 0.0], (1, "")),
     ([5e6, 5e6 + 9], (1, "")), ([-2e6, 2e6], (1e6, ", million")),
     ([2.1e6, 2.9e6], (1e6, ", million")),
     ([0.001, 0.9], (1, "")), ([1e30, 2e30], (1e12, ", trillion"))],
)  # fmt: skip
def test_an_axis_has_a_unit_from_seven_digits_on(values, found):
    assert page.unit(values) == found


def test_thousands_are_grouped_for_people_and_not_in_the_file(answer):
    large = scaled(answer, 1e12)
    cell = page.table(large)[0][1]
    assert cell == "50\xa0000\xa0000\xa0000\xa0000", cell
    assert cell in page.text(large) and cell in page.page(large, b"png")
    assert page.forecast_csv(large).splitlines()[1].split(",")[1] == "50000000000000"


@pytest.mark.parametrize(
    ("freq", "spelt", "shown"),
    [("YS", "1980", "2000"), ("YS", "1980-01-01", "2000-01-01"), ("QS", "1980Q1", "2000Q1"),
     ("QS", "1980-01-01", "2000-01-01"), ("MS", "1980", "2000-01-01")],
)  # fmt: skip
def test_years_and_quarters_come_back_as_the_file_writes_them(
    answer, freq, spelt, shown
):
    count = {"YS": 20, "QS": 80, "MS": 240}[freq]
    series = wave(freq, count)
    series.attrs["spelt"] = spelt
    other = dataclasses.replace(answer, series=series)
    assert other.days[0] == page.table(other)[0][0] == shown
    assert page.forecast_csv(other).splitlines()[1].startswith("2000-01-01,")


def test_every_method_has_its_line_on_the_page(answer):
    every = {"AR(0)", "AR(3) on logs", "ARIMA(1,1,1)", "seasonal naive of 24", "LSTM"}
    for plan in (answer.plan, make_plan(wave("YS", 90)), make_plan(hours())):
        models, left_out = methods(plan)
        every |= {m.name for m in models} | {line.split(":")[0] for line in left_out}
    lines = [page.what_it_does(name) for name in {*every, *answer.scores.index}]
    assert all(lines) and len({*lines}) > 10
    assert page.what_it_does("AR(3) on logs").endswith("in per cent")
    rungs = {"stuck": dataclasses.replace(answer.ladder.rungs["drift"], model=Stuck())}
    said = page.what_it_does("stuck", rungs)
    assert said == "Would win, and its search for parameters failed", "one of your own"
    shown = page.page(answer, b"png")
    for name in answer.scores.index:
        assert f"<li>{name}: " in shown


def test_what_a_reader_of_the_verdict_must_know_stands_below_it(answer):
    answer = dataclasses.replace(answer, held={80: 0.8, 95: 0.9})
    assert page.remarks(answer) == []
    series = answer.series.copy()
    series.attrs["ends"] = pd.Timestamp("2000-06-01")
    late = dataclasses.replace(answer, series=series)
    (said,) = page.remarks(late)
    assert "begins after 1999-12-01" in said and "end of the file, 2000-06-01" in said
    assert page.text(late).index("Verdict") < page.text(late).index(said)
    assert f"<p>{said}</p>" in page.page(late, b"png")
    series.attrs["ends"] = series.index[-1]
    assert page.remarks(late) == []
    (said,) = page.remarks(dataclasses.replace(answer, held={80: 0.41, 95: 0.7}))
    assert "the 80 % interval would have held only 41 %" in said
    flat = {level: (answer.ahead, answer.ahead) for level in answer.bands}
    (said,) = page.remarks(dataclasses.replace(answer, bands=flat))
    assert "no error at all" in said


def test_cells_do_not_break_and_the_picture_keeps_its_size(answer):
    style = page.page(answer, b"png").split("<style>")[1].split("</style>")[0]
    assert "nowrap" in style.split("th, td {")[1].split("}")[0]
    assert "min-width: 40em" in style.split("img {")[1].split("}")[0]
    assert "<div><img " in page.page(answer, b"png"), "a narrow screen scrolls it"


@pytest.mark.parametrize(
    ("freq", "step", "last"),
    [
        ("MS", "1 month", "2030-01-01"), ("ME", "1 month", "2030-01-31"),
        ("QE-JAN", "1 quarter", None), ("B", "1 working day", None), ("YE", "1 year", None),
        ("h", "1 hour", "1980-01-11 00:00"), ("5min", "5 minutes", None), ("D", "1 day", None),
        ("7D", "7 days", None), ("W-SUN", "1 week", None), ("6MS", "6 months", None),
    ],
)  # fmt: skip
def test_steps_and_dates_in_words(freq, step, last):
    series = pd.Series(0.0, pd.date_range("1980-01-01", periods=10, freq=freq))
    assert page.step_words(series) == step
    if last and freq == "h":
        assert page.day(pd.Timestamp("1980-01-11"), series.index) == last
    elif last:
        assert page.day(pd.Timestamp(last), series.index) == last


def test_lines_without_dates_are_counted_on(answer):
    series = answer.series.copy()
    series.attrs["numbered"] = True
    numbered = dataclasses.replace(answer, series=series)
    assert [row[0] for row in page.table(numbered)] == [str(k) for k in range(241, 253)]
    text = page.page(numbered, page.picture(numbered))
    assert '<th scope="row">241</th>' in text and '<th scope="col">step</th>' in text
    assert "1980" not in text and "1980" not in page.text(numbered)


@pytest.mark.parametrize("freq", ["YS", "MS", "QS", "D"])
def test_the_shortest_file_climbs(freq):
    plan = make_plan(wave(freq, 50))
    ladder = climb(plan)
    assert ladder.rungs["persistence"].error > 0 and ladder.task is not None
    for rung in ladder.rungs.values():
        assert np.isfinite(rung.ahead(plan)).all()
    aim = {part: targets(plan, part) for part in ("validation", "test")}
    verdict, runs = decide(plan, ladder, {"GRU": [{p: a + 9 for p, a in aim.items()}]})
    found = conclude(
        "a", wave(freq, 50), [], plan, ladder, runs, verdict, lambda _: aim["test"][0]
    )
    assert np.isfinite(found.ahead).all() and page.text(found)


def test_what_is_used_is_what_the_verdict_chose(plan, ladder):
    aim = {part: targets(plan, part) for part in ("validation", "test")}
    asked = []

    def train(name):
        asked.append(name)
        return np.full(plan.horizon, 40.0)

    def answered(gap, other=None):
        two = {"GRU": [{p: a + gap for p, a in aim.items()}]}
        if other is not None:
            two["LSTM"] = [{p: a + other for p, a in aim.items()}]
        verdict, runs = decide(plan, ladder, two)
        return conclude("a", wave(count=240), [], plan, ladder, runs, verdict, train)

    lost = answered(50.0)
    assert lost.verdict.chosen in ladder.rungs and asked == []
    np.testing.assert_allclose(
        lost.ahead, ladder.rungs[lost.verdict.chosen].ahead(plan)
    )
    won = answered(0.01)
    assert won.verdict.chosen == "GRU" and asked == ["GRU"]
    np.testing.assert_allclose(won.ahead, 40.0)
    mean = answered(0.2, -0.3)  # the errors of the two cancel
    assert mean.verdict.chosen == "mean of GRU and LSTM" and asked[1:] == [
        "GRU",
        "LSTM",
    ]
    np.testing.assert_allclose(mean.ahead, 40.0)
