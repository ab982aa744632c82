"""sin(x) * exp(-y * y) + sqrt(x * x + y * y) by an array library, one thread.

    arrays.py LIBRARY f32|f64 FOLDER

FOLDER has the operands, `x` and `y`, as plain arrays. It answers `ready`; then to each
line `write` with the values in the file `out` and `done`, and to each other line with a
run and `done`.
"""

import sys

import numpy

library, element, folder = sys.argv[1:]
dtype = {"f32": numpy.float32, "f64": numpy.float64}[element]
x = numpy.fromfile(f"{folder}/x", dtype)
y = numpy.fromfile(f"{folder}/y", dtype)


def with_numpy():
    return lambda: numpy.sin(x) * numpy.exp(-y * y) + numpy.sqrt(x * x + y * y)


def with_numexpr():
    import numexpr

    numexpr.set_num_threads(1)
    out = numpy.empty_like(x)
    formula = "sin(x) * exp(-y * y) + sqrt(x * x + y * y)"
    numexpr.evaluate(formula, out=out)
    return lambda: numexpr.re_evaluate()


def with_numba():
    import math

    import numba

    @numba.njit(fastmath=True)
    def run(x, y, out):
        for i in range(len(out)):
            out[i] = math.sin(x[i]) * math.exp(-y[i] * y[i]) + math.sqrt(
                x[i] * x[i] + y[i] * y[i]
            )

    out = numpy.empty_like(x)

    def call():
        run(x, y, out)
        return out

    return call


def with_symjit():
    import symjit
    import sympy

    a, b = sympy.symbols("x y")
    formula = sympy.sin(a) * sympy.exp(-b * b) + sympy.sqrt(a * a + b * b)
    function = symjit.compile_func([a, b], [formula], use_threads=False)
    return lambda: function(x, y)[0]


run = {
    "numpy": with_numpy,
    "numexpr": with_numexpr,
    "numba": with_numba,
    "symjit": with_symjit,
}[library]()
run()
print("ready", flush=True)
for line in sys.stdin:
    values = run()
    if line.strip() == "write":
        numpy.asarray(values, dtype).tofile(f"{folder}/out")
    print("done", flush=True)
