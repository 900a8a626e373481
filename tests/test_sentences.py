"""WordNet's sentences, their vectors, and the BERT in NumPy that makes them."""

import json
import math
import struct

import keras
import numpy as np
import pandas as pd
import pytest

from tools import make_data
from tools.make_sentences import (
    EACH,
    LETTERS,
    SUBJECTS,
    Bert,
    erf,
    first_sense,
    pieces,
    read_safetensors,
    token_numbers,
    wordnet_sentences,
    words_of,
)
from utils.datasets import data_path


@pytest.fixture(scope="module")
def sentences():
    return pd.read_csv(data_path("wordnet_sentences.csv.gz"), keep_default_na=False)


@pytest.fixture(scope="module")
def archive():
    with np.load(data_path("wordnet_vectors.npz")) as file:
        return dict(file)


def test_sentences(sentences):
    assert len(sentences) == 3000
    assert not sentences["text"].duplicated().any()
    assert set(sentences["subject"].value_counts()) == {EACH}
    assert set(sentences["subject"]) == set(SUBJECTS.values())
    assert sentences["text"].str.len().between(*LETTERS).all()
    assert not sentences["text"].str.contains(r'[";()]').any()


def test_vectors_belong_to_the_sentences(sentences, archive):
    vectors = archive["vectors"].astype("float32")
    assert vectors.shape == (3000, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=2e-3)
    assert archive["name_vectors"].shape == (len(archive["wordings"]), 10, 384)
    answer = archive["names"][(vectors @ archive["name_vectors"][0].T).argmax(axis=1)]
    assert np.mean(answer == sentences["subject"]) > 0.6  # one row further: 0.1
    assert np.mean(np.roll(answer, 1) == sentences["subject"]) < 0.2


def test_a_gloss_without_examples_and_second_senses():
    gloss = '(botany) a tall plant (or shrub); also its wood; "it grew high"'
    assert first_sense(gloss) == "a tall plant"


def test_only_subjects_and_no_single_persons_are_taken(monkeypatch):
    monkeypatch.setattr("tools.make_sentences.EACH", 1)
    text = "a small animal that sleeps through the winter"
    line = "0001 {:02} n 01 dormouse 0 001 {} 0002 n 0000 | {}"
    lines = [
        "  1 the licence",
        *(line.format(k, "@", f"{text} in {s}") for k, s in SUBJECTS.items()),
        line.format(5, "@i", f"{text} on Elm Street"),
        line.format(4, "@", f"{text}, an act"),
        line.format(5, "@", "too short"),
        line.format(13, "@", f"{text} twice"),
        line.format(13, "@", f"{text} twice"),
    ]
    table = wordnet_sentences("\n".join(lines).encode())
    assert sorted(table["subject"]) == sorted(SUBJECTS.values())
    assert set(table["text"]) == {f"{text} in {s}" for s in SUBJECTS.values()}


def test_pieces_are_the_longest_known_ones():
    known = {
        p: k
        for k, p in enumerate(
            ["[CLS]", "[SEP]", "[UNK]", "play", "##ing", "##in", "##g", "a"]
        )
    }
    assert words_of("Élan, plays!") == ["elan", ",", "plays", "!"]
    assert pieces("playing", known) == ["play", "##ing"]
    assert pieces("plays", known) == ["[UNK]"]
    assert token_numbers("A playing", known) == [0, 7, 3, 4, 1]


def test_safetensors_are_read():
    arrays = {"a": np.arange(6, dtype="<f4").reshape(2, 3), "b": np.ones(2, "<f4")}
    entries, at = {"__metadata__": {"format": "pt"}}, 0
    for name, array in arrays.items():
        size = array.nbytes
        where = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [at, at + size],
        }
        entries[name], at = where, at + size
    header = json.dumps(entries).encode()
    content = struct.pack("<Q", len(header)) + header
    found = read_safetensors(content + b"".join(a.tobytes() for a in arrays.values()))
    assert found.keys() == arrays.keys()
    assert all(np.array_equal(found[name], arrays[name]) for name in arrays)


def test_erf():
    x = np.linspace(-4, 4, 201)
    assert np.allclose(erf(x), [math.erf(v) for v in x], rtol=0, atol=2e-7)


def test_attention_is_that_of_keras():
    rng, heads, width = np.random.default_rng(0), 2, 6
    name, weights = "encoder.layer.0.attention", {}
    for part in ("self.query", "self.key", "self.value", "output.dense"):
        weights[f"{name}.{part}.weight"] = rng.normal(size=(width, width))
        weights[f"{name}.{part}.bias"] = rng.normal(size=width)
    weights[f"{name}.output.LayerNorm.weight"] = rng.normal(size=width)
    weights[f"{name}.output.LayerNorm.bias"] = rng.normal(size=width)
    x = rng.normal(size=(5, width))
    layer = keras.layers.MultiHeadAttention(heads, width // heads)
    layer(x[None], x[None])
    theirs = []
    for part in ("self.query", "self.key", "self.value"):
        kernel = weights[f"{name}.{part}.weight"].T.reshape(width, heads, -1)
        theirs += [kernel, weights[f"{name}.{part}.bias"].reshape(heads, -1)]
    kernel = weights[f"{name}.output.dense.weight"].T.reshape(heads, -1, width)
    layer.set_weights([*theirs, kernel, weights[f"{name}.output.dense.bias"]])
    added = x + np.asarray(layer(x[None], x[None]))[0]
    norm = keras.layers.LayerNormalization(epsilon=1e-12)
    norm.build(added.shape)
    norm.set_weights(
        [weights[f"{name}.output.LayerNorm.{k}"] for k in ("weight", "bias")]
    )
    ours = Bert(weights, heads, 1e-12).attend(name, x)
    assert np.allclose(ours, np.asarray(norm(added)), atol=1e-4)


def test_the_check_allows_a_last_digit_and_no_more():
    old = np.full((2, 3), 0.5, "float16")
    archive = make_data.npz_bytes(vectors=old)
    for change, same in ((0, True), (3e-4, True), (2e-2, False)):
        new = make_data.npz_bytes(vectors=(old + np.float16(change)).astype("float16"))
        found = make_data.difference("wordnet_vectors.npz", archive, new)
        assert (found is None) == same, (change, found)
    other = make_data.npz_bytes(vectors=old[:1])
    assert make_data.difference("wordnet_vectors.npz", archive, other)
    moved = make_data.npz_bytes(vectors=old + np.float16(5e-4))
    assert make_data.difference("glove_50d.npz", archive, moved)
