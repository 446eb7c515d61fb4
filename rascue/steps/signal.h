/* Small causal building blocks shared by the kernels; each a few lines, all inlined. */
#ifndef RASCUE_STEPS_SIGNAL_H
#define RASCUE_STEPS_SIGNAL_H

#include <math.h>
#include <string.h>

#include "kernels.h"

#define NEVER INT64_MIN
#define NS_PER_S 1e9

static inline double seconds_between(int64_t earlier_ns, int64_t later_ns)
{
    return (double)(later_ns - earlier_ns) / NS_PER_S;
}

static inline int64_t after(int64_t instant_ns, double seconds)
{
    return instant_ns + (int64_t)llround(seconds * NS_PER_S);
}

/* Time since the sample before; one period where there was none. */
static inline double seconds_since_sample(int started, int64_t before_ns, int64_t t_ns,
                                          double rate_hz)
{
    return started ? seconds_between(before_ns, t_ns) : 1.0 / rate_hz;
}

/* One value that is no number would stay in the filters for ever; such samples are left out. */
static inline int all_finite(const float v[3])
{
    return isfinite(v[0]) && isfinite(v[1]) && isfinite(v[2]);
}

static inline double dot3(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void cross3(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static inline double norm3(const double a[3])
{
    return sqrt(dot3(a, a));
}

static inline double biquad_step(const biquad_coefficients *c, biquad_state *z, double x)
{
    double y = c->b0 * x + z->z1;
    z->z1 = c->b1 * x - c->a1 * y + z->z2;
    z->z2 = c->b2 * x - c->a2 * y;
    return y;
}

/* Puts a filter into the state it would have after a long constant input x. */
static inline void biquad_settle(const biquad_coefficients *c, biquad_state *z, double x)
{
    double y = x * (c->b0 + c->b1 + c->b2) / (1.0 + c->a1 + c->a2);
    z->z2 = c->b2 * x - c->a2 * y;
    z->z1 = c->b1 * x - c->a1 * y + z->z2;
}

static inline void symmetric_times(const double c[6], const double v[3], double out[3])
{
    out[0] = c[0] * v[0] + c[3] * v[1] + c[4] * v[2];
    out[1] = c[3] * v[0] + c[1] * v[1] + c[5] * v[2];
    out[2] = c[4] * v[0] + c[5] * v[1] + c[2] * v[2];
}

/* Moves a running mean towards v by a share of the difference; the first v is taken as it is. */
static inline void mean3_update(double mean[3], const double v[3], double share)
{
    double k = norm3(mean) > 0.0 ? fmin(share, 1.0) : 1.0;
    for (int i = 0; i < 3; i++)
        mean[i] += k * (v[i] - mean[i]);
}

/* Takes away what v has along the direction of `normal`, which may have any length. */
static inline void flatten(double v[3], const double normal[3])
{
    double square = dot3(normal, normal);
    double share = square > 0.0 ? dot3(v, normal) / square : 0.0;
    for (int i = 0; i < 3; i++)
        v[i] -= share * normal[i];
}

/* Adds a sample to the covariance and turns the direction one power iteration towards its
 * largest eigenvector.  The direction never flips: an iteration keeps it within 90 degrees. */
static inline void axis_update(principal_axis *a, const double v[3], double weight, double forget)
{
    const double product[6] = {v[0] * v[0], v[1] * v[1], v[2] * v[2],
                               v[0] * v[1], v[0] * v[2], v[1] * v[2]};
    for (int k = 0; k < 6; k++)
        a->c[k] += weight * product[k] - forget * a->c[k];
    double next[3];
    symmetric_times(a->c, norm3(a->dir) > 0.0 ? a->dir : v, next);
    double length = norm3(next);
    for (int k = 0; k < 3 && length > 0.0; k++)
        a->dir[k] = next[k] / length;
}

#endif
