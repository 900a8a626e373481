"""Data: bundled files are what they claim, dirty files are refused with a remedy."""

import io
import subprocess
import sys
import warnings

import pandas as pd
import pytest

from tools.lessons import ROOT, all_lessons
from utils import datasets
from utils.datasets import DataError, data_path, read_series


def test_sunspots():
    series = datasets.load_sunspots()
    assert len(series) == 3177
    assert series.index[0] == pd.Timestamp("1749-01-01")
    assert series.index.freqstr == "MS"
    assert series.notna().all()


def test_air_passengers():
    series = datasets.load_air_passengers()
    assert (len(series), series.iloc[0], series.iloc[-1]) == (144, 112, 432)


@pytest.fixture
def folder(tmp_path):
    """A data folder of one good file."""
    (tmp_path / "a.csv").write_text("date,value\n2000-01-01,1\n")
    digest = __import__("hashlib").sha256((tmp_path / "a.csv").read_bytes()).hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  a.csv\n")
    return tmp_path


def test_good_file(folder):
    assert data_path("a.csv", folder) == folder / "a.csv"


def test_changed_file(folder):
    (folder / "a.csv").write_text("date,value\n2000-01-01,2\n")
    with pytest.raises(
        DataError, match=r"a.csv has changed: .*git checkout -- data/a.csv"
    ):
        data_path("a.csv", folder)


def test_missing_file(folder):
    (folder / "a.csv").unlink()
    with pytest.raises(DataError, match=r"a.csv is missing. Restore it"):
        data_path("a.csv", folder)


def test_unknown_file(folder):
    with pytest.raises(
        DataError, match=r"b.csv is not a file of this course; it has \['a.csv'\]"
    ):
        data_path("b.csv", folder)


def dirty(tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    return path


HEAD = "date,value\n2000-01-01,1\n2000-02-01,2\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("date,value\n", "a header and no values"),
        (
            "day,value\n2000-01-01,1\n",
            r"no column 'date'; its columns are \['day', 'value'\]",
        ),
        (HEAD + "2000-03-01,three\n", "line 4: 'three' is not a number"),
        (HEAD + '2000-03-01,"3,5"\n', "line 4: '3,5' is not a number"),
        (HEAD + "March,3\n", "line 4: 'March' is not a date"),
        (HEAD + "1999-12-01,3\n", "line 4: 1999-12-01 comes after 2000-02-01. Sort"),
        (HEAD + "2000-02-01,3\n", "line 4: the date 2000-02-01 occurs twice"),
        (HEAD + "2000-05-01,3\n", "2 dates are missing, the first is 2000-03-01"),
        (
            HEAD + "2000-02-15,3\n2000-03-01,4\n",
            "2000-02-15 .* does not lie on the grid 'MS'",
        ),
        (HEAD + "\n2000-03-01,4\n", "line 4: nan is not a date"),
    ],
)
def test_dirty_files_are_refused(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read_series(dirty(tmp_path, text), freq="MS")


def test_no_such_file(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read_series(tmp_path / "none.csv")


def test_empty_cells_stay_missing(tmp_path):
    series = read_series(
        dirty(tmp_path, HEAD + "2000-03-01,\n2000-04-01,4\n"), freq="MS"
    )
    assert series.isna().tolist() == [False, False, True, False]
    assert series.index.freqstr == "MS"


def test_latest_falls_back_with_a_warning(monkeypatch):
    monkeypatch.setattr(datasets, "LATEST_SUNSPOTS", "http://127.0.0.1:9/nothing.csv")
    with pytest.warns(
        UserWarning, match=r"bundled series, which ends in September 2013"
    ):
        series = datasets.load_sunspots(latest=True)
    assert len(series) == 3177


def test_latest_refuses_a_page_that_is_not_the_table(monkeypatch):
    monkeypatch.setattr(
        datasets, "urlopen", lambda *a, **k: io.BytesIO(b"<html>moved</html>")
    )
    with pytest.warns(UserWarning, match="unexpected table"):
        datasets.load_sunspots(latest=True)


def test_latest_reads_the_publishers_format(monkeypatch):
    months = pd.date_range("1749-01-01", periods=3300, freq="MS")
    lines = [
        f"{d.year};{d.month:02d};{d.year}.5;  {i % 200}.5; -1.0;  -1;1"
        for i, d in enumerate(months)
    ]
    page = "\n".join(lines).encode()
    monkeypatch.setattr(datasets, "urlopen", lambda *a, **k: io.BytesIO(page))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        series = datasets.load_sunspots(latest=True)
    assert len(series) == 3300
    assert series.iloc[1] == 1.5
    assert series.index.freqstr == "MS"


def test_manifest_names_existing_files():
    for lesson in all_lessons():
        for name in lesson.data:
            assert data_path(name).is_file(), (lesson.name, name)


def test_readme_and_sums_agree():
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for line in (ROOT / "data" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert digest in readme, name
        assert name in readme


def test_the_maker_refuses_an_unknown_name():
    done = subprocess.run(
        [sys.executable, "-m", "tools.make_data", "nothing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "nothing" in done.stderr
