/* The formula that array libraries are compared with, as plain loops. */

#include <math.h>

void sin_exp_sqrt_f32(const float *restrict x, const float *restrict y,
                      float *restrict out, long count) {
  for (long i = 0; i < count; i++)
    out[i] = sinf(x[i]) * expf(-y[i] * y[i]) + sqrtf(x[i] * x[i] + y[i] * y[i]);
}

void sin_exp_sqrt_f64(const double *restrict x, const double *restrict y,
                      double *restrict out, long count) {
  for (long i = 0; i < count; i++)
    out[i] = sin(x[i]) * exp(-y[i] * y[i]) + sqrt(x[i] * x[i] + y[i] * y[i]);
}
