/*
 * Foot or shank: one contact per stride from the medio-lateral angular rate.
 *
 * During a stride the rate shows two large lobes in a row: the heel rises (backward), the leg
 * swings (forward).  The swing ends where the rate falls through zero: the contact.
 * rascue/steps/foot_gyro.py tells where this comes from and how well it does.
 */
#include "activity.h"

void foot_restart(foot_state *s)
{
    memset(s->filter, 0, sizeof s->filter);
    memset(&s->now, 0, sizeof s->now);
    memset(&s->before, 0, sizeof s->before);
    s->started = 0;
    s->crossing = 0;
}

void foot_start(foot_state *s, const foot_params *p, const biquad_coefficients *low_pass)
{
    (void)p;
    memset(s, 0, sizeof *s);
    s->low_pass = *low_pass;
    s->last_ic_ns = NEVER;
    activity_start(&s->activity);
    foot_restart(s);
}

/* Which way the leg swings: +1 or -1 on the tracked axis, 0 while unknown. */
static int swing_sign(const foot_state *s, const foot_params *p)
{
    if (fabs(s->sign_votes_deg) < p->sign_known_deg)
        return 0;
    return s->sign_votes_deg > 0.0 ? 1 : -1;
}

static int is_swing(const foot_state *s, const foot_params *p)
{
    const lobe *w = &s->now, *push = &s->before;
    int sign = swing_sign(s, p);
    if (sign != 0 && w->sign != sign)
        return 0;
    if (w->peak_dps < fmax(p->swing_peak_min_dps, p->swing_peak_ratio * s->typical_peak_dps))
        return 0;
    if (w->angle_deg < p->swing_angle_min_deg || w->duration_s < p->swing_min_s)
        return 0;
    return push->angle_deg >= p->push_angle_min_deg || (sign != 0 && w->angle_deg > 2 * p->swing_angle_min_deg);
}

static void vote(foot_state *s, const foot_params *p)
{
    double both = fmin(s->now.angle_deg, s->before.angle_deg);
    double limit = 4.0 * p->sign_known_deg;
    s->sign_votes_deg = fmax(-limit, fmin(limit, s->sign_votes_deg + s->now.sign * both));
}

static report foot_report(const foot_state *s, int kind, int64_t at_ns)
{
    return (report){.at_ns = at_ns < s->t_ns ? at_ns : s->t_ns, .detected_ns = s->t_ns,
                    .kind = kind, .index = s->index, .confidence = 1.0};
}

static int end_of_lobe(foot_state *s, const foot_params *p, report *out)
{
    int n = 0;
    int64_t ic_ns = after(s->crossing_ns, p->contact_offset_s);
    int rested = s->last_ic_ns == NEVER || seconds_between(s->last_ic_ns, ic_ns) >= p->stride_min_s;
    vote(s, p);
    if (rested && is_swing(s, p)) {
        out[n] = foot_report(s, REPORT_STEP, ic_ns);
        s->last_ic_ns = out[n++].at_ns;
        s->index++;
        s->typical_peak_dps += 0.3 * (s->now.peak_dps - s->typical_peak_dps);
        n += activity_contact(&s->activity, &p->activity, s->last_ic_ns, s->t_ns, out + n);
    }
    s->before = s->now;
    return n;
}

static int64_t zero_crossing_ns(const foot_state *s, int64_t t_ns, double rate)
{
    double share = s->rate_dps / (s->rate_dps - rate);
    return s->t_ns + (int64_t)llround(share * (double)(t_ns - s->t_ns));
}

static void open_lobe(foot_state *s, int64_t start_ns, int sign)
{
    s->now = (lobe){.start_ns = start_ns, .sign = sign};
    s->crossing = 0;
    s->beyond_s = 0.0;
}

/* Follows the lobes of the rate; a lobe ends when the rate stays beyond zero or goes far beyond. */
static int follow_lobes(foot_state *s, const foot_params *p, int64_t t_ns, double rate, double dt, report *out)
{
    lobe *w = &s->now;
    int64_t crossing_ns = 0;
    int n = 0;
    double along = w->sign * rate;
    if (!s->crossing && along <= 0.0) {
        s->crossing = 1;
        crossing_ns = w->sign * s->rate_dps > 0.0 ? zero_crossing_ns(s, t_ns, rate) : t_ns;
        s->crossing_ns = crossing_ns;
        s->beyond_s = 0.0;
    } else if (s->crossing && along > 0.0) {
        s->crossing = 0;
    }
    s->t_ns = t_ns;
    s->rate_dps = rate;
    s->quiet_s = fabs(rate) < p->rest_rate_dps ? s->quiet_s + dt : 0.0;
    if (s->quiet_s > p->rest_s && !s->crossing && w->angle_deg > 0.0) {
        open_lobe(s, t_ns, rate > 0.0 ? 1 : -1);
        s->before = s->now;
        return 0;
    }
    if (!s->crossing) {
        w->peak_dps = fmax(w->peak_dps, along);
        w->angle_deg += along * dt;
        w->duration_s += dt;
        return 0;
    }
    s->beyond_s += dt;
    if (along > -p->confirm_rate_dps && s->beyond_s < p->confirm_s)
        return 0;
    n = end_of_lobe(s, p, out);
    open_lobe(s, s->crossing_ns, rate > 0.0 ? 1 : -1);
    return n;
}

static int foot_sample(foot_state *s, const foot_params *p, int64_t t_ns, const float *gyr, report *out)
{
    double dt = s->started ? seconds_between(s->t_ns, t_ns) : 1.0 / p->rate_hz;
    double g[3];
    for (int k = 0; k < 3; k++)
        g[k] = biquad_step(&s->low_pass, &s->filter[k], gyr[k]);
    double moving = fmin(1.0, norm3(g) / 100.0);
    axis_update(&s->axis, g, moving * dt / p->axis_memory_s);
    double rate = dot3(s->axis.dir, g);
    if (!s->started) {
        s->started = 1;
        s->t_ns = t_ns;
        s->rate_dps = rate;
        open_lobe(s, t_ns, rate >= 0.0 ? 1 : -1);
        return 0;
    }
    int n = follow_lobes(s, p, t_ns, rate, dt, out);
    return n + activity_sample(&s->activity, &p->activity, t_ns, out + n);
}

int foot_feed(foot_state *s, const foot_params *p, int n, const int64_t *t_ns, const float *gyr_dps, report *out)
{
    int reports = 0;
    for (int k = 0; k < n; k++)
        reports += foot_sample(s, p, t_ns[k], gyr_dps + 3 * k, out + reports);
    return reports;
}
