/* Doubts about the sensor: values that never change, stand at the range, lack gravity, shake on
 * between steps, or have gravity on the wrong side. */
#include "signal.h"

/* Power that counts as none, (m/s2)^2: the noise of a good sensor. */
#define NO_POWER 1e-3

static void start(health_state *s, int64_t t_ns, const float acc[3])
{
    s->t_ns = s->start_ns = s->changed_ns = s->saturated_ns = t_ns;
    memcpy(s->first, acc, sizeof s->first);
    s->shake_log = log(NO_POWER);
}

static int tell(int *raised, int now, int concern, int64_t t_ns, report *out)
{
    if (*raised == now)
        return 0;
    *raised = now;
    out[0] = (report){.at_ns = t_ns,
                      .detected_ns = t_ns,
                      .kind = REPORT_CONCERN,
                      .side = now,
                      .detail = concern,
                      .confidence = 1.0};
    return 1;
}

static int beyond(const float v[3], double range)
{
    return range > 0.0 && (fabs(v[0]) >= range || fabs(v[1]) >= range || fabs(v[2]) >= range);
}

static int is_stuck(health_state *s, const health_params *p, int64_t t_ns, const float acc[3])
{
    int gap = seconds_between(s->t_ns, t_ns) > p->gap_s;
    s->t_ns = t_ns;
    if (gap || memcmp(acc, s->acc, sizeof s->acc) != 0) {
        memcpy(s->acc, acc, sizeof s->acc);
        s->changed_ns = t_ns;
    }
    return seconds_between(s->changed_ns, t_ns) > p->stuck_s;
}

static int has_wrong_units(health_state *s, const health_params *p, int64_t t_ns,
                           const float acc[3])
{
    const double a[3] = {acc[0], acc[1], acc[2]};
    double share = p->period_s / p->gravity_memory_s;
    s->magnitude += fmax(share, 1.0 / ++s->samples) * (norm3(a) - s->magnitude);
    if (seconds_between(s->start_ns, t_ns) < p->gravity_memory_s)
        return 0;
    return s->magnitude < p->gravity_min_mps2 || s->magnitude > p->gravity_max_mps2;
}

static void follow_shaking(health_state *s, const health_params *p, const float acc[3])
{
    double shake = 0.0, walk = 0.0;
    for (int k = 0; k < 3; k++) {
        double moved = acc[k] - s->first[k];
        double fast = biquad_step(&s->shake_pass, &s->shake_filter[k], moved);
        double slow = biquad_step(&s->walk_bands[0], &s->walk_filter[k][0], moved);
        slow = biquad_step(&s->walk_bands[1], &s->walk_filter[k][1], slow);
        shake += fast * fast;
        walk += slow * slow;
    }
    double share = fmin(1.0, p->period_s / p->shake_memory_s);
    s->shake_power += fmin(1.0, p->period_s / p->shake_smooth_s) * (shake - s->shake_power);
    s->shake_log += share * (log(s->shake_power + NO_POWER) - s->shake_log);
    s->walk_power += share * (walk - s->walk_power);
}

/* Impacts of feet die away between steps; a sensor on a loose strap shakes on. */
static int is_loose(health_state *s, const health_params *p, int64_t t_ns, const float acc[3])
{
    if (p->loose_on <= 0.0)
        return 0;
    follow_shaking(s, p, acc);
    if (seconds_between(s->start_ns, t_ns) < p->shake_memory_s)
        return 0;
    double between = exp(s->shake_log), bound = p->loose_on;
    bound *= s->loose ? p->loose_off_share : 1.0;
    int walks = s->walk_power > p->walk_power_min;
    int beyond_now = walks && between > bound * s->walk_power;
    s->loose_for_s = beyond_now == s->loose ? 0.0 : s->loose_for_s + p->period_s;
    return s->loose_for_s > p->loose_s ? !s->loose : s->loose;
}

static int is_upside_down(health_state *s, const health_params *p, int64_t t_ns,
                          const float acc[3])
{
    double share = fmax(p->period_s / p->up_memory_s, 1.0 / s->samples);
    for (int k = 0; k < 3; k++)
        s->mean[k] += share * (acc[k] - s->mean[k]);
    double size = norm3(s->mean);
    if (size <= 0.0 || seconds_between(s->start_ns, t_ns) < p->up_memory_s)
        return 0;
    double cosine = dot3(s->mean, p->up) / size;
    return norm3(p->up) > 0.0 && cosine < (s->upside_down ? p->up_on_cos : p->up_off_cos);
}

static int health_sample(health_state *s, const health_params *p, int64_t t_ns, const float acc[3],
                         const float *gyr, report *out)
{
    int n = 0;
    if (s->samples == 0)
        start(s, t_ns, acc);
    if (beyond(acc, p->acc_range_mps2) || (p->has_gyro && beyond(gyr, p->gyr_range_dps))) {
        s->saturated_ns = t_ns;
        n += tell(&s->saturated, 1, CONCERN_SATURATED, t_ns, out + n);
    } else if (seconds_between(s->saturated_ns, t_ns) > p->saturated_s) {
        n += tell(&s->saturated, 0, CONCERN_SATURATED, t_ns, out + n);
    }
    n += tell(&s->stuck, is_stuck(s, p, t_ns, acc), CONCERN_STUCK, t_ns, out + n);
    n += tell(&s->wrong_units, has_wrong_units(s, p, t_ns, acc), CONCERN_WRONG_UNITS, t_ns,
              out + n);
    n += tell(&s->loose, is_loose(s, p, t_ns, acc), CONCERN_LOOSE, t_ns, out + n);
    return n + tell(&s->upside_down, is_upside_down(s, p, t_ns, acc), CONCERN_UPSIDE_DOWN, t_ns,
                    out + n);
}

int health_feed(health_state *s, const health_params *p, int n, const int64_t *t_ns,
                const float *acc_mps2, const float *gyr_dps, report *out)
{
    int reports = 0;
    for (int k = 0; k < n; k++)
        if (all_finite(acc_mps2 + 3 * k))
            reports += health_sample(s, p, t_ns[k], acc_mps2 + 3 * k,
                                     p->has_gyro ? gyr_dps + 3 * k : 0, out + reports);
    return reports;
}
