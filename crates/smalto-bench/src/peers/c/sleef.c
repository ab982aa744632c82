/* Loops over SLEEF's vector functions of at most 1 ULP, as wide as the machine. The
   count is a multiple of the lanes. A function of one operand ignores y. */

#include <immintrin.h>
#include <sleef.h>

#ifdef __AVX512F__
#define F32(name) Sleef_##name##f16
#define F64(name) Sleef_##name##d8
#define LANES_F32 16
#define LANES_F64 8
#define LOAD_F32 _mm512_loadu_ps
#define LOAD_F64 _mm512_loadu_pd
#define STORE_F32 _mm512_storeu_ps
#define STORE_F64 _mm512_storeu_pd
#else
#define F32(name) Sleef_##name##f8
#define F64(name) Sleef_##name##d4
#define LANES_F32 8
#define LANES_F64 4
#define LOAD_F32 _mm256_loadu_ps
#define LOAD_F64 _mm256_loadu_pd
#define STORE_F32 _mm256_storeu_ps
#define STORE_F64 _mm256_storeu_pd
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#define LOOP(symbol, type, lanes, store, value)                                    \
  void symbol(const type *restrict x, const type *restrict y, type *restrict out, \
              long count) {                                                       \
    (void)y;                                                                      \
    for (long i = 0; i < count; i += lanes)                                       \
      store(out + i, value);                                                      \
  }

#define UNARY(name, sleef, grade)                                 \
  LOOP(name##_f32, float, LANES_F32, STORE_F32,                   \
       JOIN(F32(sleef), grade)(LOAD_F32(x + i)))                  \
  LOOP(name##_f64, double, LANES_F64, STORE_F64,                  \
       JOIN(F64(sleef), grade)(LOAD_F64(x + i)))

#define BINARY(name, sleef, grade)                                     \
  LOOP(name##_f32, float, LANES_F32, STORE_F32,                        \
       JOIN(F32(sleef), grade)(LOAD_F32(x + i), LOAD_F32(y + i)))      \
  LOOP(name##_f64, double, LANES_F64, STORE_F64,                       \
       JOIN(F64(sleef), grade)(LOAD_F64(x + i), LOAD_F64(y + i)))

UNARY(sin, sin, _u10)
UNARY(cos, cos, _u10)
UNARY(tan, tan, _u10)
UNARY(asin, asin, _u10)
UNARY(acos, acos, _u10)
UNARY(atan, atan, _u10)
BINARY(atan2, atan2, _u10)
UNARY(sinh, sinh, _u10)
UNARY(cosh, cosh, _u10)
UNARY(tanh, tanh, _u10)
UNARY(asinh, asinh, _u10)
UNARY(acosh, acosh, _u10)
UNARY(atanh, atanh, _u10)
UNARY(exp, exp, _u10)
UNARY(exp2, exp2, _u10)
UNARY(expm1, expm1, _u10)
UNARY(ln, log, _u10)
UNARY(log2, log2, _u10)
UNARY(log10, log10, _u10)
UNARY(log1p, log1p, _u10)
BINARY(pow, pow, _u10)
UNARY(cbrt, cbrt, _u10)
/* There is one grade that is within 1 ULP, and what is exact has none. */
BINARY(hypot, hypot, _u05)
BINARY(mod, fmod, )
