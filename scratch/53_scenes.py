import numpy as np
SHAPES = ["square", "disc", "triangle", "cross"]
PALETTE = {"red": (.9,.15,.15), "green": (.15,.75,.2), "blue": (.2,.35,.95), "yellow": (.95,.85,.15),
 "purple": (.6,.2,.8), "orange": (.95,.5,.1), "cyan": (.2,.85,.85), "white": (.95,.95,.95)}
COLOURS = list(PALETTE)
RELATIONS = ["left of", "right of", "above", "below"]
SIZE = 24
def cover(shape, dx, dy, r):
    if shape == "square": return np.maximum(abs(dx), abs(dy)) <= .85*r
    if shape == "disc": return dx**2+dy**2 <= r**2
    if shape == "triangle": return (abs(dx) <= (dy+r)/2) & (dy <= r) 
    return (np.minimum(abs(dx), abs(dy)) <= .3*r) & (np.maximum(abs(dx),abs(dy)) <= r)
def draw(scene, rng):
    """scene: list of (colour, shape), relation or None"""
    (objs, rel) = scene
    y, x = np.mgrid[:SIZE, :SIZE]
    img = np.full((SIZE,SIZE,3), rng.uniform(0,.2), "float32")
    if rel is None: centres = [rng.uniform(8, 15, 2)]; 
    else:
        a = np.array([6., 17.5]) + rng.uniform(-1,1,2)
        o = rng.uniform(9,14) + rng.uniform(-1,1,2)
        if rel in ("right of","below"): a = a[::-1]; 
        centres = list(zip(a,o)) if rel in ("left of","right of") else list(zip(o,a))
        if rel in ("right of","below"): pass
    sizes = [rng.uniform(4.8,5.6), rng.uniform(3.1,3.6)]
    if rel is None: sizes=[rng.uniform(3.1,5.6)]
    for (c,s),(cx,cy),r in zip(objs, centres, sizes):
        img[cover(s, x-cx, y-cy, r)] = np.array(PALETTE[c])*rng.uniform(.75,1)
    return np.clip(img + rng.normal(0,.05,img.shape),0,1).astype("float32")
def sentence(scene):
    objs, rel = scene
    words = ["a", *objs[0]]
    if rel: words += [*rel.split(), "a", *objs[1]]
    return words
def make(n, combos, rng, special=None):
    """special: combos of which exactly one object must be"""
    scenes=[]
    for _ in range(n):
        k = 1 if rng.random()<.2 else 2
        o=[combos[rng.integers(len(combos))] for _ in range(k)]
        if special: o[rng.integers(k)] = special[rng.integers(len(special))]
        scenes.append((o, RELATIONS[rng.integers(4)] if k==2 else None))
    return scenes, np.stack([draw(s,rng) for s in scenes])
