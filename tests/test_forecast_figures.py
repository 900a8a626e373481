"""What is a number, and which: letters, words, signs, groups and units beside the digits."""

import numpy as np
import pandas as pd
import pytest

from forecast.figures import is_number, read_figures, share
from forecast.read import Faulty, read_own
from utils.datasets import DataError

N = 72
VALUES = np.round(1500 + 100 * np.sin(np.arange(N) * np.pi / 6) + np.arange(N) % 7, 1)
ISO = [str(day.date()) for day in pd.date_range("2024-01-03", periods=N)]


@pytest.fixture
def write(tmp_path):
    def write(cells, head="date;value"):
        path = tmp_path / "own.csv"
        rows = [f"{day};{cell}" for day, cell in zip(ISO, cells, strict=True)]
        path.write_text("\n".join([head, *rows]), encoding="utf-8")
        return path

    return write


def spelt(change):
    """Cells of all values; ``change`` gets the line's number and the value."""
    return [change(k, v) for k, v in enumerate(VALUES)]


def indian(value):
    return f"{value // 100_000},{value // 1000 % 100:02d},{value % 1000:03d}"


COMMA = [f"{v:.1f}".replace(".", ",") for v in VALUES]
NEGATIVE = np.where(np.arange(N) % 4, VALUES, -VALUES)
LAKH = (VALUES * 1000).astype(int)

#: Name: cells, values, words of the report.
READ = {
    "minus behind, as SAP writes": (
        [f"{v:.2f}{'' if k % 4 else '-'}".replace(".", ",") for k, v in enumerate(VALUES)],
        NEGATIVE, ["decimal comma"]),
    "owed": (spelt(lambda k, v: f"${v}" if k % 4 else f"$ ({v})"), NEGATIVE, ["'$' passed"]),
    "owed euros": (
        spelt(lambda k, v: f"{v} €" if k % 4 else f"({v}) €"), NEGATIVE, ["'€' passed over"]),
    "minus behind and a currency": (
        spelt(lambda k, v: f"{v:.2f}{' ' if k % 4 else '-'}€"), NEGATIVE, ["'€' passed over"]),
    "Indian groups": ([indian(v) for v in LAKH], LAKH, ["decimal point"]),
    "Swiss francs": (
        spelt(lambda k, v: f"CHF {int(v) // 1000}'{int(v) % 1000:03d}.-"), VALUES.astype(int), []),
    "round euros": (
        spelt(lambda k, v: f"{int(v) // 1000}.{int(v) % 1000:03d},- €"), VALUES.astype(int), []),
    "rupees": (spelt(lambda k, v: f"Rs. {v}"), VALUES, ["'Rs.' passed over"]),
    "milliards": ([f"{c} Mrd. €" for c in COMMA], VALUES, ["'Mrd. €' passed over"]),
    "cubic metres": (spelt(lambda k, v: f"{v} m3"), VALUES, ["'m³' passed over"]),
    "metres a second": (spelt(lambda k, v: f"{v} m³/s"), VALUES, ["'m³/s' passed over"]),
    "micrograms": (spelt(lambda k, v: f"{v} µg/m³"), VALUES, ["'µg/m³' passed over"]),
    "FORTRAN": (spelt(lambda k, v: f"{v / 1000:.4f}D+03"), VALUES, []),
    "an exponent groups nothing": (
        spelt(lambda k, v: f"{v / 1000:.3f}E+03".replace(".", ",")), np.round(VALUES), []),
    "errors": (spelt(lambda k, v: f"{v} ± {k % 13 / 10}"), VALUES, ["'±' passed over"]),
    "dollars in K and M": (
        spelt(lambda k, v: f"${v}K" if k % 3 else f"${v / 1000:.4f}M"), 1000 * VALUES,
        ["K, M and the like were read as"]),
    "Mio. and Mrd.": (
        spelt(lambda k, v: f"{v} Mio. €" if k % 3 else f"{v / 1000:.4f} Mrd. €"), 1e6 * VALUES,
        ["K, M and the like were read as"]),
    "kWh and MWh": (
        spelt(lambda k, v: f"{v} kWh" if k % 3 else f"{v / 1000:.4f} MWh"), VALUES,
        ["all counted in 'kWh'"]),
    "from hundreds to thousands": (
        [str(100 * k + 100) if k < 9 else f"{k / 10 + 0.1:.1f}K" for k in range(N)],
        np.arange(N) * 100 + 100, ["K, M and the like were read as"]),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_numbers_with_something_beside_are_read(name, write):
    cells, values, words = READ[name]
    series, report = read_own(write(cells))
    np.testing.assert_allclose(series, values)
    assert all(word in " ".join(report) for word in words) and not report.repairs


#: Name: cells, words of the refusal, a repair and the values that it leads to.
ASKED = {
    "b is a break": (
        spelt(lambda k, v: f"{v} b" if k == 50 else v),
        ["1 number with something beside, first", " b' in line 52", 'Choose "number-only"'],
        "number-only", VALUES),
    "metres, here and there": (
        spelt(lambda k, v: f"{v} m" if k % 3 else v),
        ["24 numbers with something beside, first '1500.0' in line 2", '"number-only"'],
        "number-only", VALUES),
    "K beside one number": (
        spelt(lambda k, v: f"{v}k" if k == 30 else v), ['"text"', 'or "scale" (K, M and'],
        "scale", np.where(np.arange(N) == 30, 1000 * VALUES, VALUES)),
    "remarks": (spelt(lambda k, v: f"{v}(e)" if k > 68 else v), ["first '1406.0(e)'", "Choose"],
        "number-only", VALUES),
    "footnotes": (spelt(lambda k, v: f"{v}[1]" if k > 68 else v), ["first '1406.0[1]'", "Choose"],
        "number-only", VALUES),
    "per cent, provisional": (
        spelt(lambda k, v: f"{v} % (p)" if k > 68 else f"{v} %"), ["first '1406.0 % (p)'"],
        "number-only", VALUES),
    "about": (spelt(lambda k, v: f"ca. {v}" if k > 68 else v), ["first 'ca. 1406.0'", "Choose"],
        "number-only", VALUES),
    "a point among commas": (
        spelt(lambda k, v: str(v) if k in (20, 40) else COMMA[k]),
        ["2 numbers with another decimal mark than the others, first '1419.4' in line 22",
         'You may allow "marks" (read each'], "marks", VALUES),
    "half points, half commas": (
        spelt(lambda k, v: str(v) if k > 30 else COMMA[k]),
        ["31 numbers with another decimal mark than the others, first '1500,0' in line 2"],
        "marks", VALUES),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_a_letter_or_a_mark_means_is_asked(name, write):
    cells, words, repair, values = ASKED[name]
    path = write(cells)
    with pytest.raises(Faulty) as error:
        read_own(path)
    assert all(word in str(error.value) for word in words), str(error.value)
    series, report = read_own(path, repair=repair)
    np.testing.assert_allclose(series, values)
    assert repair in " ".join(report.repairs)


def test_a_number_of_another_mark_may_still_be_left_out(write):
    cells = ["1.592,6" if k == 20 else str(v) for k, v in enumerate(VALUES)]
    path = write(cells)
    with pytest.raises(Faulty, match="You may allow"):
        read_own(path)
    assert read_own(path, repair="marks")[0].iloc[20] == pytest.approx(1592.6)
    series, _ = read_own(path, repair="text fill")
    assert series.iloc[20] == pytest.approx((VALUES[19] + VALUES[21]) / 2)


def test_1_012_is_asked_where_both_marks_are_decimal_marks(write):
    cells = [str(v) if k % 2 else COMMA[k] for k, v in enumerate(VALUES)]
    cells[7] = "1,499"
    with pytest.raises(
        Faulty, match=r"1 number such as '1,499' in line 9: the comma may be"
    ):
        read_own(write(cells))


def test_a_lone_mark_among_groups_may_be_a_broken_group(write):
    cells = ["12,34" if k == 20 else f"{v:,.1f}" for k, v in enumerate(VALUES)]
    with pytest.raises(Faulty, match=r"first '12,34' in line 22\. Choose \"marks\""):
        read_own(write(cells))


TEXTS = (
    "Room 1", "Line 3", "Size 36", '5" pipe', "disk 12 full", "Kauf 0", "X1", "Nr. 5", "Q1",
    "1-Jan", "2023 Q1", "2023m3", "2023M1", "2023-01", "12:30", "10 a.m.", "3/4", "2020/21",
    "1,2,3", "2 3", "12-13", "-", "about 5", "10.00--€x",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_with_a_number_in_it_is_text(text):
    assert not is_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".5", 0.5), ("kr.500", 500), ('="12.5"', 12.5), ("€-5", -5), ("($1,234.5)", -1234.5),
        ("US$ 5", 5), ("KES 500", 500),
        ("12 Stück", 12), ("5 CO2", 5), ("10,00-", -10), ("-5-", None),
        ("(5)", -5), ("(-5)", -5), ("-(5)", -5), ("(5%)", -5), ("12 (5)", 12),
        ("1,23,456.50", 123456.5), ("1.774d-03", 0.001774), ("5 km/h", 5), ("100,-", 100),
    ],
)  # fmt: skip
def test_a_number_with_its_unit_is_a_number(text, value):
    assert is_number(text) == (value is not None)
    if value is not None:
        assert read_figures([text]).values[0] == pytest.approx(value)


def test_numbers_with_one_word_are_numbers_with_several_they_are_texts():
    assert share(["1010 Wien", "8010 Graz", "5020 Salzburg"] * 9) == 0
    assert share(["12 visitors", "1 visitor", "7"]) == 1
    assert share(["12.5", "12.7 p", "13.1 e", "x"]) == 0.75
    assert share(["12.5 final", "12.7 estimated"]) == 1


def test_rooms_tell_series_apart_and_are_no_values(tmp_path):
    rows = [
        f"{day},Room {room},{v + room}"
        for day, v in zip(ISO, VALUES, strict=True)
        for room in (1, 2)
    ]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["date,room,kWh", *rows]))
    with pytest.raises(Faulty, match='--only "room=Room 1"'):
        read_own(path)
    series, _ = read_own(path, only="room=Room 2")
    np.testing.assert_allclose(series, VALUES + 2)
    path.write_text(
        "\n".join(["date,room", *(f"{d},Room {k % 3}" for k, d in enumerate(ISO))])
    )
    with pytest.raises(DataError, match="no column of numbers beside"):
        read_own(path)


@pytest.mark.parametrize("form", ["R{}", "#{}", "{}A", "{}0 g", "10{}0 Wien"])
def test_numbers_with_a_text_beside_may_tell_series_apart(form, tmp_path):
    rows = [
        f"{day},{form.format(line)},{v + line}"
        for day, v in zip(ISO, VALUES, strict=True)
        for line in (1, 2)
    ]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["date,line,sold", *rows]))
    with pytest.raises(Faulty, match="2 series in one file: 'line' tells them apart"):
        read_own(path)
    series, _ = read_own(path, only=f"line={form.format(2)}")
    np.testing.assert_allclose(series, VALUES + 2)


def test_a_purpose_with_numbers_in_it_is_not_offered_as_the_value(write):
    purposes = ["Kauf 0", "Miete 3", "12 Broetchen", "3 Aepfel", "Rechnung 12"]
    cells = [f"{purposes[k % 5]};{c}" for k, c in enumerate(COMMA)]
    series, _ = read_own(write(cells, "Tag;Verwendungszweck;Betrag"))
    np.testing.assert_allclose(series, VALUES)
