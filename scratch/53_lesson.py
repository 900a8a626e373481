"""exec light cells of L.txt"""
import re,sys
sys.path.insert(0,".")
import matplotlib; matplotlib.use("Agg")
def cells(extra=True):
    text=open("..txt").read()+(open("..txt").read() if extra else "")
    for part in re.split(r"(?m)^%%% ", text)[1:]:
        head,_,body=part.partition("\n")
        if head.startswith("code") and "light" in head.split() and "bootstrap" not in head: yield head,body
