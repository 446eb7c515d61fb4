/*
 * Foot or shank: one contact per stride from the medio-lateral angular rate.
 *
 * Between two rests the rate shows two large lobes in a row: the heel rises (backward), then the
 * leg swings (forward).  The swing ends where the rate falls through zero: the contact.
 * rascue/steps/foot_gyro.py tells where this comes from and how well it does.
 */
#include "activity.h"

#define AGAINST 0
#define ALONG 1

/* Confidence: share of such announcements that were right on the recordings, docs/detectors.md. */
#define CLEAR_SWING 0.99
#define FADED_SWING 0.94
#define LARGEST_SWING 0.88
#define NO_SWING 0.77

/* Full weight in the axis from this speed on.  Default, not evidence. */
#define MOVING_DPS 100.0

/* A lobe that starts so near to a contact starts with it.  Default, not evidence. */
#define AT_CONTACT_S 0.05

#define DEG 0.017453292519943295

void foot_restart(foot_state *s)
{
    memset(s->filter, 0, sizeof s->filter);
    memset(&s->now, 0, sizeof s->now);
    memset(&s->before, 0, sizeof s->before);
    memset(&s->movement, 0, sizeof s->movement);
    s->quiet_ns = NEVER;
    s->lift_ns = NEVER;
    s->pitch_deg = 0.0;
    s->started = 0;
    s->crossing = 0;
}

void foot_start(foot_state *s, const biquad_coefficients *low_pass)
{
    memset(s, 0, sizeof *s);
    s->low_pass = *low_pass;
    s->last_ic_ns = NEVER;
    activity_start(&s->activity);
    foot_restart(s);
}

/* Which way the leg swings: +1 or -1 on the tracked axis, 0 while unknown. */
static int swing_direction(const foot_state *s, const foot_params *p)
{
    if (fabs(s->direction_votes_deg) < p->direction_known_deg)
        return 0;
    return s->direction_votes_deg > 0.0 ? 1 : -1;
}

/* Push and slap together undo the rotation of the swing between them, so a swing is larger than
 * either; yet a push is no small part of it. */
static int is_push_and_swing(const lobe *push, const lobe *swing, const foot_params *p)
{
    return push->angle_deg >= p->pair_share_min * swing->angle_deg &&
           push->angle_deg < swing->angle_deg;
}

static void vote(foot_state *s, const foot_params *p, double angle_deg)
{
    double limit = 4.0 * p->direction_known_deg;
    s->direction_votes_deg = fmax(-limit, fmin(limit, s->direction_votes_deg + angle_deg));
}

/* Where the foot never rests, landing and the next push run into one lobe that undoes the whole
 * swing: two lobes alike in angle, of which the swing is the shorter. */
static void vote_by_duration(foot_state *s, const foot_params *p)
{
    const lobe *a = &s->before, *b = &s->now;
    double larger_deg = fmax(a->angle_deg, b->angle_deg);
    double smaller_deg = fmin(a->angle_deg, b->angle_deg);
    if (larger_deg < p->first_swing_min_deg || smaller_deg < p->alike_share_min * larger_deg)
        return;
    double longer_s = fmax(a->duration_s, b->duration_s);
    if (longer_s < p->longer_ratio * fmin(a->duration_s, b->duration_s))
        return;
    const lobe *swing = a->duration_s < b->duration_s ? a : b;
    vote(s, p, swing->sign * p->duration_weight * swing->angle_deg);
}

static int announce(foot_state *s, const foot_params *p, int64_t ic_ns, double confidence,
                    report *out)
{
    if (ic_ns > s->t_ns)
        ic_ns = s->t_ns;
    if (seconds_between(ic_ns, s->t_ns) > p->delay_max_s)
        return 0;
    double stride_min_s = confidence < CLEAR_SWING ? p->doubtful_stride_min_s : p->stride_min_s;
    if (s->last_ic_ns != NEVER && seconds_between(s->last_ic_ns, ic_ns) < stride_min_s)
        return 0;
    out[0] = (report){.at_ns = ic_ns,
                      .detected_ns = s->t_ns,
                      .kind = REPORT_STEP,
                      .index = s->index++,
                      .confidence = confidence};
    s->last_ic_ns = ic_ns;
    s->movement.announced = 1;
    return 1 + activity_contact(&s->activity, &p->activity, ic_ns, s->t_ns, out + 1);
}

static void learn(double *usual, double newest, double share)
{
    *usual += (*usual > 0.0 ? share : 1.0) * (newest - *usual);
}

static int walked_lately(const foot_state *s, const foot_params *p)
{
    return s->last_ic_ns != NEVER && seconds_between(s->last_ic_ns, s->t_ns) <= p->walk_memory_s;
}

/* Announces the largest swing of a movement that ended without a clear one. */
static int settle_movement(foot_state *s, const foot_params *p, report *out)
{
    foot_movement *m = &s->movement;
    int along = s->direction_votes_deg >= 0.0 ? ALONG : AGAINST;
    int n = 0;
    if (m->active && !m->announced) {
        const lobe *w = &m->best[along];
        if (w->angle_deg >= p->swing_angle_min_deg && w->peak_dps >= p->swing_peak_min_dps)
            n = announce(s, p, after(m->end_ns[along], p->contact_offset_s), LARGEST_SWING, out);
        else if (m->rotation_deg >= p->rotation_min_deg && s->quiet_ns != NEVER &&
                 walked_lately(s, p))
            n = announce(s, p, after(s->quiet_ns, p->rest_offset_s), NO_SWING, out);
    }
    memset(m, 0, sizeof *m);
    return n;
}

static int is_clear_swing(const foot_state *s, const foot_params *p)
{
    const lobe *w = &s->now;
    int direction = swing_direction(s, p);
    if (w->peak_dps < p->swing_peak_min_dps || w->duration_s < p->swing_min_s)
        return 0;
    if (direction == 0)
        return is_push_and_swing(&s->before, w, p) && w->angle_deg >= p->first_swing_min_deg;
    if (direction != w->sign)
        return 0;
    double push_deg = s->movement.best[w->sign > 0 ? AGAINST : ALONG].angle_deg;
    if (push_deg >= p->own_push_share_min * w->angle_deg &&
        w->angle_deg >= p->own_push_swing_min_deg)
        return 1;
    return w->angle_deg >= fmax(p->swing_angle_min_deg, p->swing_share_min * s->usual_swing_deg);
}

/* A lobe against the swing as large as the usual push has ended: the foot leaves the ground. */
static int is_push(const foot_state *s, const foot_params *p)
{
    return s->crossing && !s->movement.announced && s->usual_push_deg > 0.0 &&
           s->now.sign == -swing_direction(s, p) &&
           s->now.angle_deg >= p->lift_share_min * s->usual_push_deg;
}

static int report_lift(foot_state *s, const foot_params *p, int64_t crossing_ns, report *out)
{
    s->lift_ns = crossing_ns;
    out[0] = (report){.at_ns = after(crossing_ns, p->lift_offset_s),
                      .detected_ns = s->t_ns,
                      .kind = REPORT_FINAL,
                      .confidence = CLEAR_SWING};
    return 1;
}

/* The swing began when the foot left the ground; told with the contact that ends it, unless the
 * push was clear enough to be told by itself. */
static int report_lift_late(foot_state *s, const foot_params *p, report *out)
{
    if (s->lift_ns == s->now.start_ns ||
        s->before.angle_deg < p->push_share_min * s->now.angle_deg)
        return 0;
    return report_lift(s, p, s->now.start_ns, out);
}

/* A push and a swing since the last contact, though the foot neither rested nor pushed off in a
 * direction known at the time. */
static int is_next_stride(const foot_state *s, const foot_params *p)
{
    return seconds_between(s->last_ic_ns, s->before.start_ns) > -AT_CONTACT_S &&
           s->now.angle_deg >= p->next_swing_share_min * s->usual_swing_deg &&
           s->before.angle_deg >= p->next_push_share_min * s->now.angle_deg;
}

static int end_of_lobe(foot_state *s, const foot_params *p, report *out)
{
    foot_movement *m = &s->movement;
    int n = 0, along = s->now.sign > 0 ? ALONG : AGAINST;
    if (s->before.angle_deg >= p->vote_min_deg) {
        vote(s, p, s->now.sign * (s->now.angle_deg - s->before.angle_deg));
        vote_by_duration(s, p);
    }
    if (is_push(s, p))
        n += report_lift(s, p, s->crossing_ns, out);
    if (m->announced && is_next_stride(s, p))
        m->announced = 0;
    if (!m->announced && is_clear_swing(s, p)) {
        learn(&s->usual_swing_deg, s->now.angle_deg, p->learning);
        if (s->before.angle_deg > p->push_share_min * s->now.angle_deg)
            learn(&s->usual_push_deg, s->before.angle_deg, p->learning);
        n += report_lift_late(s, p, out + n);
        n += announce(s, p, after(s->crossing_ns, p->contact_offset_s),
                      s->crossing ? CLEAR_SWING : FADED_SWING, out + n);
    }
    if (s->now.angle_deg > m->best[along].angle_deg) {
        m->best[along] = s->now;
        m->end_ns[along] = s->crossing_ns;
    }
    s->before = s->now;
    return n;
}

/* A push as large as usual begins a movement even where the foot did not rest. */
static int push_without_rest(foot_state *s, const foot_params *p, report *out)
{
    const lobe *w = &s->now;
    if (w->sign != -swing_direction(s, p) || s->usual_push_deg <= 0.0 ||
        w->angle_deg < p->push_share_min * s->usual_push_deg)
        return 0;
    if (!s->movement.announced && s->movement.best[w->sign > 0 ? AGAINST : ALONG].angle_deg <= 0.0)
        return 0;
    int n = settle_movement(s, p, out);
    s->movement.active = 1;
    return n;
}

static void open_lobe(foot_state *s, int64_t start_ns, int sign)
{
    s->now = (lobe){.start_ns = start_ns, .sign = sign};
    s->crossing = 0;
    s->beyond_s = 0.0;
}

static int64_t zero_crossing_ns(const foot_state *s, int64_t t_ns, double rate)
{
    double share = s->rate_dps / (s->rate_dps - rate);
    return s->t_ns + (int64_t)llround(share * (double)(t_ns - s->t_ns));
}

/* Notes where the rate crosses zero; returns whether the crossing is certain. */
static int lobe_has_ended(foot_state *s, const foot_params *p, int64_t t_ns, double rate, double dt)
{
    double along = s->now.sign * rate;
    if (along > 0.0) {
        s->crossing = 0;
        return 0;
    }
    if (!s->crossing) {
        s->crossing = 1;
        s->beyond_s = 0.0;
        s->crossing_ns = s->now.sign * s->rate_dps > 0.0 ? zero_crossing_ns(s, t_ns, rate) : t_ns;
    }
    s->beyond_s += dt;
    return along <= -p->confirm_rate_dps || s->beyond_s >= p->confirm_s;
}

static int follow_lobes(foot_state *s, const foot_params *p, int64_t t_ns, double rate, double dt,
                        report *out)
{
    lobe *w = &s->now;
    int ended = lobe_has_ended(s, p, t_ns, rate, dt), n = 0;
    s->t_ns = t_ns;
    s->rate_dps = rate;
    if (ended) {
        n = end_of_lobe(s, p, out);
        open_lobe(s, s->crossing_ns, rate > 0.0 ? 1 : -1);
    } else if (!s->crossing) {
        w->peak_dps = fmax(w->peak_dps, w->sign * rate);
        w->angle_deg += w->sign * rate * dt;
        w->duration_s += dt;
        n = push_without_rest(s, p, out);
    }
    return n;
}

/* Whether the toes still point higher than at the last rest: heel on the ground, or in the air. */
static int is_tilted(const foot_state *s, const foot_params *p)
{
    return s->pitch_deg * swing_direction(s, p) > p->tilt_share * s->usual_swing_deg;
}

/* Ends the movement once the foot has been quiet for long enough. */
static int follow_rest(foot_state *s, const foot_params *p, int64_t t_ns, double speed_dps,
                       double dt, report *out)
{
    int n = 0;
    s->movement.rotation_deg += speed_dps * dt;
    s->pitch_deg += s->rate_dps * dt;
    if (speed_dps >= p->rest_rate_dps) {
        s->quiet_ns = NEVER;
        s->movement.active = 1;
        return 0;
    }
    if (s->quiet_ns == NEVER)
        s->quiet_ns = t_ns;
    int tilted = is_tilted(s, p);
    if (!s->movement.active ||
        seconds_between(s->quiet_ns, t_ns) < (tilted ? p->tilted_rest_s : p->rest_s))
        return 0;
    if (!s->crossing)
        s->crossing_ns = tilted ? t_ns : after(s->quiet_ns, p->fade_offset_s);
    s->pitch_deg = 0.0;
    n = end_of_lobe(s, p, out);
    open_lobe(s, t_ns, s->rate_dps > 0.0 ? 1 : -1);
    s->before = s->now;
    return n + settle_movement(s, p, out + n);
}

/* Sensors are worn square to the foot, and feet turn out: where one of the sensor's axes is near
 * the axis of most rotation, the sensor's is the foot's own. */
static double rate_about_axis(const foot_state *s, const foot_params *p, const double g[3])
{
    const double *dir = s->axis.dir;
    int nearest = 0;
    for (int k = 1; k < 3; k++)
        if (fabs(dir[k]) > fabs(dir[nearest]))
            nearest = k;
    if (fabs(dir[nearest]) < cos(p->square_deg * DEG))
        return dot3(dir, g);
    return dir[nearest] > 0.0 ? g[nearest] : -g[nearest];
}

/* The rate about the horizontal axis of most rotation; up is learned while the foot rests. */
static double medio_lateral_rate(foot_state *s, const foot_params *p, const float *acc,
                                 const double g[3], double dt)
{
    const double a[3] = {acc[0], acc[1], acc[2]};
    if (norm3(g) < p->rest_rate_dps)
        mean3_update(s->up.acc, a, dt / p->up_memory_s);
    double level[3] = {g[0], g[1], g[2]};
    flatten(level, s->up.acc);
    double speed = norm3(level);
    axis_update(&s->axis, level, 1.0 / fmax(speed, p->rest_rate_dps),
                fmin(1.0, speed / MOVING_DPS) * dt / p->axis_memory_s);
    return rate_about_axis(s, p, g);
}

static int foot_sample(foot_state *s, const foot_params *p, int64_t t_ns, const float *acc,
                       const float *gyr, report *out)
{
    double dt = seconds_since_sample(s->started, s->t_ns, t_ns, p->rate_hz), g[3];
    if (dt > p->gap_s) {
        foot_restart(s);
        dt = 1.0 / p->rate_hz;
    }
    for (int k = 0; k < 3; k++)
        g[k] = biquad_step(&s->low_pass, &s->filter[k], gyr[k]);
    double rate = medio_lateral_rate(s, p, acc, g, dt);
    if (!s->started) {
        s->started = 1;
        s->t_ns = t_ns;
        s->rate_dps = rate;
        open_lobe(s, t_ns, rate >= 0.0 ? 1 : -1);
        return 0;
    }
    int n = follow_lobes(s, p, t_ns, rate, dt, out);
    n += follow_rest(s, p, t_ns, norm3(g), dt, out + n);
    return n + activity_sample(&s->activity, &p->activity, t_ns, out + n);
}

int foot_feed(foot_state *s, const foot_params *p, int n, const int64_t *t_ns,
              const float *acc_mps2, const float *gyr_dps, report *out)
{
    int reports = 0;
    for (int k = 0; k < n; k++) {
        const float *acc = acc_mps2 + 3 * k, *gyr = gyr_dps + 3 * k;
        if (all_finite(acc) && all_finite(gyr))
            reports += foot_sample(s, p, t_ns[k], acc, gyr, out + reports);
    }
    return reports;
}
