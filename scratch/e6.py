import os, sys, time; sys.path.insert(0, "."); os.environ.setdefault("MPLBACKEND", "agg")
from tools.results import light_namespace
from tools.lessons import all_lessons
lesson = next(l for l in all_lessons() if l.name.startswith("52"))
globals().update(light_namespace(lesson))
va = messages(60, 1); t0 = time.process_time()
print("gap", np.abs(stft(va[1][0]) - (lambda a: np.asarray(a[0]) + 1j * np.asarray(a[1]))(keras.ops.stft(va[1][0], WINDOW, HOP, fft_length=WINDOW, window="hann", center=False))).max())
print("frames", np.mean([len(features(s)) for s in va[1]]), max(len(features(s)) for s in va[1]))
for width in (.8, 1.0, 1.3, 1.6):
    print(width, [round(error_rate([decode(s, width, share)[0] for s in va[1]], va[0]), 3) for share in (.35, .4, .45, .5)], flush=True)
print("decoder", time.process_time() - t0); t0 = time.process_time()
print("weigher", error_rate(weigher(va[1]), va[0]), time.process_time() - t0, flush=True)
for test in ("6 dB", "0 dB", "-4 dB", "-8 dB", "-10 dB", "slow", "fast", "long", "crackle", "second sender"):
    t, s = messages(40, [5, list(TESTS).index(test)], **TESTS[test])
    print(test, [round(error_rate([decode(x, w, .4)[0] for x in s], t), 3) for w in (1., 1.3)], round(error_rate(weigher(s), t), 3), flush=True)
