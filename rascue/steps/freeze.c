/* Freezing: trembling at 3 to 8 Hz grows large beside the movement of walking below 3 Hz, measured
 * by what it is in the person's own walking. */
#include "signal.h"

void freeze_restart(freeze_state *s)
{
    memset(s->filter, 0, sizeof s->filter);
    s->walk_power = s->tremble_power = s->below_s = 0.0;
    s->started = 0;
    s->freezing = 0;
}

static double band(const freeze_state *s, biquad_state filter[2], int from, double x)
{
    return biquad_step(&s->bands[from + 1], &filter[1],
                       biquad_step(&s->bands[from], &filter[0], x));
}

static void follow_powers(freeze_state *s, const freeze_params *p, const float *acc, double dt)
{
    double walk = 0.0, tremble = 0.0;
    for (int k = 0; k < 3; k++) {
        double slow = band(s, s->filter[k], 0, acc[k] - s->first[k]);
        double fast = band(s, s->filter[k] + 2, 2, acc[k] - s->first[k]);
        walk += slow * slow;
        tremble += fast * fast;
    }
    double share = fmin(1.0, dt / p->memory_s);
    s->walk_power += share * (walk - s->walk_power);
    s->tremble_power += share * (tremble - s->tremble_power);
}

static double total_power(const freeze_state *s)
{
    return s->walk_power + s->tremble_power;
}

/* The index of the person's own walking: its mean, by the logarithm, over the first of it. */
static double own_index(const freeze_state *s, const freeze_params *p)
{
    if (s->own_s < p->own_walk_s)
        return p->usual_index;
    return fmin(p->own_index_max, exp(s->own_log_sum / s->own_s));
}

static void learn_own_index(freeze_state *s, const freeze_params *p, double dt)
{
    if (s->own_s >= p->own_walk_s || total_power(s) <= p->power_min || s->walk_power <= 0.0 ||
        s->tremble_power <= 0.0)
        return;
    s->own_log_sum += log(s->tremble_power / s->walk_power) * dt;
    s->own_s += dt;
}

/* The flag goes up at once and down after a while below the lower threshold. */
static int is_freezing(freeze_state *s, const freeze_params *p, double dt)
{
    double raised = p->raise_ratio * own_index(s, p) * s->walk_power;
    if (!s->freezing)
        return s->tremble_power > raised && total_power(s) > p->power_min;
    int below = s->tremble_power < p->clear_share * raised || total_power(s) < 0.5 * p->power_min;
    s->below_s = below ? s->below_s + dt : 0.0;
    return s->below_s <= p->hold_s;
}

static int freeze_sample(freeze_state *s, const freeze_params *p, int64_t t_ns, const float *acc,
                         report *out)
{
    double dt = seconds_since_sample(s->started, s->t_ns, t_ns, p->rate_hz);
    if (dt > p->gap_s)
        freeze_restart(s);
    if (!s->started)
        memcpy(s->first, acc, sizeof s->first);
    s->started = 1;
    s->t_ns = t_ns;
    follow_powers(s, p, acc, fmin(dt, p->gap_s));
    int now = is_freezing(s, p, dt);
    learn_own_index(s, p, fmin(dt, p->gap_s));
    if (now == s->freezing)
        return 0;
    s->freezing = now;
    s->below_s = 0.0;
    out[0] = (report){.at_ns = t_ns,
                      .detected_ns = t_ns,
                      .kind = REPORT_FREEZE,
                      .detail = now,
                      .confidence = s->walk_power > 0.0 ? s->tremble_power / s->walk_power : 0.0};
    return 1;
}

int freeze_feed(freeze_state *s, const freeze_params *p, int n, const int64_t *t_ns,
                const float *acc_mps2, report *out)
{
    int reports = 0;
    for (int k = 0; k < n; k++)
        if (all_finite(acc_mps2 + 3 * k))
            reports += freeze_sample(s, p, t_ns[k], acc_mps2 + 3 * k, out + reports);
    return reports;
}
