import sys, time; sys.path.insert(0, ".")
from lib import *
t0 = time.process_time()
va = messages(150, 1, (-10, 3))
print("synth", time.process_time() - t0)
t0 = time.process_time(); F = [features(s) for s in va[1]]; print("feat", time.process_time() - t0, max(map(len, F)), np.mean([len(f) for f in F]))
t0 = time.process_time(); Z = [baseband(s) for s in va[1]]; print("base", time.process_time() - t0)
t0 = time.process_time()
for width in (.7, 1.0, 1.3):
    for part in (.4, .5, .6):
        print(width, part, round(cer([decode(z, width, part, .5) for z in Z], va[0]), 3), flush=True)
print("dec", time.process_time() - t0)
T = {}
for snr in (0, -6, -10, -12):
    te = messages(80, 5, (snr, snr)); T[snr] = te[0], [baseband(s) for s in te[1]]
    t0 = time.process_time()
    v = cer(viterbi(T[snr][1], 1.2 / np.geomspace(15, 26, 6) * FS), T[snr][0])
    t1 = time.process_time()
    print(snr, "viterbi", round(v, 3), t1 - t0, "decoder", [round(cer([decode(z, w, .5, .5) for z in T[snr][1]], T[snr][0]), 3) for w in (.8, 1.2)], flush=True)
