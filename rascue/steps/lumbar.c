/*
 * Lower back: the contacts of both feet from the vertical and the backward acceleration.
 *
 * At each contact the body is pushed up, braked and shaken: the sum of all three rises.  A step is
 * announced as soon as that sum has risen far enough; its time is where a second sum, with other
 * weights, rises through zero.  rascue/steps/lumbar.py tells more.
 */
#include "activity.h"

/* Confidence: share of such announcements that were right on the recordings, docs/detectors.md. */
#define FULL_RISE 0.97
#define ONLY_DUE 0.86

/* Defaults, not evidence. */
#define NEWEST_SHARE 0.25     /* of the newest step in what is usual */
#define STEP_TIME_BELOW 0.6   /* step times outside this part of the usual one... */
#define STEP_TIME_ABOVE 1.6   /* ...teach nothing: a step was missed or invented */
#define CORRELATION_SURE 0.25 /* of horizontal with vertical: the direction of walking is sure */

void lumbar_restart(lumbar_state *s)
{
    s->started = 0;
    s->samples = 0;
    s->usual_rise = 0.0;
    s->usual_step_s = 0.0;
    s->weak_in_row = 0;
}

void lumbar_start(lumbar_state *s)
{
    s->last_ic_ns = NEVER;
    activity_start(&s->activity);
    lumbar_restart(s);
}

static void first_sample(lumbar_state *s, const double a[3])
{
    memset(&s->timing, 0, sizeof s->timing);
    memset(&s->low, 0, sizeof s->low);
    memset(s->shock_low, 0, sizeof s->shock_low);
    memset(s->shock_high, 0, sizeof s->shock_high);
    memset(&s->envelope_high, 0, sizeof s->envelope_high);
    memset(&s->vertical_high, 0, sizeof s->vertical_high);
    memset(&s->vertical_low, 0, sizeof s->vertical_low);
    memset(s->level_high, 0, sizeof s->level_high);
    memset(&s->sway_filter, 0, sizeof s->sway_filter);
    memset(&s->yaw_high, 0, sizeof s->yaw_high);
    memset(&s->yaw_filter, 0, sizeof s->yaw_filter);
    memset(&s->turn_filter, 0, sizeof s->turn_filter);
    memset(s->tip_filter, 0, sizeof s->tip_filter);
    memcpy(s->up, a, sizeof s->up);
    s->lowest = s->highest = 0.0;
    s->announced = 0;
    s->sure_ns = s->stirred_ns = s->onset_ns = NEVER;
    s->started = 1;
}

/* Follows what tells left from right: the sway towards the left and the turning of the pelvis. */
static void follow_sides(lumbar_state *s, const lumbar_params *p, const double level[3],
                         const double g[3], double dt)
{
    double left[3], length;
    cross3(s->backward, s->up, left);
    length = norm3(left);
    double sway = length > 0.0 ? dot3(level, left) / length : 0.0;
    double yaw = dot3(g, s->up) / norm3(s->up);
    s->sway = biquad_step(&s->sway_pass, &s->sway_filter, sway);
    s->heading_rate_dps = biquad_step(&s->turn_pass, &s->turn_filter, yaw);
    s->yaw =
        biquad_step(&s->yaw_pass, &s->yaw_filter, biquad_step(&s->high_pass, &s->yaw_high, yaw));
    double share = dt / p->side_power_memory_s;
    s->sway_power += share * (s->sway * s->sway - s->sway_power);
    s->yaw_power += share * (s->yaw * s->yaw - s->yaw_power);
}

/* Follows how fast the trunk tips forward or backward; in any direction while these are unknown. */
static void follow_tipping(lumbar_state *s, const double g[3])
{
    double tip[3] = {g[0], g[1], g[2]};
    flatten(tip, s->up);
    for (int k = 0; k < 3; k++)
        tip[k] = biquad_step(&s->tip_pass, &s->tip_filter[k], tip[k]);
    double left[3], length;
    cross3(s->backward, s->up, left);
    length = norm3(left);
    s->tip_dps = length > 0.0 ? fabs(dot3(tip, left)) / length : norm3(tip);
}

/* Positive evidence: left.  After a left contact the body sways and turns to the right.  Feet
 * alternate, so the evidence of the step before counts with the opposite sign. */
static int side_of_contact(lumbar_state *s, const lumbar_params *p)
{
    double sway = s->sway_power > 0.0 ? s->sway / sqrt(s->sway_power) : 0.0;
    double yaw = s->yaw_power > 0.0 ? s->yaw / sqrt(s->yaw_power) : 0.0;
    s->side_evidence = -p->side_memory * s->side_evidence - sway - yaw;
    if (fabs(s->side_evidence) < p->side_known)
        return SIDE_UNKNOWN;
    return s->side_evidence > 0.0 ? SIDE_LEFT : SIDE_RIGHT;
}

/* Backward is where the body is braked when it is pushed up, whatever the mounting. */
static double backward_acceleration(lumbar_state *s, const lumbar_params *p, double level[3],
                                    double vertical, double dt)
{
    double lagging = biquad_step(&s->low_pass, &s->vertical_low, vertical);
    flatten(level, s->up);
    for (int k = 0; k < 3; k++)
        level[k] = biquad_step(&s->high_pass, &s->level_high[k], level[k]);
    double share = dt / p->backward_memory_s * fmin(1.0, fabs(lagging) / p->moving_mps2);
    for (int k = 0; k < 3; k++)
        s->backward[k] += share * (level[k] * lagging - s->backward[k]);
    s->vertical_power += share * (lagging * lagging - s->vertical_power);
    s->level_power += share * (dot3(level, level) - s->level_power);
    double length = norm3(s->backward), certain = sqrt(s->vertical_power * s->level_power);
    if (length <= 0.0 || certain <= 0.0)
        return 0.0;
    return fmin(1.0, length / certain / CORRELATION_SURE) * dot3(level, s->backward) / length;
}

/* How strong the shock of a landing is, whatever its direction, beside its usual strength. */
static double shock_of_landing(lumbar_state *s, const lumbar_params *p, double vertical,
                               const double level[3])
{
    const double whole[4] = {vertical, level[0], level[1], level[2]};
    double band[4];
    for (int k = 0; k < 4; k++)
        band[k] = biquad_step(&s->shock_high_pass, &s->shock_high[k],
                              biquad_step(&s->shock_low_pass, &s->shock_low[k], whole[k]));
    double strength = fabs(band[0]) + p->shock_level_share * norm3(band + 1);
    return biquad_step(&s->high_pass, &s->envelope_high, strength);
}

/* When the timing signal last rose through zero, not before `since_ns`; or NEVER. */
static int64_t last_upward_zero_ns(const lumbar_state *s, int64_t since_ns)
{
    for (int back = 1; back < LUMBAR_HISTORY && back < s->samples; back++) {
        int k = (s->samples - 1 - back) % LUMBAR_HISTORY, next = (k + 1) % LUMBAR_HISTORY;
        if (s->history_ns[k] < since_ns)
            break;
        if (s->history[k] <= 0.0 && s->history[next] > 0.0) {
            double share = s->history[k] / (s->history[k] - s->history[next]);
            return s->history_ns[k] +
                   (int64_t)llround(share * (double)(s->history_ns[next] - s->history_ns[k]));
        }
    }
    return NEVER;
}

/* When the body began to move after a rest. */
static void follow_onset(lumbar_state *s, const lumbar_params *p, double y)
{
    if (fabs(y) <= p->stir_mps2)
        return;
    if (s->stirred_ns == NEVER || seconds_between(s->stirred_ns, s->t_ns) > p->rest_s)
        s->onset_ns = s->t_ns;
    s->stirred_ns = s->t_ns;
}

/* A foot lands only after it has left the ground; the first push after a rest is no contact. */
static int foot_may_land(const lumbar_state *s, const lumbar_params *p)
{
    return s->onset_ns != NEVER && seconds_between(s->onset_ns, s->t_ns) >= p->swing_min_s;
}

/* While a walk is new: a rise that ends hardly above zero is the filters swinging back. */
static int is_rebound(const lumbar_state *s, const lumbar_params *p, double rise)
{
    return s->usual_step_s <= 0.0 && s->highest < p->first_level_share * rise;
}

/* Sitting down, standing up and bending tip the trunk for longer than a step does; none of them
 * keeps the rhythm of a walk. */
static int is_tipping(const lumbar_state *s, const lumbar_params *p, double since_s)
{
    int walks = s->usual_step_s > 0.0 && since_s <= p->late_share * s->usual_step_s;
    return !walks && s->tip_dps > p->tip_max_dps;
}

/* How far the signal must rise to be a contact at this moment. */
static double rise_wanted(const lumbar_state *s, const lumbar_params *p, double since_s)
{
    if (is_tipping(s, p, since_s))
        return HUGE_VAL;
    if (s->usual_step_s <= 0.0)
        return foot_may_land(s, p) ? p->rise_min_mps2 : HUGE_VAL;
    double any_time = fmax(p->rise_min_mps2, p->rise_share * s->usual_rise);
    if (since_s < p->early_share * s->usual_step_s)
        return fmax(p->rise_min_mps2, p->rise_early_share * s->usual_rise);
    if (since_s > p->late_share * s->usual_step_s || s->weak_in_row >= p->weak_max)
        return any_time;
    return fmax(p->rise_min_mps2, p->rise_due_share * s->usual_rise);
}

static void learn_step_time(lumbar_state *s, const lumbar_params *p, double since_s)
{
    if (s->usual_step_s <= 0.0)
        s->usual_step_s = fmin(since_s, p->first_step_max_s);
    else if (since_s > STEP_TIME_BELOW * s->usual_step_s &&
             since_s < STEP_TIME_ABOVE * s->usual_step_s)
        s->usual_step_s += NEWEST_SHARE * (since_s - s->usual_step_s);
}

static int announce(lumbar_state *s, const lumbar_params *p, int64_t ic_ns, report *out)
{
    double since_s = s->last_ic_ns == NEVER ? HUGE_VAL : seconds_between(s->last_ic_ns, ic_ns);
    s->sure_ns = NEVER;
    if (since_s < p->step_min_s)
        return 0;
    if (since_s < p->pattern_memory_s)
        learn_step_time(s, p, since_s);
    out[0] = (report){.at_ns = ic_ns,
                      .detected_ns = s->t_ns,
                      .kind = REPORT_STEP,
                      .index = s->index++,
                      .side = side_of_contact(s, p),
                      .confidence = s->weak ? ONLY_DUE : FULL_RISE};
    s->last_ic_ns = ic_ns;
    s->weak_in_row = s->weak ? s->weak_in_row + 1 : 0;
    return 1 + activity_contact(&s->activity, &p->activity, ic_ns, s->t_ns, out + 1);
}

/* A step is certain; its instant may still have to come. */
static void make_sure(lumbar_state *s, int weak, int64_t untimed_ns, int64_t deadline_ns)
{
    s->announced = 1;
    s->weak = weak;
    s->sure_ns = s->t_ns;
    s->untimed_ns = untimed_ns;
    s->deadline_ns = deadline_ns;
}

static int time_contact(lumbar_state *s, const lumbar_params *p, report *out)
{
    if (s->sure_ns == NEVER)
        return 0;
    int64_t zero_ns = last_upward_zero_ns(s, after(s->sure_ns, -p->look_back_s));
    if (zero_ns != NEVER)
        return announce(s, p, after(zero_ns, p->contact_offset_s), out);
    return s->t_ns < s->deadline_ns ? 0 : announce(s, p, s->untimed_ns, out);
}

static void forget_old_walk(lumbar_state *s, const lumbar_params *p, double since_s)
{
    if (since_s <= p->pattern_memory_s)
        return;
    s->usual_rise = s->usual_step_s = 0.0;
    s->weak_in_row = 0;
}

/* The rise is over: judges it if it was not announced yet, learns from it, starts anew. */
static void end_of_rise(lumbar_state *s, const lumbar_params *p, double since_s, double y)
{
    double rise = s->highest - s->lowest;
    if (!s->announced && !is_rebound(s, p, rise) && rise >= rise_wanted(s, p, since_s))
        make_sure(s, rise < p->rise_share * s->usual_rise, after(s->t_ns, p->end_offset_s),
                  s->t_ns);
    if (s->announced)
        s->usual_rise += (s->usual_rise > 0.0 ? NEWEST_SHARE : 1.0) * (rise - s->usual_rise);
    s->announced = 0;
    s->lowest = s->highest = y;
}

static void follow(lumbar_state *s, const lumbar_params *p, double y)
{
    double since_s = s->last_ic_ns == NEVER ? HUGE_VAL : seconds_between(s->last_ic_ns, s->t_ns);
    forget_old_walk(s, p, since_s);
    follow_onset(s, p, y);
    if (y < s->lowest && !s->announced)
        s->lowest = s->highest = y;
    s->highest = fmax(s->highest, y);
    double rise = s->highest - s->lowest;
    if (rise > 0.0 && s->highest - y > p->fall_share * rise)
        end_of_rise(s, p, since_s, y);
    else if (!s->announced && s->usual_step_s > 0.0 && y >= p->level_share * s->usual_rise &&
             rise >= fmax(p->rise_now_share * s->usual_rise, rise_wanted(s, p, since_s)))
        make_sure(s, 0, after(s->t_ns, p->untimed_offset_s), after(s->t_ns, p->look_ahead_s));
}

static int lumbar_sample(lumbar_state *s, const lumbar_params *p, int64_t t_ns, const float *acc,
                         const double g[3], report *out)
{
    const double a[3] = {acc[0], acc[1], acc[2]};
    double level[3] = {acc[0], acc[1], acc[2]};
    double dt = seconds_since_sample(s->started, s->t_ns, t_ns, p->rate_hz);
    if (dt > p->gap_s) {
        lumbar_restart(s);
        dt = 1.0 / p->rate_hz;
    }
    if (!s->started)
        first_sample(s, a);
    mean3_update(s->up, a, fmax(dt / p->up_memory_s, 1.0 / (s->samples + 1.0)));
    double gravity = norm3(s->up);
    double vertical =
        biquad_step(&s->high_pass, &s->vertical_high, dot3(a, s->up) / gravity - gravity);
    double backward = backward_acceleration(s, p, level, vertical, dt);
    follow_sides(s, p, level, g, dt);
    follow_tipping(s, g);
    double shock = shock_of_landing(s, p, vertical, level);
    double y = biquad_step(&s->low_pass, &s->low,
                           vertical + p->backward_weight * backward + p->shock_weight * shock);
    s->t_ns = t_ns;
    s->history[s->samples % LUMBAR_HISTORY] =
        biquad_step(&s->timing_pass, &s->timing,
                    vertical + p->timing_weight * backward + p->shock_timing_weight * shock);
    s->history_ns[s->samples++ % LUMBAR_HISTORY] = t_ns;
    follow(s, p, y);
    int n = time_contact(s, p, out);
    n += activity_heading(&s->activity, &p->activity, s->heading_rate_dps, t_ns, out + n);
    return n + activity_sample(&s->activity, &p->activity, t_ns, out + n);
}

int lumbar_feed(lumbar_state *s, const lumbar_params *p, int n, const int64_t *t_ns,
                const float *acc_mps2, const float *gyr_dps, report *out)
{
    int reports = 0;
    for (int k = 0; k < n; k++) {
        double g[3] = {0.0, 0.0, 0.0};
        for (int i = 0; i < 3 && p->has_gyro; i++)
            g[i] = gyr_dps[3 * k + i];
        if (all_finite(acc_mps2 + 3 * k) && isfinite(norm3(g)))
            reports += lumbar_sample(s, p, t_ns[k], acc_mps2 + 3 * k, g, out + reports);
    }
    return reports;
}
