import os, sys, time; sys.path.insert(0, "."); os.environ.setdefault("MPLBACKEND", "agg")
from tools.results import light_namespace
from tools.lessons import chosen, all_lessons
lesson = next(l for l in all_lessons() if l.name.startswith("52"))
ns = light_namespace(lesson); globals().update(ns)
T0 = time.process_time()
va = messages(150, 77)
def bank(model, names):
    out = {}
    for name in names:
        t, s = messages(100, [9, list(TESTS).index(name)], **TESTS[name]); out[name] = round(error_rate(network_reads(model, s), t), 3)
    return out
CACHE = {}
def go(name, stages, lr=1e-2, batch=64, seed=0, make=None, warm=30, **kw):
    keras.utils.set_random_seed(seed); model = (make or build)(**kw); t0 = time.process_time()
    n = sum(c // batch * e for c, e, _ in stages)
    rate = keras.optimizers.schedules.CosineDecay(lr / 10, n - warm, warmup_target=lr, warmup_steps=warm)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1), ctc, jit_compile=False)
    print("==", name, model.count_params(), n, "updates", flush=True)
    for c, e, sp in stages:
        key = c, str(sp)
        if key not in CACHE:
            t, s = messages(c, [0, len(CACHE)], **sp); CACHE[key] = tensors(t, [features(x) for x in s])
        x, y = CACHE[key]
        for _ in range(e):
            L = model.fit(x, y, batch_size=batch, verbose=0).history["loss"][0]
            print((round(L, 2), round(time.process_time() - t0)), end=" ", flush=True)
    print("\nvalidation", round(error_rate(network_reads(model, va[1]), va[0]), 3), bank(model, ["6 dB", "-4 dB", "-8 dB", "-10 dB"]), round(time.process_time() - t0), "s; total", round(time.process_time() - T0), flush=True)
    return model
EASY = {"letters": (1, 2), "snr": (-4, 6)}
def deep(units=48, front=48, kernel=9, k2=7):
    x = keras.Input((None, 3))
    h = keras.layers.Conv1D(front, kernel, strides=3, padding="same", activation="relu")(x)
    real = keras.ops.any(x != 0, axis=-1)[:, ::3]
    h = keras.layers.Conv1D(front, k2, padding="same", activation="relu")(h)
    h = keras.layers.Bidirectional(keras.layers.GRU(units, return_sequences=True))(h, mask=real)
    return keras.Model(x, keras.ops.where(real[..., None], keras.layers.Dense(27)(h), SURE))
m = go("D", [(1920, 6, EASY), (2560, 5, {})])
print("unseen", bank(m, list(UNSEEN)), flush=True)
go("E two conv", [(1920, 6, EASY), (2560, 5, {})], make=deep)
go("F batch 32", [(1920, 3, EASY), (2560, 4, {})], batch=32)
go("G lr 2e-2", [(1920, 6, EASY), (2560, 5, {})], lr=2e-2)
if time.process_time() - T0 < 220: go("H two conv, hard only", [(2560, 8, {})], make=deep)
if time.process_time() - T0 < 260: go("I one way", [(1920, 6, EASY), (2560, 5, {})], both_ways=False)
