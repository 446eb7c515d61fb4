/* Walking or standing, told from the contacts and from their absence. */
#ifndef RASCUE_STEPS_ACTIVITY_H
#define RASCUE_STEPS_ACTIVITY_H

#include "signal.h"

static inline void activity_start(activity_state *s)
{
    memset(s, 0, sizeof *s);
    s->last_ic_ns = NEVER;
}

static inline report activity_report(const activity_state *s, int64_t at_ns, int64_t t_ns)
{
    return (report){.at_ns = at_ns,
                    .detected_ns = t_ns,
                    .kind = REPORT_ACTIVITY,
                    .index = s->bout,
                    .detail = s->now,
                    .confidence = 1.0};
}

/* Longest wait for the next contact before the wearer is taken to stand. */
static inline double activity_patience_s(const activity_state *s, const activity_params *p)
{
    double wait =
        s->interval_s > 0.0 ? p->standing_after_steps * s->interval_s : p->standing_after_s;
    return fmin(fmax(wait, p->standing_min_s), p->standing_after_s);
}

static inline int activity_contact(activity_state *s, const activity_params *p, int64_t ic_ns,
                                   int64_t t_ns, report *out)
{
    int fresh =
        s->steps_in_row == 0 || seconds_between(s->last_ic_ns, ic_ns) > activity_patience_s(s, p);
    double interval = fresh ? 0.0 : seconds_between(s->last_ic_ns, ic_ns);
    if (fresh)
        s->first_ic_ns = ic_ns;
    s->interval_s = s->interval_s > 0.0 && !fresh ? 0.7 * s->interval_s + 0.3 * interval : interval;
    s->steps_in_row = fresh ? 1 : s->steps_in_row + 1;
    s->last_ic_ns = ic_ns;
    if (s->now == ACTIVITY_WALKING || s->now == ACTIVITY_TURNING ||
        s->steps_in_row < p->steps_to_walk)
        return 0;
    s->now = ACTIVITY_WALKING;
    s->bout++;
    out[0] = activity_report(s, s->first_ic_ns, t_ns);
    return 1;
}

static inline int activity_sample(activity_state *s, const activity_params *p, int64_t t_ns,
                                  report *out)
{
    if (s->now == ACTIVITY_STANDING)
        return 0;
    if (s->last_ic_ns == NEVER)
        s->last_ic_ns = t_ns;
    if (seconds_between(s->last_ic_ns, t_ns) <= activity_patience_s(s, p))
        return 0;
    s->now = ACTIVITY_STANDING;
    s->steps_in_row = 0;
    s->interval_s = 0.0;
    out[0] = activity_report(s, s->last_ic_ns, t_ns);
    return 1;
}

/* Turning is walking while the heading changes quickly; it starts and ends at different rates. */
static inline int activity_heading(activity_state *s, const activity_params *p, double yaw_dps,
                                   int64_t t_ns, report *out)
{
    int turns = s->now == ACTIVITY_WALKING && fabs(yaw_dps) > p->turn_start_dps;
    int straight = s->now == ACTIVITY_TURNING && fabs(yaw_dps) < p->turn_end_dps;
    if (!turns && !straight)
        return 0;
    s->now = turns ? ACTIVITY_TURNING : ACTIVITY_WALKING;
    out[0] = activity_report(s, t_ns, t_ns);
    return 1;
}

#endif
