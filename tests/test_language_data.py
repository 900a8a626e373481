"""Language data: the counts of data/README.md, no mark-up, and facts anyone can check."""

import numpy as np
import pytest

from tools.make_language_data import (
    belongs,
    clean,
    shingles,
    spelling,
    syllables,
    unsnap,
    verse_lines,
)
from utils import datasets


@pytest.fixture(scope="module")
def words():
    return datasets.load_words()


@pytest.fixture(scope="module")
def quotations():
    return datasets.load_quotations()


def test_words(words):
    assert len(words) == 68734
    assert not words.duplicated().any()
    assert words["word"].str.fullmatch("[a-zàâäçèéêëîïôöùûü]+").all()
    assert words["pronunciation"].str.fullmatch("[a-zàâäçèéêëîïôöùûü'-]+").all()
    nouns = words["part_of_speech"].isin(["noun", "plural noun"])
    assert set(words["gender"][nouns]) == {"m", "f", "mf"}
    assert set(words["gender"][~nouns]) == {""}


@pytest.mark.parametrize(
    ("word", "pronunciation", "gender"),
    [
        ("maison", "mê-zon", "f"),
        ("souris", "sou-ri", "f"),  # the animal
        ("souris", "sou-ri", "m"),  # an old word for a smile
        ("chien", "chiin", "m"),
        ("oiseau", "oi-zô", "m"),
    ],
)
def test_known_words(words, word, pronunciation, gender):
    rows = words.query("word == @word and gender == @gender")
    assert pronunciation in rows["pronunciation"].tolist()


def test_quotations(quotations):
    assert len(quotations) == 34657
    assert not quotations["text"].duplicated().any()
    assert quotations["author"].nunique() == 6
    assert set(quotations["verse"]) == {"alexandrine", "mixed", "no"}
    one_kind = quotations.groupby(["author", "work"])["verse"].nunique()
    assert (one_kind == 1).all()
    assert not quotations["text"].str.contains(r"[<>&\[\]|\n]|  ").any()
    assert not quotations.query("verse == 'no'")["text"].str.contains("/").any()


def test_known_quotations(quotations):
    phedre = quotations.query("work == 'Phèdre'")
    assert set(phedre["author"]) == {"Racine"}
    assert set(phedre["verse"]) == {"alexandrine"}
    assert set(quotations.query("work == 'Candide'")["author"]) == {"Voltaire"}
    assert set(quotations.query('work == "L\'Avare"')["verse"]) == {"no"}
    (agneau, _) = quotations[quotations["text"].str.startswith("Un agneau se")].values
    assert tuple(agneau[:4]) == ("La Fontaine", "Fables", "mixed", "I, 10")


def test_the_lines_of_plays_have_twelve_syllables(quotations):
    texts = quotations.query("verse == 'alexandrine'")["text"]
    inner = [line for text in texts for line in text.split(" / ")[1:-1]]
    right = np.mean([abs(syllables(line) - 12) <= 1 for line in inner])
    assert right > 0.9


def test_vectors():
    words, vectors = datasets.load_vectors()
    assert vectors.shape == (10_000, 50)
    assert words[:3].tolist() == ["the", "of", "to"]
    assert len(set(words)) == 10_000
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    at = {word: vectors[i] for i, word in enumerate(words)}
    order = np.argsort(-unit @ (at["king"] - at["man"] + at["woman"]))
    assert "queen" in words[order[:3]]


def test_spelling_takes_the_accents():
    assert spelling(["DEROBER", "DÉROBER", "DÉROBER.1"]) == "dérober"
    assert spelling(["PÊCHÉ, ÉE", "PECHE, EE"]) == "pêché"
    assert spelling(["TAMIJE", "TAMILE"]) is None


def test_pronunciations_of_other_words_are_refused():
    assert belongs("na-sion", "nation")
    assert belongs("o", "eau")
    assert not belongs("na-kro-kul-tu-r'", "habileté")


def test_glosses_go():
    assert clean("Virent sa paupière [du dragon] ....") == "Virent sa paupière..."


def test_verse_lines_are_found():
    lines = [
        "Oui, je viens dans son temple adorer l'Éternel ;",
        "Je viens, selon l'usage antique et solennel,",
        "Célébrer avec vous la fameuse journée",
    ]
    assert verse_lines(" ".join(lines), (12,)) == " / ".join(lines)
    assert verse_lines("Allons, Madame, allons", (12,)) == "Allons, Madame, allons"


def test_no_text_is_shared_between_works(quotations):
    plays = quotations.query("author == 'Racine'")
    works = {}
    for work, text in zip(plays["work"], plays["text"], strict=True):
        for run in shingles(text, 28):
            works.setdefault(run, set()).add(work)
    assert all(len(names) == 1 for names in works.values())


def test_unsnap_copies_and_repeats():
    assert unsnap(b"\x09" + b"\x08abc" + b"\x09\x03" + b"\x04xy") == b"abcabcabcxy"
