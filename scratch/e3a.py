
exec(open("..py").read())
m = train("base 8 epochs", 8, 8e-3)
