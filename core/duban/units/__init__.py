"""Who is asked: a units cell becomes duties, and the directory knows the names behind them."""
