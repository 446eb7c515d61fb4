/* Any placement: contacts from peaks of the band-passed magnitude of the acceleration. */
#include "activity.h"

/* Share of announcements that were right in pockets and pouch, docs/detectors.md. */
#define CONFIDENCE 0.99

void norm_restart(norm_state *s)
{
    memset(&s->high, 0, sizeof s->high);
    memset(&s->low, 0, sizeof s->low);
    s->y1 = s->y2 = 0.0;
    s->started = 0;
    s->variance = 0.0;
}

void norm_start(norm_state *s, const norm_params *p, const biquad_coefficients *high_pass,
                const biquad_coefficients *low_pass)
{
    (void)p;
    memset(s, 0, sizeof *s);
    s->high_pass = *high_pass;
    s->low_pass = *low_pass;
    s->last_ic_ns = NEVER;
    activity_start(&s->activity);
    norm_restart(s);
}

static int is_peak(const norm_state *s, const norm_params *p, double y)
{
    if (s->y1 < s->y2 || s->y1 <= y)
        return 0;
    if (s->y1 < fmax(p->peak_min_mps2, p->peak_ratio * sqrt(s->variance)))
        return 0;
    return s->last_ic_ns == NEVER ||
           seconds_between(s->last_ic_ns, after(s->t_ns, p->contact_offset_s)) >= p->step_min_s;
}

static int announce(norm_state *s, const norm_params *p, int64_t t_ns, report *out)
{
    int64_t ic_ns = after(s->t_ns, p->contact_offset_s);
    out[0] = (report){.at_ns = ic_ns < t_ns ? ic_ns : t_ns,
                      .detected_ns = t_ns,
                      .kind = REPORT_STEP,
                      .index = s->index++,
                      .confidence = CONFIDENCE};
    s->last_ic_ns = out[0].at_ns;
    return 1 + activity_contact(&s->activity, &p->activity, s->last_ic_ns, t_ns, out + 1);
}

static int norm_sample(norm_state *s, const norm_params *p, int64_t t_ns, const float *acc,
                       report *out)
{
    const double a[3] = {acc[0], acc[1], acc[2]};
    double magnitude = norm3(a), dt = seconds_since_sample(s->started, s->t_ns, t_ns, p->rate_hz);
    if (dt > p->gap_s)
        norm_restart(s);
    if (!s->started) {
        biquad_settle(&s->high_pass, &s->high, magnitude);
        s->started = 1;
        s->t_ns = t_ns;
        dt = 1.0 / p->rate_hz;
    }
    double y = biquad_step(&s->low_pass, &s->low, biquad_step(&s->high_pass, &s->high, magnitude));
    s->variance += dt / p->memory_s * (y * y - s->variance);
    int n = is_peak(s, p, y) ? announce(s, p, t_ns, out) : 0;
    s->y2 = s->y1;
    s->y1 = y;
    s->t_ns = t_ns;
    return n + activity_sample(&s->activity, &p->activity, t_ns, out + n);
}

int norm_feed(norm_state *s, const norm_params *p, int n, const int64_t *t_ns,
              const float *acc_mps2, report *out)
{
    int reports = 0;
    for (int k = 0; k < n; k++)
        if (all_finite(acc_mps2 + 3 * k))
            reports += norm_sample(s, p, t_ns[k], acc_mps2 + 3 * k, out + reports);
    return reports;
}
