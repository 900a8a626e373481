import sys, time; sys.path.insert(0,".")
import utils, numpy as np, keras
from keras import layers, ops
from utils.training import JIT
from scenes import *
T=9
def setup(K, left, n, seed):
    cols=COLOURS[:K]
    out={1:lambda i,j: j==i%4 , 2:lambda i,j: (j-i)%4 in (0,1), 0:lambda i,j: i<2 and i==j}[left]
    unseen=[(c,s) for i,c in enumerate(cols) for j,s in enumerate(SHAPES) if out(i,j)]
    seen=[(c,s) for c in cols for s in SHAPES if (c,s) not in unseen]
    vocab=["","<",">","?","a","left","right","of","above","below",*SHAPES,*cols]
    rng=np.random.default_rng(seed); tr=make(n,seen,rng)
    rng=np.random.default_rng(999); kn=make(500,seen,rng); un=make(500,seen,rng,unseen)
    return vocab,tr,kn,un
def code(scenes,vocab):
    y=np.zeros((len(scenes),T),"int32")
    for r,s in zip(y,scenes):
        w=[vocab.index(k) for k in sentence(s)]+[2]; r[:len(w)]=w
    return y
def before(y): return np.c_[np.ones(len(y),"int32"),y[:,:-1]]
def cnn(p, d=128, flat=True, pool="max"):
    z=p
    for f in (16,32): 
        z=layers.Conv2D(f,3,padding="same",activation="relu")(z); z=layers.MaxPooling2D(2)(z)
    z=layers.Conv2D(32,3,padding="same",activation="relu")(z)
    return z  # 6x6x32
def build(kind,V,U=96):
    p=keras.Input((SIZE,SIZE,3)); b=keras.Input((T,),dtype="int32")
    e=layers.Embedding(V,32)(b)
    z=cnn(p)
    if kind=="heads":   # word by position, no decoder: scores from features only
        f=layers.Dense(U,activation="tanh")(layers.Flatten()(z))
        out=layers.Reshape((T,V))(layers.Dense(T*V)(f)); return keras.Model([p,b],out)
    if kind in("init",):
        f=layers.Dense(U,activation="tanh")(layers.Flatten()(z))
        s=layers.GRU(U,return_sequences=True)(e,initial_state=f)
    if kind=="att":
        z2=layers.Reshape((36,32))(z)
        pos=layers.Embedding(36,32)(ops.arange(36))
        z2=z2+pos
        k=layers.Dense(U)(z2); 
        f=layers.Dense(U,activation="tanh")(layers.Flatten()(z))
        s=layers.GRU(U,return_sequences=True)(e,initial_state=f)
        c=layers.Attention(use_scale=True)([s,z2,k]) if False else layers.MultiHeadAttention(1,32)(s,z2,z2)
        s=c   # words only from what is looked at
    if kind=="att+":
        z2=layers.Reshape((36,32))(z)+layers.Embedding(36,32)(ops.arange(36))
        f=layers.Dense(U,activation="tanh")(layers.Flatten()(z))
        s=layers.GRU(U,return_sequences=True)(e,initial_state=f)
        c=layers.MultiHeadAttention(1,32)(s,z2,z2); s=layers.Concatenate()([s,c])
    return keras.Model([p,b],layers.Dense(V)(s))
def greedy(m,P,hide):
    said=np.ones((len(P),T+1),"int32")
    for t in range(T): 
        said[:,t+1]=m.predict([P,hide(said[:,:-1])],batch_size=500,verbose=0)[:,t].argmax(-1)
    said=said[:,1:]; ended=np.cumsum(said==2,1)-(said==2)>0
    return np.where(ended,0,said)
def run(kind,K=4,left=1,n=3000,epochs=15,seed=0,hidep=0.,grey=0.,rate=3e-3,cpu=True):
    t0=time.process_time()
    vocab,tr,kn,un=setup(K,left,n,seed); V=len(vocab); content=10
    y=code(tr[0],vocab); b=before(y); P=tr[1].copy(); w=(y!=0).astype("float32")
    rng=np.random.default_rng(seed)
    if grey:
        G=np.repeat(P.mean(-1,keepdims=True),3,-1); yg=y.copy(); bg=b.copy(); wg=w.copy()
        wg[y>=14]=0; bg[bg>=14]=3
        take=rng.random(len(P))<grey if grey<1 else np.ones(len(P),bool)
        P=np.concatenate([P,G[take]]); y=np.concatenate([y,yg[take]]); b=np.concatenate([b,bg[take]]); w=np.concatenate([w,wg[take]])
    hide=lambda b:b
    if hidep==1: hide=lambda b: np.where(b>=content,3,b)
    if 0<hidep<1: b=np.where((b>=content)&(rng.random(b.shape)<hidep),3,b)
    keras.utils.set_random_seed(seed)
    m=build(kind,V); steps=-(-len(P)//64)*epochs
    m.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate,steps)),keras.losses.SparseCategoricalCrossentropy(from_logits=True),jit_compile=JIT)
    h=m.fit([P,hide(b)],y,sample_weight=w,batch_size=64,epochs=epochs,verbose=0)
    res=[]
    for sc,Q in (kn,un):
        yy=code(sc,vocab); s=greedy(m,Q,hide); real=yy!=0
        col=real&(yy>=14); shp=real&(yy>=10)&(yy<14); rel=real&(yy>2)&(yy<10)
        res.append([(s==yy).all(1).mean(),(s==yy)[real].mean(),(s==yy)[col].mean(),(s==yy)[shp].mean(),(s==yy)[rel].mean()])
    print(f"{kind:5s} K{K} left{left} n{n} ep{epochs} hide{hidep} grey{grey} seed{seed} par{m.count_params()} loss{h.history['loss'][-1]:.4f} known exact/word/col/shape/rel",np.round(res[0],3),"UNSEEN",np.round(res[1],3),f"{time.process_time()-t0:.0f}s",flush=True)
    return m,vocab,kn,un
if __name__=="__main__":
    run("init",epochs=12)
    run("heads",epochs=12)
    run("att",epochs=12)
    run("att+",epochs=12)
    run("init",epochs=12,hidep=1.)
    run("init",epochs=8,grey=1.)
    run("init",epochs=8,grey=1.,hidep=1.)
