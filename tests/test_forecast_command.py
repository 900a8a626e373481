"""The command: every word is understood or refused by name, and nothing is lost."""

import ast
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import nbformat
import numpy as np
import pytest

from forecast import answer as answers
from forecast import command, page, workshop
from forecast.command import main
from tests.test_forecast_plan import wave

ROOT = Path(__file__).resolve().parent.parent


def save(path, series=None):
    """A clean file of 90 days."""
    series = wave("D", 90, 7) if series is None else series
    lines = [f"{d.date()},{v:.2f}" for d, v in series.items()]
    path.write_text("\n".join(["day,sold", *lines]))
    return path


def forecast(*words, **options):
    """Run the command in a process of its own."""
    run = [sys.executable, "-m", "forecast", *map(str, words)]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, **options)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--season", "-3"],
            "--season: '-3' is not a whole number of steps, 1 or more",
        ),
        (["--season", "0"], "--season: '0' is not"),
        (["--season=1e3"], "--season: '1e3' is not"),
        (["--season=24,0"], "--season: '0' is not"),
        (
            ["--season=168,24"],
            "'168,24' is neither one season nor two, the shorter first",
        ),
        (["--season=1,24"], "neither one season nor two"),
        (["--season=7,24,168"], "neither one season nor two"),
        (["--season", ""], "--season: '' is not"),
        (["--horizon", "0"], "--horizon: '0' is not"),
        (["--horizon", "-3"], "--horizon: '-3' is not"),
        (["--horizon", "2.5"], "--horizon: '2.5' is not"),
        (["--log", "maybe"], "--log: invalid choice: 'maybe'"),
        (
            ["--repair", "sort", "magic"],
            "--repair: repair has 'magic'; it may name day-",
        ),
        (["--repair=sort,magic"], "'magic'"),
        (["--sesaon", "12"], "unrecognized arguments: --sesaon"),
        (["--seas", "12"], "unrecognized arguments: --seas"),
        (["other.csv"], "unrecognized arguments: other.csv"),
    ],
)
def test_a_word_that_is_not_understood_is_refused_before_the_file_is_read(
    words, says, capsys
):
    assert main(["there is none.csv", *words]) == 2
    told = capsys.readouterr().err
    assert says in told and "no file" not in told and "Traceback" not in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nothing.csv"], "There is no file nothing.csv (looked in"),
        ([""], "name of the file is empty"),
        (["."], "is a folder"),
        (["--season", "12"], "--season is for a file of your own"),
        (["--repair", "sort", "pyproject.toml"], "The file comes before --repair"),
    ],
)
def test_what_a_user_can_change_is_said_in_a_sentence(words, says, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(words) == 2
    told = capsys.readouterr().err
    assert says in told and "Traceback" not in told


@pytest.mark.parametrize("word", ["season", "horizon"])
def test_a_size_that_does_not_fit_is_refused_with_its_limit(
    word, tmp_path, capsys, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # before anything heavy
    path = save(tmp_path / "own.csv")
    assert main([str(path), f"--{word}", "1000"]) == 2
    told = capsys.readouterr().err
    assert f"{word} is 1000; " in told and "simple methods" not in told
    assert [*tmp_path.iterdir()] == [path]


def test_faults_are_answered_before_anything_heavy_is_imported(tmp_path):
    path = save(tmp_path / "own.csv")
    lines = path.read_text().splitlines()
    code = (
        "import sys; from forecast.command import main; code = main(sys.argv[1:]);"
        "print(code, *sorted({'tensorflow', 'keras', 'matplotlib', 'statsmodels',"
        " 'nbclient'} & set(sys.modules)))"
    )
    run = [sys.executable, "-c", code, str(path)]
    end = 'To allow the first of each: --repair fill\nWith make: REPAIR="fill"\n'
    for more, says in ((["--horizon=1000"], "horizon is 1000; "), ([], end)):
        done = subprocess.run([*run, *more], cwd=ROOT, capture_output=True, text=True)
        assert done.stdout.strip() == "2" and says in done.stderr
        del lines[50]
        path.write_text("\n".join(lines))


@pytest.mark.parametrize(
    "words",
    [
        ["--repair", "sort", "fill"],
        ["--repair", "sort,fill"],
        ["--repair=sort fill"],
        ['--repair=["sort", "fill"]'],
        ["--repair", "sort", "--repair", "fill"],
    ],
)
def test_repairs_may_be_listed_in_any_way(words):
    given = command.parser().parse_args(["own.csv", *words])
    assert [name for each in given.repair for name in each] == ["sort", "fill"]


@pytest.fixture
def run(monkeypatch):
    """`main` with a stand-in for the hour of work: what it was called with, and its page."""
    seen = []

    def work(name, series, report, settings, say):
        seen.append((name, series, settings))
        return types.SimpleNamespace(name=name)

    monkeypatch.setattr(answers, "answer", work)
    monkeypatch.setattr(page, "picture", lambda answer: b"png")
    monkeypatch.setattr(page, "page", lambda answer, png: f"<html>{page.MADE_BY}")
    monkeypatch.setattr(page, "forecast_csv", lambda answer: page.HEADER)
    monkeypatch.setattr(page, "text", lambda answer: "the table")
    return seen


@pytest.mark.parametrize(
    "name",
    [
        "pri$ce.csv",
        "my shop.csv",
        "été.csv",
        "it's.csv",
        'a"b.csv',
        "#1.csv",
        "a.b.csv",
    ],
)
def test_any_name_of_a_file(run, name, tmp_path, capsys):
    path = save(tmp_path / name)
    assert main([str(path), "--log", "no", "--season", "7"]) == 0
    kept = page.paths(path.stem, tmp_path)
    out = capsys.readouterr().out
    assert kept["html"].read_text() == f"<html>{page.MADE_BY}"
    assert kept["csv"].read_text() == page.HEADER and kept["png"].read_bytes() == b"png"
    assert all(str(each) in out for each in kept.values())
    assert sorted(tmp_path.iterdir()) == sorted([path, *kept.values()])
    assert run[0][0] == path.stem
    assert run[0][2] == {"season": 7, "horizon": None, "log": False}


def test_where_it_may_not_write_it_says_so_first_and_loses_nothing(
    run, tmp_path, capsys, monkeypatch
):
    def refuse(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(page.tempfile, "TemporaryFile", refuse)
    path = save(tmp_path / "own.csv")
    assert main([str(path)]) == 0
    out, err = capsys.readouterr()
    assert "the table" in out and "--out FOLDER keeps it" in out
    assert "cannot be written (Permission denied)" in err
    assert len(run) == 1 and [*tmp_path.iterdir()] == [path]
    assert main([str(path), "--out", str(tmp_path)]) == 2  # asked for: refused at once
    assert len(run) == 1 and "Name another --out" in capsys.readouterr().err
    assert main([str(path), "--out", "nowhere"]) == 2 and len(run) == 1
    assert "which is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "open_"),
    [
        (OSError(28, "No space left on device"), False),
        (PermissionError(13, "Permission denied"), True),
    ],
)
def test_a_write_that_fails_at_the_end_costs_the_page_only(
    run, tmp_path, capsys, monkeypatch, error, open_
):
    def full(*_):
        raise error

    monkeypatch.setattr(page, "write", full)
    assert main([str(save(tmp_path / "own.csv"))]) == 2
    out = capsys.readouterr().out
    assert "the table" in out and "Not all could be written to" in out
    assert error.strerror in out and "--out FOLDER" in out
    assert ("open in another program" in out) == open_


def test_what_a_killed_run_has_left_is_removed_by_the_next(run, tmp_path):
    path, old = save(tmp_path / "own.csv"), time.time() - 7200
    ours, young, other, named = (
        tmp_path / f"{name}.part"
        for name in ("tmpab12cd_4", "tmpyoung123", "tmpother123", "holiday")
    )
    for part in (ours, young, other, named):
        part.write_text("mine" if part == other else page.HEADER)
        os.utime(part, None if part == young else (old, old))
    assert main([str(path)]) == 0
    assert {*tmp_path.glob("*.part")} == {young, other, named}


@pytest.mark.parametrize("kind", ["csv", "png", "html"])
def test_a_file_of_yours_is_never_written_over(run, kind, tmp_path, capsys):
    path = save(tmp_path / "own.csv")
    yours = page.paths("own", tmp_path)[kind]
    yours.write_text("mine\n")
    assert main([str(path)]) == 2 and run == [], "before the work, not after it"
    told = capsys.readouterr().err
    assert f"has {yours.name}, which this program has not written" in told
    assert yours.read_text() == "mine\n" and "--out FOLDER" in told
    (tmp_path / "other").mkdir()
    assert main([str(path), "--out", str(tmp_path / "other")]) == 0
    assert len([*(tmp_path / "other").iterdir()]) == 3


def test_an_answer_of_an_earlier_run_is_replaced(run, tmp_path, monkeypatch):
    path = save(tmp_path / "own.csv")
    monkeypatch.setattr(page, "picture", lambda answer: page.MADE_BY.encode())
    assert main([str(path)]) == 0 and main([str(path)]) == 0 and len(run) == 2


@pytest.mark.parametrize(
    ("text", "sizes"),
    [("12", 12), ("1", 1), ("24,168", (24, 168)), ("24, 168", (24, 168))],
)
def test_one_season_or_two(text, sizes):
    assert command.parser().parse_args(["own.csv", f"--season={text}"]).season == sizes


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_on_a_screen_progress_is_one_line(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Screen())
    narrow = os.terminal_size((20, 9))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_, **__: narrow)
    progress = command._Progress()
    for line in ("a longer line than the screen has room for …", "short …"):
        progress.say(line)
    progress.end()
    said = sys.stderr.getvalue()
    assert "\n" not in said and max(map(len, said.split("\r"))) == 19
    assert said.endswith("\r" + " " * 7 + "\r"), "and is gone at the end"


def test_elsewhere_each_step_has_its_line(capsys):
    progress = command._Progress()
    progress.say("one …")
    progress.say("two …")
    progress.end()
    assert capsys.readouterr().err == "one …\ntwo …\n"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may all"
)
def test_a_folder_without_permission(run, tmp_path, capsys):
    path = save(tmp_path / "own.csv")
    tmp_path.chmod(0o500)
    try:
        assert main([str(path)]) == 0
    finally:
        tmp_path.chmod(0o700)
    assert "Permission denied" in capsys.readouterr().err


def test_a_fault_of_ours_shows_where_and_how_to_report(tmp_path, capsys, monkeypatch):
    def broken(*_):
        return [][1]

    monkeypatch.setattr(answers, "answer", broken)
    assert main([str(save(tmp_path / "own.csv"))]) == 1
    told = capsys.readouterr().err
    assert "in broken" in told and "IndexError" in told
    assert "fault of the course, not of your file. Please report" in told
    assert told.rstrip().endswith("/issues")


def test_a_missing_package_is_named_with_the_remedy(tmp_path, capsys, monkeypatch):
    def lacking(*_):
        raise ModuleNotFoundError("No module named 'keras'", name="keras")

    monkeypatch.setattr(answers, "answer", lacking)
    assert main([str(save(tmp_path / "own.csv"))]) == 2
    assert "has no package keras" in capsys.readouterr().err


def make(*words, environment=None):
    """The words that `make forecast` hands to Python, as a shell takes its line apart."""
    done = subprocess.run(
        ["make", "-n", "-o", ".venv/student", "forecast", *words],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, **(environment or {})},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    stand_in = "import json, sys; print(json.dumps(sys.argv[1:]))"
    line = done.stdout.replace(
        ".venv/bin/python", f"{sys.executable} -c '{stand_in}'", 1
    )
    taken = subprocess.run(["sh", "-c", line], capture_output=True, text=True)
    return json.loads(taken.stdout)


@pytest.mark.skipif(not shutil.which("make"), reason="no make here, as on Windows")
def test_make_passes_words_through_unchanged():
    start, end = ["-m", "forecast"], ["--"]
    for name in (
        "price$b.csv",
        'it\'s a "x" (1), #2\\n.csv',
        "$(shell date) ${HOME} `id`",
    ):
        assert make(f"FILE={name}") == [*start, *end, name]
    words = ["FILE=a.csv", 'REPAIR=["sort", "fill"]', r"VALUE=US$\frac A$", "SEASON=-3",
             "DATE=le jour", "HORIZON=0", "LOG=", "OUT=a b"]  # fmt: skip
    assert make(*words) == [
        *start, "--date=le jour", r"--value=US$\frac A$", '--repair=["sort", "fill"]',
        "--season=-3", "--horizon=0", "--log=", "--out=a b", *end, "a.csv",
    ]  # fmt: skip
    assert make() == [*start, *end]
    assert make("FILE=") == [*start, *end, ""]
    assert make("SEASON=12") == [*start, "--season=12", *end]
    there = {"DATE": "today", "LOG": "debug"}  # of another program
    assert make(environment=there) == [*start, *end]
    assert make(environment={"FILE": "a.csv"}) == [*start, *end, "a.csv"]


def interrupted(words, line, stream, cwd=ROOT, sign=signal.SIGINT):
    """Press Ctrl-C when a line appears; the exit code and what was said from then on."""
    running = subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    for said in getattr(running, stream):
        if line in said:
            break
    running.send_signal(sign)
    out, err = running.communicate(timeout=60)
    return running.returncode, out + err


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_ctrl_c_ends_in_one_line_and_leaves_nothing(tmp_path):
    path = save(tmp_path / "own.csv", wave("D", 700, 7))
    words = ["-m", "forecast", path]
    code, said = interrupted(words, "the simple methods", "stderr")
    lines = [line for line in said.splitlines() if line and not line.endswith("…")]
    assert (code, lines) == (130, ["Stopped."])
    assert [*tmp_path.iterdir()] == [path]


NOTEBOOK = (
    "print('before')\n",
    "print('MAE 1.0')",
    "import os, time\nprint(os.getpid())",
)


def small_workshop(folder, last=""):
    cells = [nbformat.v4.new_code_cell(code) for code in NOTEBOOK]
    cells[1].metadata["tags"] = ["scores"]
    cells[2].source += last
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells), folder / f"{workshop.LESSON}.ipynb"
    )


def test_without_a_file_the_workshop_s_scores_are_printed(
    tmp_path, capsys, monkeypatch
):
    small_workshop(tmp_path)
    monkeypatch.setattr(workshop, "NOTEBOOKS", tmp_path)
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "MAE 1.0\n\nDone in" in out and "before" not in out


def test_an_error_in_the_workshop_is_ours(tmp_path, capsys, monkeypatch):
    small_workshop(tmp_path, "\nraise RuntimeError('the cell')")
    monkeypatch.setattr(workshop, "NOTEBOOKS", tmp_path)
    assert main([]) == 1
    told = capsys.readouterr().err
    assert "the cell" in told and "Please report" in told


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_ctrl_c_ends_the_workshop_and_its_kernel(tmp_path):
    mark = tmp_path / "pid"
    small_workshop(
        tmp_path, f"\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    code = (
        "import signal, sys, threading, time, pathlib\n"
        "from forecast import __main__ as start, command, workshop\n"
        "signal.signal(signal.SIGINT, start._stop)\n"
        f"workshop.NOTEBOOKS, mark = pathlib.Path({str(tmp_path)!r}), pathlib.Path({str(mark)!r})\n"
        "def wait():\n"
        "    while not (mark.is_file() and mark.read_text()): time.sleep(.05)\n"
        "    print('asleep', flush=True)\n"
        "threading.Thread(target=wait, daemon=True).start()\n"
        "sys.exit(command.main([]))\n"
    )
    ended, said = interrupted(["-c", code], "asleep", "stdout")
    assert ended == 130 and said.split("\n") == [
        "",
        "Stopped.",
        "",
    ]
    kernel = int(mark.read_text())
    for _ in range(100):
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(kernel)], capture_output=True, text=True
        )
        if not state.stdout.strip() or state.stdout.startswith("Z"):
            break
    else:
        pytest.fail("the kernel lives on")


def test_it_runs_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "forecast"), "nothing.csv"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2 and "There is no file nothing.csv" in done.stderr


def test_a_screen_that_lacks_a_letter_is_no_fault(tmp_path):
    done = forecast(
        tmp_path / "Δ€.csv", env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert done.returncode == 2 and "There is no file" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
def test_a_reader_who_leaves_is_no_fault():
    code = (
        "import runpy, sys; from forecast import workshop\n"
        "workshop.main = lambda: print('line\\n' * 99999) or 0\n"
        "sys.argv = ['forecast']; runpy.run_module('forecast', run_name='__main__')"
    )
    for line in (f"{sys.executable} -m forecast --help | true",
                 f'{sys.executable} -c "$CODE" | head -1'):  # fmt: skip
        done = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, env={**os.environ, "CODE": code},
            capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no such signal there")
@pytest.mark.parametrize("ignored", [True, False])
def test_a_hangup_that_was_ignored_stays_ignored(ignored):
    """As under ``nohup``: the run goes on when its terminal is closed."""
    code = (
        "import runpy, signal, sys; from forecast import workshop\n"
        "workshop.main = lambda: signal.raise_signal(signal.SIGHUP) or 0\n"
        f"signal.signal(signal.SIGHUP, signal.{'SIG_IGN' if ignored else 'SIG_DFL'})\n"
        "sys.argv = ['forecast']; runpy.run_module('forecast', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert done.returncode == (0 if ignored else 128 + signal.SIGHUP)


UNIX = {"resource", "fcntl", "pwd", "grp", "termios", "tty", "posix", "crypt", "syslog"}


def test_a_polite_end_is_an_end_too(tmp_path):
    path = save(tmp_path / "own.csv", wave("D", 700, 7))
    words = ["-m", "forecast", path]
    if hasattr(signal, "SIGTERM") and os.name != "nt":
        code, said = interrupted(
            words, "the simple methods", "stderr", sign=signal.SIGTERM
        )
        assert code == 128 + signal.SIGTERM and "Stopped." in said
        assert [*tmp_path.iterdir()] == [path]


def test_what_a_student_runs_imports_nothing_of_one_system_only():
    for path in [*(ROOT / "forecast").glob("*.py"), *(ROOT / "utils").glob("*.py")]:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        names = {
            name.split(".")[0]
            for node in tree
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name in [getattr(node, "module", None) or node.names[0].name]
        }
        assert not names & UNIX, path.name
        assert "/tmp" not in path.read_text(encoding="utf-8"), path.name


def test_modules_of_other_systems_are_not_needed():
    code = (
        "import sys\nfor name in ('resource', 'fcntl', 'pwd', 'grp', 'termios'):"
        " sys.modules[name] = None\n"
        "from forecast.command import main; sys.exit(main(['nothing.csv']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2 and "There is no file" in done.stderr


@pytest.mark.parametrize(
    ("freq", "count", "season"), [("YS", 90, 1), ("h", 500, 24), ("QS", 120, 4)]
)
def test_other_steps_go_the_whole_way_to_the_ladder(freq, count, season):
    from forecast.ladder import climb
    from forecast.plan import make_plan

    plan = make_plan(wave(freq, count, season if season > 1 else 11))
    ladder = climb(plan)
    assert plan.season == season and np.isfinite(ladder.rungs[ladder.best].error)


def test_the_whole_way_of_a_dirty_file(tmp_path, capsys):
    """The one run with real networks: refused, then repaired, judged and written."""
    series = wave("D", 200, 7)
    path = save(tmp_path / "my $hop.csv", series)
    lines = path.read_text().splitlines()
    lines[0] = r"day,US$\frac A$_x"
    lines[3], lines[4] = lines[4], lines[3]
    del lines[100]
    path.write_text("\n".join(lines))
    assert main([str(path)]) == 2
    assert "has faults that need your word (2)" in capsys.readouterr().err
    assert main([str(path), "--repair", "sort", "fill", "--horizon", "3"]) == 0
    out, err = capsys.readouterr()
    assert "Forecast 3 steps ahead; season 7" in out and "Verdict: " in out
    assert "training GRU, 3 seeds …" in err
    table = (tmp_path / "my $hop-forecast.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == page.HEADER and table[1].startswith("1980-07-19,")
    assert len(table) == 4 and (tmp_path / "my $hop-forecast.png").is_file()
    kept = (tmp_path / "my $hop-forecast.html").read_text(encoding="utf-8")
    assert "data:image/png;base64" in kept and "http" not in kept
    assert "1 of them filled" in kept and r"US$\frac A$_x" in kept
    shown = [line.split() for line in out.splitlines() if line.startswith("1980-07-19")]
    t = 200  # the first day that is not in the file: 10 · sin(2π · 200 / 7) + 50
    assert abs(float(shown[0][1]) - 50 - 10 * np.sin(2 * np.pi * t / 7)) < 4
