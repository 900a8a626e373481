import numpy as np
MORSE = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..".split()))
LETTERS = "".join(MORSE)
RATE = 4000
def key(text, wpm, jitter, rng):
    """durations in s: on, off, on ... """
    dot = 1.2 / wpm
    units = []
    for letter in text:
        for sign in MORSE[letter]:
            units += [1 if sign == "." else 3, 1]
        units[-1] = 3
    units = np.array(units[:-1]) * dot
    return units * np.exp(jitter * rng.normal(size=len(units)))
def synth(text, wpm, snr, rng, jitter=.1, tone=None, kind="white"):
    tone = rng.uniform(550, 650) if tone is None else tone
    spans = key(text, wpm, jitter, rng)
    ends = rng.uniform(.1, .3, 2)
    edges = np.round(RATE * np.cumsum([ends[0], *spans])).astype(int)
    n = edges[-1] + int(RATE * ends[1])
    t = np.arange(n) / RATE
    sound = np.zeros(n)
    for a, b in zip(edges[::2], edges[1::2]):
        sound[a:b] = np.sin(2 * np.pi * tone * t[a:b] + rng.uniform(0, 2 * np.pi))
    power = .5 / 10 ** (snr / 10)
    noise = rng.normal(size=n)
    if kind == "crackle":   # clicks: 
        noise = noise * np.where(rng.random(n // 40 + 1) < .1, 3.0, .333).repeat(40)[:n]
    if kind == "fading":
        sound = sound * (1 + .8 * np.sin(2 * np.pi * (rng.uniform(.3, .8) * t + rng.random())))
    if kind == "second":
        other = synth("".join(rng.choice(list(LETTERS), 8)), wpm * rng.uniform(.8, 1.2), 99, rng, tone=tone + rng.choice([-1, 1]) * rng.uniform(90, 130))
        other = np.resize(other, n)
        sound = sound + .7 * other
    noise *= np.sqrt(power / np.mean(noise ** 2))
    return (sound + noise).astype("float32")
def texts(count, rng, lengths=(3, 4)):
    return ["".join(rng.choice(list(LETTERS), rng.choice(lengths))) for _ in range(count)]
def messages(count, seed, snr, wpm=(18, 26), **how):
    rng = np.random.default_rng(seed)
    T = texts(count, rng)
    S = [synth(x, rng.uniform(*wpm), rng.uniform(*snr), rng, **how) for x in T]
    return T, S
WINDOW, HOP, STACK = 256, 80, 3
BINS = slice(34, 44)  # 531..672 Hz
HANN = np.hanning(WINDOW + 1)[:-1]
def stft(sound):
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    return np.fft.rfft(frames * HANN, axis=1)
def features(sound, stretch=1.0):
    hop = int(HOP*stretch)
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::hop]
    k = np.arange(BINS.start, BINS.stop)
    basis = np.exp(-2j*np.pi*np.outer(np.arange(WINDOW), k)/WINDOW) * HANN[:, None]
    m = np.abs(frames @ basis.astype("complex64"))
    m = np.log(m / np.median(m) + .1)
    m = m[: len(m) // STACK * STACK]
    return m.reshape(-1, STACK * m.shape[1]).astype("float32")
def pad(rows, steps):
    out = np.zeros((len(rows), steps, rows[0].shape[1]), "float32")
    for o, r in zip(out, rows): o[: len(r)] = r
    return out
def edits(a, b):
    row = np.arange(len(b) + 1)
    for i, x in enumerate(a):
        new = [i + 1]
        for j, y in enumerate(b): new.append(min(new[j] + 1, row[j + 1] + 1, row[j] + (x != y)))
        row = new
    return row[-1]
def cer(said, right): return sum(map(edits, said, right)) / sum(map(len, right))
# ---------- hand decoder
DEC = 20
FS = RATE / DEC
TABLE = {v: k for k, v in MORSE.items()}
def find_tone(sound):
    n = 2 ** 15
    p = np.abs(np.fft.rfft(sound, n)) ** 2
    f = np.fft.rfftfreq(n, 1 / RATE)
    w = int(16 / f[1])
    p = np.convolve(p, np.hanning(w), "same")
    ok = (f > 530) & (f < 670)
    return f[ok][p[ok].argmax()]
def baseband(sound):
    f = find_tone(sound)
    z = sound * np.exp(-2j * np.pi * f * np.arange(len(sound)) / RATE)
    n = len(z) // DEC
    return z[: n * DEC].reshape(n, DEC).mean(axis=1)
def runs_of(on):
    edges = np.flatnonzero(np.diff(on)) + 1
    edges = np.r_[0, edges, len(on)]
    return on[edges[:-1]], np.diff(edges)
def two_means(x):
    c = np.quantile(x, [.25, .9])
    for _ in range(8):
        hi = x > c.mean()
        c = np.array([x[~hi].mean(), x[hi].mean()])
    return c
def listen(z, dot, width, part, least):
    """on/off runs if dot length is `dot` samples"""
    w = max(1, round(width * dot))
    env = np.abs(np.convolve(z, np.hanning(w + 2)[1:-1], "same"))
    lo, hi = two_means(env)
    on = env > lo + part * (hi - lo)
    val, n = runs_of(on)
    # remove short runs, shortest first
    n = list(n); val = list(val)
    while len(n) > 2:
        i = int(np.argmin(n[1:-1])) + 1 if len(n) > 2 else 0
        if n[i] >= least * dot: break
        n[i - 1] += n[i] + n[i + 1]; del n[i: i + 2], val[i: i + 2]
    # ends
    if val and val[0]: n.insert(0, 0); val.insert(0, False)
    if val and val[-1]: n.append(0); val.append(False)
    return np.array(val[1:-1], bool), np.array(n[1:-1], float)
DOTS = 1.2 / np.geomspace(8, 45, 24) * FS
def decode(z, width=1.0, part=.5, least=.5, split=2.0, dots=DOTS, passes=2):
    # fixed width first pass -> dot by fit
    best = None
    for d in dots:
        val, n = listen(z, d, width, part, least)
        if not len(n): continue
        r = np.log(n / d)
        L3 = np.log(3)
        err = np.minimum(np.abs(r), np.abs(r - L3))
        # a total needed: dots and dashes explain the time
        s = np.mean(err ** 2) 
        if best is None or s < best[0]: best = (s, d, val, n)
    if best is None: return ""
    s, d, val, n = best
    # refine the dot by least squares
    for _ in range(3):
        u = np.where(n > split * d, 3, 1)
        d = (n * u).sum() / (u * u).sum()
    val, n = listen(z, d, width, part, least)
    out, sign = "", ""
    for v, k in zip(val, n):
        if v: sign += "-" if k > split * d else "."
        elif k > split * d: out += TABLE.get(sign, "?"); sign = ""
    return out + TABLE.get(sign, "?") if sign else out
# ------------ Viterbi
NODES = [""] + sorted({c[:k] for c in TABLE for k in range(1, len(c) + 1)}, key=lambda s: (len(s), s))
def viterbi(zs, dots, jitter=.12, grid=4):
    """zs: list of baseband arrays; returns letters; exact segmental ML."""
    parent = np.array([0] + [NODES.index(s[:-1]) for s in NODES[1:]])
    dash = np.array([False] + [s[-1] == "-" for s in NODES[1:]])
    legal = np.array([s in TABLE for s in NODES])
    from scipy.special import i0e
    M = len(zs); N = len(NODES)
    best = np.full(M, -np.inf); said = [""] * M
    d1 = np.arange(grid // 2 + (grid % 2), 2 * grid)[: 2 * grid]   # .5 .. <2 dots
    d1 = np.arange(int(.6 * grid + .5), int(1.6 * grid) + 1)
    d3 = np.arange(int(2 * grid), int(4.2 * grid) + 1)
    pr1 = -.5 * (np.log(d1 / grid) / jitter) ** 2; pr1 -= np.log(np.exp(pr1).sum())
    pr3 = -.5 * (np.log(d3 / grid / 3) / jitter) ** 2; pr3 -= np.log(np.exp(pr3).sum())
    # noise and amplitude per message
    sig2 = np.empty(M); A = np.empty(M)
    for m, z in enumerate(zs):
        env = np.abs(np.convolve(z, np.ones(10) / 10, "same"))
        lo, hi = two_means(env)
        A[m] = hi
        sig2[m] = np.mean(np.abs(np.diff(z)) ** 2) / 2  # complex noise power per sample
    for dot in dots:
        step = dot / grid
        T = int(max(map(len, zs)) / step)
        C = np.zeros((M, T + 1), complex); last = np.zeros(M, int)
        for m, z in enumerate(zs):
            c = np.r_[0, np.cumsum(z)]
            at = np.arange(T + 1) * step
            ok = at <= len(z)
            last[m] = ok.sum() - 1
            C[m] = np.interp(at, np.arange(len(c)), c.real) + 1j * np.interp(at, np.arange(len(c)), c.imag)
        def on(t, d):  # log-likelihood ratio of an on segment, (M, len(d))
            S = np.abs(C[:, [t]] - C[:, t - d]); L = d * step
            x = 2 * A[:, None] * S / sig2[:, None]
            return np.log(i0e(x)) + x - A[:, None] ** 2 * L / sig2[:, None]
        NEG = -1e9
        on_ = np.full((T + 1, M, N), NEG); off = np.full((T + 1, M, N), NEG)
        bon = np.zeros((T + 1, M, N), np.int16); boff = np.zeros((T + 1, M, N), np.int32)
        free = np.zeros((T + 1, M)) 
        off[:, :, 0] = 0   # may begin anywhere: silence so far costs nothing
        boff[:, :, 0] = -1
        start = np.zeros((T + 1, M, N), bool)
        for t in range(1, T + 1):
            for dd, pr, kind in ((d1, pr1, False), (d3, pr3, True)):
                dd2 = dd[dd <= t]
                if not len(dd2): continue
                s = on(t, dd2) + pr[: len(dd2)]                 # (M, D)
                nodes = np.flatnonzero(dash == kind); nodes = nodes[nodes > 0]
                cand = off[t - dd2][:, :, parent[nodes]].transpose(1, 2, 0) + s[:, None]   # M, n, D
                k = cand.argmax(-1)
                on_[t][:, nodes] = np.take_along_axis(cand, k[..., None], -1)[..., 0]
                bon[t][:, nodes] = dd2[k]
            dd2 = d1[d1 <= t]
            if len(dd2):
                cand = on_[t - dd2].transpose(1, 2, 0) + pr1[: len(dd2)]
                k = cand.argmax(-1)
                off[t][:, 1:] = cand.max(-1)[:, 1:]
                boff[t][:, 1:] = dd2[k][:, 1:]
            dd2 = d3[d3 <= t]
            if len(dd2):
                ends = np.where(legal, on_[t - dd2], NEG)   # D, M, N
                n = ends.argmax(-1); v = ends.max(-1) + pr3[: len(dd2), None]   # D, M
                k = v.argmax(0)
                better = v.max(0) - np.log(26) > off[t][:, 0]
                val = v.max(0) - np.log(26)
                off[t][better, 0] = val[better]
                boff[t][better, 0] = (dd2[k] * N + n[k, np.arange(M)])[better]
        for m in range(M):
            ends = np.where(legal, on_[: last[m] + 1, m], NEG)
            t, n = np.unravel_index(ends.argmax(), ends.shape)
            if ends[t, n] <= best[m]: continue
            best[m] = ends[t, n]
            out = TABLE[NODES[n]]
            while True:
                # go to the beginning of this letter
                t -= bon[t, m, n]; n = parent[n]
                if n: t -= boff[t, m, n]; continue
                if boff[t, m, 0] < 0: break
                d, n = divmod(int(boff[t, m, 0]), N)
                t -= d; out = TABLE[NODES[n]] + out
            said[m] = out
    return said
