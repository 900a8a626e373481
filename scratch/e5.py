import sys, time; sys.path.insert(0, "."); sys.path.insert(0, ".")
from lib import *
import lib
import utils, keras, tensorflow as tf
NB = 3
def feats(sound, hop=100):
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::hop]
    k = np.arange(BINS.start, BINS.stop)
    basis = np.exp(-2j*np.pi*np.outer(np.arange(WINDOW), k)/WINDOW) * HANN[:, None]
    m = np.abs(frames @ basis.astype("complex64"))
    c = np.clip((m ** 2).mean(0).argmax(), 1, len(k) - 2)
    m = m[:, c - 1: c + 2]
    m = np.log(m / np.median(m) + .1)
    return m[: len(m) // 3 * 3].astype("float32")
def data(count, seed, snr, lengths, **how):
    rng = np.random.default_rng(seed)
    T = texts(count, rng, lengths)
    S = [synth(x, rng.uniform(18, 26), rng.uniform(*snr), rng, **how) for x in T]
    return T, S
def targets(T):
    y = np.zeros((len(T), 4), "int32")
    for r, t in zip(y, T): r[: len(t)] = [LETTERS.index(c) + 1 for c in t]
    return y
easy = data(1920, 11, (-4, 6), (1, 2)); hard = data(2560, 12, (-10, 3), (2, 3)); va = data(150, 1, (-10, 3), (2, 3))
steps = lambda F: max(map(len, F))
FE, FH, FV = [[feats(s) for s in d[1]] for d in (easy, hard, va)]
mu, sd = np.concatenate(FH).mean(), np.concatenate(FH).std()
N = steps(FH + FV)
XE, XH, XV = [pad([(f - mu) / sd for f in F], n) for F, n in ((FE, steps(FE)), (FH, N), (FV, N))]
YE, YH, YV = targets(easy[0]), targets(hard[0]), targets(va[0])
print("shapes", XE.shape, XH.shape, np.mean([len(f) for f in FH]))
def ctc_sparse(y, logits):
    y = tf.cast(y, "int32"); shape = tf.shape(logits)
    return tf.nn.ctc_loss(tf.sparse.from_dense(y), logits, None, tf.fill(shape[:1], shape[1]), logits_time_major=False, blank_index=0)
SURE = 20. * np.eye(27, dtype="float32")[0]
def build(units=48, front=48, kernel=9, bi=True, second=0):
    x = keras.Input((None, NB))
    real = keras.ops.any(x != 0, axis=-1)[:, ::3]
    h = keras.layers.Conv1D(front, kernel, strides=3, padding="same", activation="relu")(x)
    if second: h = keras.layers.Conv1D(front, second, padding="same", activation="relu")(h)
    r = keras.layers.GRU(units, return_sequences=True)
    h = (keras.layers.Bidirectional(r) if bi else r)(h, mask=real)
    return keras.Model(x, keras.ops.where(real[..., None], keras.layers.Dense(27)(h), SURE))
def greedy(model, X):
    p = model.predict(X, verbose=0, batch_size=256).argmax(-1); out = []
    for row in p:
        keep = (row != 0) & (row != np.r_[-1, row[:-1]])
        out.append("".join(LETTERS[i - 1] for i in row[keep]))
    return out
BANK = {snr: data(150, 100 + snr, (snr, snr), (2, 3)) for snr in (6, 0, -4, -8, -10, -12)}
FB = {snr: pad([(feats(s) - mu) / sd for s in b[1]], 240) for snr, b in BANK.items()}
def bank(model): return {snr: round(cer(greedy(model, FB[snr]), BANK[snr][0]), 3) for snr in BANK}
def train(name, lr, stages, seed=0, batch=64, abort=True, jit=False, loss=ctc_sparse, **how):
    keras.utils.set_random_seed(seed); m = build(**how)
    n = sum(len(X) // batch * e for X, Y, e in stages)
    rate = keras.optimizers.schedules.CosineDecay(lr / 10, n - 30, warmup_target=lr, warmup_steps=30, alpha=.03)
    m.compile(keras.optimizers.Adam(rate, clipnorm=1.), loss, jit_compile=jit)
    t0 = time.process_time(); print(name, m.count_params(), end=": ")
    for X, Y, epochs in stages:
        for e in range(epochs):
            L = m.fit(X, Y, batch_size=batch, verbose=0).history["loss"][0]
            print((round(L, 2), round(time.process_time() - t0)), end=" ", flush=True)
    print("validation", round(cer(greedy(m, XV), va[0]), 3), bank(m), round(time.process_time() - t0), flush=True)
    return m
