import sys, time; sys.path.insert(0,".")
import utils, numpy as np, keras, tensorflow as tf
from keras import layers
P=np.random.rand(1024,24,24,3).astype("float32"); y=np.random.randint(0,16,1024)
def net(kind):
    p=z=keras.Input((24,24,3))
    C=lambda f,k,s=1:layers.Conv2D(f,k,strides=s,padding="same",activation="relu")
    if kind=="a": 
        for f in(16,32): z=layers.MaxPooling2D(2)(C(f,3)(z))
        z=C(32,3)(z)
    if kind=="s": z=C(32,3)(C(32,3,2)(C(16,5,2)(z)))
    if kind=="v": # patches valid
        z=C(32,4,2)(z); z=C(32,3,2)(z)
    return keras.Model(p,layers.Dense(16,activation="softmax")(layers.Flatten()(z)))
for kind in "asv":
  for jit in (False,True):
    m=net(kind); m.compile("adam","sparse_categorical_crossentropy",jit_compile=jit)
    m.fit(P,y,batch_size=64,epochs=1,verbose=0); t=time.process_time(); m.fit(P,y,batch_size=64,epochs=2,verbose=0); print(kind,jit,f"{(time.process_time()-t)/2048*1e3:.3f} ms/sample",flush=True)
b=np.random.randint(0,16,(1024,9))
for jit in (False,True):
  for U in (64,):
    for cell in (layers.GRU,layers.LSTM):
        i=keras.Input((9,)); s=cell(U,return_sequences=True)(layers.Embedding(16,32)(i)); m=keras.Model(i,layers.Dense(16)(s))
        m.compile("adam",keras.losses.SparseCategoricalCrossentropy(from_logits=True),jit_compile=jit)
        m.fit(b,b,batch_size=64,epochs=1,verbose=0); t=time.process_time(); m.fit(b,b,batch_size=64,epochs=2,verbose=0); print(cell.__name__,U,jit,f"{(time.process_time()-t)/2048*1e3:.3f} ms/sample",flush=True)
