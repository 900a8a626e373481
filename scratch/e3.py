
exec(open("..py").read())
narrow = 1.2 / np.geomspace(13, 34, 12) * FS
BANK = {snr: messages(120, 100 + snr, (snr, snr)) for snr in (6, 0, -4, -8, -10, -12)}
FB = {snr: pad([(features(s) - mu) / sd for s in b[1]], steps) for snr, b in BANK.items()}
def bank(model): return {snr: round(cer(greedy(model, FB[snr], [steps] * 200), BANK[snr][0]), 3) for snr in BANK}
def train(name, epochs, lr, seed=0, **how):
    keras.utils.set_random_seed(seed); m = build(**how)
    n = len(X) // 64 * epochs
    rate = keras.optimizers.schedules.CosineDecay(lr / 10, n - 40, warmup_target=lr, warmup_steps=40, alpha=.05)
    m.compile(keras.optimizers.Adam(rate, clipnorm=1.), keras.losses.CTC(), jit_compile=True)
    out = []
    t0 = time.process_time()
    for e in range(epochs):
        L = m.fit(X, Y, batch_size=64, verbose=0, initial_epoch=e, epochs=e + 1).history["loss"][0]
        t1 = time.process_time()
        out.append((round(L, 2), round(cer(greedy(m, XV, [steps]*200), va[0]), 3), round(t1 - t0)))
        print(out[-1], end=" ", flush=True)
    print(name, m.count_params(), bank(m), flush=True)
    return m
if "dec" in sys.argv:
    for snr, b in BANK.items():
        Z = [baseband(s) for s in b[1]]
        print(snr, "decoder", round(cer([decode(z, 1., .45, .5, dots=narrow) for z in Z], b[0]), 3), "viterbi", round(cer(viterbi(Z, 1.2 / np.geomspace(17, 28, 6) * FS), b[0]), 3), flush=True)
