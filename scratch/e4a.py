exec(open("..py").read())
train("A easy first", 1e-2, [(XE, YE, 3), (XH, YH, 4)])
train("B hard only", 1e-2, [(XH, YH, 4)])
train("C easy, kernel 3", 1e-2, [(XE, YE, 3)], kernel=3)
