/* Doubts about the sensor: values that never change, stand at the range, or lack gravity. */
#include "signal.h"

void health_start(health_state *s)
{
    memset(s, 0, sizeof *s);
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

static int health_sample(health_state *s, const health_params *p, int64_t t_ns, const float acc[3],
                         const float *gyr, report *out)
{
    int n = 0;
    if (s->samples == 0)
        s->t_ns = s->start_ns = s->changed_ns = s->saturated_ns = t_ns;
    if (beyond(acc, p->acc_range_mps2) || (p->has_gyro && beyond(gyr, p->gyr_range_dps))) {
        s->saturated_ns = t_ns;
        n += tell(&s->saturated, 1, CONCERN_SATURATED, t_ns, out + n);
    } else if (seconds_between(s->saturated_ns, t_ns) > p->saturated_s) {
        n += tell(&s->saturated, 0, CONCERN_SATURATED, t_ns, out + n);
    }
    n += tell(&s->stuck, is_stuck(s, p, t_ns, acc), CONCERN_STUCK, t_ns, out + n);
    return n + tell(&s->wrong_units, has_wrong_units(s, p, t_ns, acc), CONCERN_WRONG_UNITS, t_ns,
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
