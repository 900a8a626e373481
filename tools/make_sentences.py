"""Sentences with their subject, and what a frozen BERT makes of them (lesson 61).

`tools.make_data` downloads the packages and writes the files; this module only turns
bytes into tables and vectors. data/README.md says what each file holds.

The network is run here in NumPy: a sentence is cut into pieces of words, six
Transformer blocks (lesson 60's attention, 12 heads, no mask but the padding's) read
them, and the mean of the last states is the sentence's vector.
"""

import json
import re
import struct
import unicodedata

import numpy as np
import pandas as pd

# ------------------------------------------------------------------ WordNet's sentences

SUBJECTS = {  # number of the lexicographers' file: its name, here and in WordNet
    5: "animal",
    6: "artifact",
    8: "body",
    10: "communication",
    12: "feeling",
    13: "food",
    15: "location",
    18: "person",
    20: "plant",
    27: "substance",
}
EACH, LETTERS = 300, (25, 110)


def first_sense(gloss):
    """Return what a word means: without examples, asides and second definitions."""
    text = re.sub(r'"[^"]*"?', "", gloss)
    text = re.sub(r"\([^)]*\)", "", text).split(";")[0]
    return re.sub(r"\s+", " ", text).strip(" ,:.`'")


def wordnet_sentences(content):
    """Return the table text, subject: EACH definitions of nouns for every subject.

    Left out: names of single persons and places (instances), definitions shorter or
    longer than LETTERS, and texts that occur twice. Drawn with a fixed seed.

    Args:
        content: bytes of WordNet's file data.noun.
    """
    rows = []
    for line in content.decode("ascii").splitlines():
        if line.startswith("  "):  # the licence
            continue
        fields, gloss = line.split(" | ", 1)
        fields = fields.split(" ")
        text = first_sense(gloss)
        small, large = LETTERS
        if "@i" not in fields and small <= len(text) <= large:
            rows.append((text, SUBJECTS.get(int(fields[1]))))
    table = pd.DataFrame(rows, columns=["text", "subject"])
    table = table.drop_duplicates("text", keep=False).dropna()
    drawn = table.groupby("subject").sample(EACH, random_state=0)
    return drawn.sample(frac=1, random_state=0).reset_index(drop=True)


# ----------------------------------------------------------------- pieces of words

CLS, SEP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"


def words_of(text):
    """Return the words and punctuation marks of a text, lower case, without accents."""
    parts = unicodedata.normalize("NFD", text.lower())
    plain = "".join(c for c in parts if unicodedata.category(c) != "Mn")
    return re.findall(r"[^\W_]+|[^\w\s]|_", plain)


def pieces(word, vocabulary):
    """Return a word as the longest known pieces, from the left; inner ones begin ##."""
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = "##" * (start > 0) + word[start:end]
            if piece in vocabulary:
                break
        else:
            return [UNKNOWN]
        found.append(piece)
        start = end
    return found


def token_numbers(text, vocabulary):
    """Return the numbers of a sentence's pieces, between those of [CLS] and [SEP]."""
    tokens = [p for word in words_of(text) for p in pieces(word, vocabulary)]
    return [vocabulary[token] for token in (CLS, *tokens, SEP)]


# ---------------------------------------------------------------------- the network


def read_safetensors(content):
    """Return {name: float32 array} of a safetensors file: a JSON header, then bytes."""
    (size,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + size])
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = (8 + size + at for at in entry["data_offsets"])
            flat = np.frombuffer(content[start:end], "<f4")
            arrays[name] = flat.reshape(entry["shape"])
    return arrays


def erf(x):
    """The error function, to 1.5e-7 (Abramowitz and Stegun 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    steps = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
    return np.sign(x) * (1 - np.polyval((*steps, 0), t) * np.exp(-x * x))


class Bert:
    """A BERT encoder in NumPy.

    Args:
        weights: arrays by the names that the library Transformers gives them.
        heads: number of attention heads.
        eps: added to the variance in the layer normalisation.
    """

    def __init__(self, weights, heads, eps):
        self.weights, self.heads, self.eps = weights, heads, eps
        numbers = [re.match(r"encoder\.layer\.(\d+)\.", name) for name in weights]
        self.layers = 1 + max(int(found[1]) for found in numbers if found)

    def dense(self, name, x):
        w = self.weights
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def normed(self, name, x):
        w = self.weights
        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + self.eps)
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    def attend(self, name, x):
        """Every piece looks at every piece: (time, width) to (time, width)."""
        q, k, v = (
            self.dense(f"{name}.self.{part}", x).reshape(len(x), self.heads, -1)
            for part in ("query", "key", "value")
        )
        scores = np.einsum("thd,shd->hts", q, k) / q.shape[-1] ** 0.5
        alpha = np.exp(scores - scores.max(axis=-1, keepdims=True))
        alpha /= alpha.sum(axis=-1, keepdims=True)
        seen = np.einsum("hts,shd->thd", alpha, v).reshape(x.shape)
        return self.normed(
            f"{name}.output.LayerNorm", x + self.dense(f"{name}.output.dense", seen)
        )

    def states(self, numbers):
        """Return the last states of a sentence's pieces, (time, width)."""
        w, name = self.weights, "embeddings"
        x = w[f"{name}.word_embeddings.weight"][numbers]
        x = x + w[f"{name}.position_embeddings.weight"][: len(numbers)]
        x = self.normed(
            f"{name}.LayerNorm", x + w[f"{name}.token_type_embeddings.weight"][0]
        )
        for k in range(self.layers):
            name = f"encoder.layer.{k}"
            x = self.attend(f"{name}.attention", x)
            thought = self.dense(f"{name}.intermediate.dense", x)
            thought = thought * (1 + erf(thought / 2**0.5)) / 2  # GELU
            thought = self.dense(f"{name}.output.dense", thought)
            x = self.normed(f"{name}.output.LayerNorm", x + thought)
        return x


def sentence_vectors(texts, weights, vocabulary, config):
    """Return a vector of length one for each text: the mean of its pieces' states.

    Args:
        texts: list of sentences of at most 512 pieces.
        weights: bytes of model.safetensors.
        vocabulary: bytes of vocab.txt, one piece a line.
        config: bytes of config.json.

    Returns:
        float32 array, (texts, width).
    """
    config = json.loads(config)
    bert = Bert(
        read_safetensors(weights),
        config["num_attention_heads"],
        config["layer_norm_eps"],
    )
    numbers = {piece: k for k, piece in enumerate(vocabulary.decode().splitlines())}
    means = [bert.states(token_numbers(text, numbers)).mean(axis=0) for text in texts]
    means = np.array(means, "float32")
    return means / np.linalg.norm(means, axis=1, keepdims=True)
