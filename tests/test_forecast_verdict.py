"""Ladder, verdict and page: who is ranked, who wins, what is a tie, what is written."""

import dataclasses
import stat

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from forecast import page
from forecast.answer import Answer, margin
from forecast.inputs import inputs, learnable, outputs, prepare, to_unit
from forecast.ladder import climb, methods
from forecast.plan import errors, make_plan, origins, targets
from forecast.verdict import Comparison, Verdict, compare, judge
from tests.test_forecast_plan import wave
from utils import baselines


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
    task = prepare(plan, seasonal=ladder.naive == "seasonal naive")
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
    task = prepare(plan, seasonal)
    first = learnable(task, len(plan.values))
    aim = plan.values[first[:, None] + np.arange(horizon)]
    out = outputs(task, first).astype("float64")
    if seasonal:  # a change beyond one season is that since the season before
        np.testing.assert_allclose(to_unit(task, first, out), aim, rtol=1e-4)
    else:
        np.testing.assert_allclose(to_unit(task, first, out), aim, rtol=1e-4)
    assert inputs(task, first).shape == (len(first), plan.window, 1 if seasonal else 2)


@pytest.mark.parametrize("seasonal", [False, True])
def test_inputs_end_before_their_origin(plan, seasonal):
    late = plan.values.copy()
    late[200:] += 1000
    other = dataclasses.replace(plan, values=late)
    ours, theirs = prepare(plan, seasonal), prepare(other, seasonal)
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

    rung = dataclasses.replace(
        ladder.rungs["drift"], model=Later().fit(plan.values[: plan.train])
    )
    assert np.allclose(rung.ahead(plan), plan.train + plan.values[-1])


def test_every_rung_looks_ahead(plan, ladder):
    for name, rung in ladder.rungs.items():
        ahead = rung.ahead(plan)
        assert ahead.shape == (plan.horizon,) and np.isfinite(ahead).all(), name
        if name not in ("persistence", "drift"):  # the wave goes on
            t = np.arange(240, 240 + plan.horizon)
            assert np.abs(ahead - 50 - 10 * np.sin(2 * np.pi * t / 12)).mean() < 3, name


def test_long_seasons_leave_slow_methods_out_and_say_so():
    models, left_out = methods(make_plan(wave("h", count=2000, season=24), season=168))
    assert "Holt-Winters" not in [m.name for m in models]
    assert [line.split(":")[0] for line in left_out] == ["Holt-Winters", "SARIMA"]
    assert methods(make_plan(wave("YS"), season=1))[1] == []


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
        ((-1, 1), (-1, 1), None, "persistence", "AR cannot be told from persistence"),
        ((1, 2), (1, 2), "AR", "persistence", "AR is worse than persistence"),
        ((-2, -1), (-1, 1), "GRU", "persistence", "GRU cannot be told from"),
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
    verdict = judge(plan, ladder, "GRU", [each["test"] for each in runs["GRU"]])
    series = wave(count=240).rename(r"US$\frac A$ _x_")
    ahead, wide = np.full(plan.horizon, 50.0), margin(plan, ladder, runs, "GRU")
    return Answer(
        "pri$e_a$ <b>", series, ["r."], plan, ladder, runs, verdict, ahead, wide
    )


def test_the_network_that_knows_wins(answer):
    verdict = answer.verdict
    assert verdict.winner == verdict.chosen == "GRU" and verdict.interval[1] < 0
    assert answer.scores.index[0] == "GRU" and answer.margin.max() < 0.5


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
    assert text.count("<tr>") == 1 + answer.plan.horizon
    shown = page.text(answer).splitlines()
    assert shown[-answer.plan.horizon - 1].split() == [
        "date",
        "forecast",
        "9",
        "of",
        "10",
    ]
    assert "e+" not in page.text(answer)


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


def test_a_page_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = page.page_path("mein $pre_is", tmp_path)
    page.write(path, "old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        page.write(path, "new")
    assert path.read_text() == "old" and [*tmp_path.iterdir()] == [path]
    assert path.name == "mein $pre_is-verdict.html"
    assert stat.S_IMODE(path.stat().st_mode) & stat.S_IRUSR


def test_a_folder_that_cannot_be_written_says_why(tmp_path):
    assert page.why_not_writable(tmp_path) is None and not [*tmp_path.iterdir()]
    assert "No such file" in page.why_not_writable(tmp_path / "nowhere")


def test_dates_of_the_forecast_follow_the_series(answer):
    assert answer.future[0] == pd.Timestamp("2000-01-01")
    assert len(answer.future) == answer.plan.horizon
