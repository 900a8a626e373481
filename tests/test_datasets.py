"""Data: bundled files are what they claim, dirty files are refused with a remedy."""

import subprocess
import sys

import pandas as pd
import pytest

from tools.lessons import ROOT, all_lessons
from utils import datasets
from utils.datasets import DataError, data_path


def test_sunspots():
    series = datasets.load_sunspots()
    assert len(series) == 3177
    assert series.index[0] == pd.Timestamp("1749-01-01")
    assert series.index.freqstr == "MS"
    assert series.notna().all()


def test_air_passengers():
    series = datasets.load_air_passengers()
    assert (len(series), series.iloc[0], series.iloc[-1]) == (144, 112, 432)


@pytest.mark.parametrize(
    ("name", "shape", "first", "last", "short"),
    [
        ("employment.csv.gz", (357, 148), "1990-01", "2019-09", 3),
        ("texas_housing.csv.gz", (187, 82), "2000-01", "2015-07", 0),
    ],
)
def test_families_of_monthly_series(name, shape, first, last, short):
    table = pd.read_csv(data_path(name), index_col="date", parse_dates=True)
    assert table.shape == shape
    assert table.columns.is_unique
    assert table.index.equals(pd.date_range(first, last, freq="MS"))
    assert table.isna().any().sum() == short
    for series in table:
        inner = table[series].loc[table[series].first_valid_index() :]
        inner = inner.loc[: inner.last_valid_index()]
        assert inner.notna().all(), series
        assert (inner > 0).all(), series


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
        DataError,
        match=r"a.csv has changed: .*Take it again from where you got the course",
    ):
        data_path("a.csv", folder)


def test_missing_file(folder):
    (folder / "a.csv").unlink()
    with pytest.raises(DataError, match=r"a.csv is missing. Take it again"):
        data_path("a.csv", folder)


def test_unknown_file(folder):
    with pytest.raises(
        DataError, match=r"b.csv is no file of this course; it has \['a.csv'\]"
    ):
        data_path("b.csv", folder)


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
