"""The loops of internal/loops in Python, for BenchmarkLoops: prints the name of
one, its result and its time in milliseconds, the best of three."""
import sys
import time


def Conv():
    n, k = 224, 5
    image = [[((i * 7 + j * 13) % 17) * 0.25 for j in range(n)] for i in range(n)]
    kernel = [[(i - j) * 0.1 for j in range(k)] for i in range(k)]
    h = n - k + 1
    out = [[0.0] * h for _ in range(h)]
    for i in range(h):
        for j in range(h):
            s = 0.0
            for u in range(k):
                for v in range(k):
                    s += image[i + u][j + v] * kernel[u][v]
            out[i][j] = s
    return out[10][20] + out[100][57]


def Matmul():
    n = 128
    a = [[float(i + j) for j in range(n)] for i in range(n)]
    b = [[float(i - j) for j in range(n)] for i in range(n)]
    c = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            s = 0.0
            for k in range(n):
                s += a[i][k] * b[k][j]
            c[i][j] = s
    return c[3][5] + c[127][127]


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def Fib30():
    return float(fib(30))


def Sieve():
    n = 1000000
    s = [False] * (n + 1)
    c = 0
    for i in range(2, n + 1):
        if not s[i]:
            c += 1
            for j in range(i * 2, n + 1, i):
                s[j] = True
    return float(c)


f = globals()[sys.argv[1]]
best = 1e9
for _ in range(3):
    began = time.perf_counter()
    result = f()
    best = min(best, time.perf_counter() - began)
print(f.__name__, repr(result), best * 1e3)
