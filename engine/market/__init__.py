"""Order books, order flow, the router and its controls, in compiled kernels."""
