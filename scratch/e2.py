import sys, time; sys.path.insert(0, ".")
from lib import *
te = messages(80, 5, (3, 3)); Z = [baseband(s) for s in te[1]]
narrow = 1.2 / np.geomspace(13, 30, 12) * FS
for name, dots in (("wide", DOTS), ("narrow", narrow)):
    said = [decode(z, 1., .45, .5, dots=dots) for z in Z]
    print(name, cer(said, te[0]), [(a, b) for a, b in zip(te[0], said) if a != b])
import sys; sys.path.insert(0,"."); import utils, keras, tensorflow as tf
from utils.training import JIT
t0 = time.process_time()
tr = messages(2500, 2, (-12, 3)); va = messages(200, 1, (-12, 3))
print("data", time.process_time() - t0)
t0 = time.process_time()
F = [features(s) for s in tr[1]]; V = [features(s) for s in va[1]]
print("feat", time.process_time() - t0)
steps = max(max(map(len, F)), max(map(len, V)))
allf = np.concatenate(F); mu, sd = allf.mean(0), allf.std(0)
print("steps", steps, "mean", np.mean([len(f) for f in F]), "feat", mu.shape)
X = pad([(f - mu) / sd for f in F], steps); XV = pad([(f - mu) / sd for f in V], steps)
def targets(T):
    y = np.zeros((len(T), 5), "int32")
    for r, t in zip(y, T): r[: len(t)] = [LETTERS.index(c) + 1 for c in t]
    return y
Y, YV = targets(tr[0]), targets(va[0])
def ctc(y, logits):
    y = tf.cast(y, "int32"); shape = tf.shape(logits)
    return tf.nn.ctc_loss(y, logits, tf.math.count_nonzero(y, axis=1, dtype="int32"), tf.fill(shape[:1], shape[1]), logits_time_major=False, blank_index=0)
def ctc_sparse(y, logits):
    y = tf.cast(y, "int32"); shape = tf.shape(logits)
    return tf.nn.ctc_loss(tf.sparse.from_dense(y), logits, None, tf.fill(shape[:1], shape[1]), logits_time_major=False, blank_index=0)
SURE = 20. * np.eye(27, dtype="float32")[0]
def build(units=48, front=48, bi=True, cell="GRU"):
    x = keras.Input((None, X.shape[2]))
    real = keras.ops.any(x != 0, axis=-1)
    h = keras.layers.Dense(front, activation="relu")(x)
    r = keras.layers.GRU(units, return_sequences=True)
    h = (keras.layers.Bidirectional(r) if bi else r)(h, mask=real)
    return keras.Model(x, keras.ops.where(real[..., None], keras.layers.Dense(27)(h), SURE))
def greedy(model, X, lens):
    p = model.predict(X, verbose=0, batch_size=256).argmax(-1); out = []
    for row, n in zip(p, lens):
        row = row[:n]; keep = (row != 0) & (row != np.r_[-1, row[:-1]])
        out.append("".join(LETTERS[i - 1] for i in row[keep]))
    return out
for name, loss, jit in (("xla dense", ctc, True), ("plain dense", ctc, False), ("xla keras", keras.losses.CTC(), True), ("sparse", ctc_sparse, False)):
    keras.utils.set_random_seed(0); m = build(); m.compile(keras.optimizers.Adam(4e-3, clipnorm=1.), loss, jit_compile=jit)
    t = []; L = []
    for e in range(2):
        t0 = time.process_time()
        try: L += m.fit(X[:640], Y[:640], batch_size=64, verbose=0).history["loss"]
        except Exception as e: print(name, str(e)[:300]); break
        t.append(time.process_time() - t0)
    print(name, m.count_params(), t, L, flush=True)
