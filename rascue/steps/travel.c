/* How far a foot travelled from one rest to the next: attitude integrated from the rate, the
 * upright acceleration integrated twice, the drift of the velocity taken away at the second rest.
 * How far the lower back rose and fell in the two steps of a stride: the same along one line, with
 * velocity and height at the end of the stride as at its beginning. */
#include "signal.h"

#define PI 3.14159265358979323846
#define DEG_PER_RAD (180.0 / PI)

void travel_restart(travel_state *s)
{
    s->total = 0;
    s->contacts = 0;
}

void travel_feed(travel_state *s, int n, const int64_t *t_ns, const float *acc_mps2,
                 const float *gyr_dps)
{
    for (int k = 0; k < n; k++) {
        if (!all_finite(acc_mps2 + 3 * k) || !all_finite(gyr_dps + 3 * k))
            continue;
        int slot = (int)(s->total++ % s->capacity);
        s->t_ns[slot] = t_ns[k];
        memcpy(s->acc + 3 * slot, acc_mps2 + 3 * k, 3 * sizeof(float));
        memcpy(s->gyr + 3 * slot, gyr_dps + 3 * k, 3 * sizeof(float));
    }
}

static int64_t time_of(const travel_state *s, int64_t sample)
{
    return s->t_ns[sample % s->capacity];
}

static void vector_of(const travel_state *s, const float *signal, int64_t sample, double out[3])
{
    for (int k = 0; k < 3; k++)
        out[k] = signal[3 * (sample % s->capacity) + k];
}

/* First sample that is not before an instant. */
static int64_t sample_at(const travel_state *s, int64_t instant_ns)
{
    int64_t low = s->total > s->capacity ? s->total - s->capacity : 0, high = s->total;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (time_of(s, middle) < instant_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double turning_dps(const travel_state *s, int64_t sample)
{
    double rate[3];
    vector_of(s, s->gyr, sample, rate);
    return norm3(rate);
}

/* Middle of the quietest stretch after a contact; -1 where the foot did not rest. */
static int64_t rest_between(const travel_state *s, const travel_params *p, int64_t from_ns,
                            int64_t to_ns)
{
    int64_t oldest = s->total > s->capacity ? s->total - s->capacity : 0;
    if (seconds_between(from_ns, to_ns) > p->stride_max_s || from_ns < time_of(s, oldest))
        return -1;
    int64_t first = sample_at(s, from_ns), quietest = first;
    int64_t end = sample_at(s, after(from_ns, p->rest_part * seconds_between(from_ns, to_ns)));
    if (end - first < p->window)
        return -1;
    double sum = 0.0, least = INFINITY;
    for (int64_t k = first; k < end; k++) {
        sum += turning_dps(s, k);
        if (k - first >= p->window)
            sum -= turning_dps(s, k - p->window);
        if (k - first >= p->window - 1 && sum < least) {
            least = sum;
            quietest = k - p->window + 1;
        }
    }
    return least > p->rest_rate_max_dps * p->window ? -1 : quietest + p->window / 2;
}

/* Rows of `frame` are the axes of an upright frame, in the sensor's axes at that sample. */
static void level_frame(const travel_state *s, const travel_params *p, int64_t sample,
                        double frame[3][3])
{
    double up[3] = {0.0, 0.0, 0.0}, acc[3];
    int64_t first = sample - p->window / 2;
    for (int64_t k = first < 0 ? 0 : first; k <= sample + p->window / 2 && k < s->total; k++) {
        vector_of(s, s->acc, k, acc);
        for (int i = 0; i < 3; i++)
            up[i] += acc[i];
    }
    double size = norm3(up);
    int least = 0;
    for (int i = 0; i < 3; i++) {
        up[i] = size > 0.0 ? up[i] / size : (double)(i == 2);
        least = fabs(up[i]) < fabs(up[least]) ? i : least;
    }
    double side[3] = {least == 0, least == 1, least == 2};
    flatten(side, up);
    size = norm3(side);
    for (int i = 0; i < 3; i++) {
        frame[0][i] = side[i] / size;
        frame[2][i] = up[i];
    }
    cross3(frame[2], frame[0], frame[1]);
}

/* Turns the frame along with the sensor: rows r become r - r x v for a rotation v (Rodrigues). */
static void turn_frame(double frame[3][3], const double v[3])
{
    double angle = norm3(v);
    if (angle == 0.0)
        return;
    const double axis[3] = {v[0] / angle, v[1] / angle, v[2] / angle};
    double sine = sin(angle), versine = 1.0 - cos(angle);
    for (int row = 0; row < 3; row++) {
        double *r = frame[row], across[3], twice[3];
        cross3(r, axis, across);
        cross3(across, axis, twice);
        for (int i = 0; i < 3; i++)
            r[i] += sine * across[i] + versine * twice[i];
    }
}

/* One axis through one sample: acceleration to velocity to path, by trapezoids. */
static void move_on(double *velocity, double *path, double felt, double now, double dt)
{
    double was = *velocity;
    *velocity += 0.5 * (now + felt) * dt;
    *path += 0.5 * (was + *velocity) * dt;
}

typedef struct {
    double velocity[2], path[2], duration_s;  /* level, m/s and m, from the first rest */
    double spread[3];                         /* of level rotation: xx, yy, xy */
    double yaw_deg;
} journey;

static void integrate(const travel_state *s, const travel_params *p, int64_t first, int64_t last,
                      journey *j)
{
    double frame[3][3], acc[3], rate[3], before[3], level[2], drift[2] = {0.0, 0.0};
    level_frame(s, p, first, frame);
    vector_of(s, s->gyr, first, before);
    vector_of(s, s->acc, first, acc);
    double felt[2] = {dot3(frame[0], acc), dot3(frame[1], acc)};
    for (int64_t k = first + 1; k <= last; k++) {
        double dt = seconds_between(time_of(s, k - 1), time_of(s, k)), turn[3];
        vector_of(s, s->gyr, k, rate);
        vector_of(s, s->acc, k, acc);
        for (int i = 0; i < 3; i++)
            turn[i] = 0.5 * (rate[i] + before[i]) * dt / DEG_PER_RAD;
        turn_frame(frame, turn);
        memcpy(before, rate, sizeof before);
        const double about[2] = {dot3(frame[0], rate), dot3(frame[1], rate)};
        j->spread[0] += about[0] * about[0] * dt;
        j->spread[1] += about[1] * about[1] * dt;
        j->spread[2] += about[0] * about[1] * dt;
        j->yaw_deg += dot3(frame[2], rate) * dt;
        j->duration_s += dt;
        for (int i = 0; i < 2; i++) {
            level[i] = dot3(frame[i], acc);
            move_on(&j->velocity[i], &j->path[i], felt[i], level[i], dt);
            felt[i] = level[i];
            drift[i] = j->velocity[i];
        }
    }
    /* A velocity that drifts evenly from 0 to its end value goes half that far. */
    for (int i = 0; i < 2; i++)
        j->path[i] -= 0.5 * drift[i] * j->duration_s;
}

/* Angle from the way travelled to where the foot points, deg, positive to the left. */
static double toe_angle_deg(const journey *j)
{
    double axis = 0.5 * atan2(2.0 * j->spread[2], j->spread[0] - j->spread[1]);
    double angle = axis + PI / 2.0 - atan2(j->path[1], j->path[0]);
    return DEG_PER_RAD * (angle - PI * floor(angle / PI + 0.5));
}

int travel_contact(travel_state *s, const travel_params *p, int64_t ic_ns, travel *out)
{
    memmove(s->ic_ns, s->ic_ns + 1, 2 * sizeof s->ic_ns[0]);
    s->ic_ns[2] = ic_ns;
    if (++s->contacts < 3)
        return 0;
    int64_t first = rest_between(s, p, s->ic_ns[0], s->ic_ns[1]);
    int64_t last = first < 0 ? -1 : rest_between(s, p, s->ic_ns[1], s->ic_ns[2]);
    if (last < 0)
        return 0;
    journey j = {{0.0, 0.0}, {0.0, 0.0}, 0.0, {0.0, 0.0, 0.0}, 0.0};
    integrate(s, p, first, last, &j);
    *out = (travel){.ic_ns = s->ic_ns[0],
                    .next_ic_ns = s->ic_ns[1],
                    .length_m = hypot(j.path[0], j.path[1]),
                    .duration_s = j.duration_s,
                    .toe_deg = toe_angle_deg(&j),
                    .yaw_deg = j.yaw_deg};
    return 1;
}

/* Upward unit vector of a stride, from the mean acceleration; 0 where samples are missing. */
static int up_of_stride(const travel_state *s, int64_t first, int64_t last, double gap_s,
                        double up[3])
{
    double acc[3];
    for (int64_t k = first; k <= last; k++) {
        if (k > first && seconds_between(time_of(s, k - 1), time_of(s, k)) > gap_s)
            return 0;
        vector_of(s, s->acc, k, acc);
        for (int i = 0; i < 3; i++)
            up[i] += acc[i];
    }
    double size = norm3(up);
    for (int i = 0; i < 3; i++)
        up[i] /= size > 0.0 ? size : 1.0;
    return size > 0.0;
}

typedef struct {
    double velocity, path, yaw_deg;  /* at its end, from velocity 0 */
    double low[2], high[2];          /* of the path, in either step */
} rise_and_fall;

/* Integrates along `up` from a velocity, a constant acceleration taken away. */
static rise_and_fall along_up(const travel_state *s, const int64_t bounds[3], const double up[3],
                              double constant_mps2, double start_mps)
{
    rise_and_fall r = {start_mps, 0.0, 0.0, {0.0, INFINITY}, {0.0, -INFINITY}};
    double acc[3], rate[3];
    vector_of(s, s->acc, bounds[0], acc);
    double felt = dot3(up, acc) - constant_mps2;
    for (int64_t k = bounds[0] + 1; k <= bounds[2]; k++) {
        double dt = seconds_between(time_of(s, k - 1), time_of(s, k));
        vector_of(s, s->acc, k, acc);
        vector_of(s, s->gyr, k, rate);
        double now = dot3(up, acc) - constant_mps2;
        move_on(&r.velocity, &r.path, felt, now, dt);
        r.yaw_deg += dot3(up, rate) * dt;
        felt = now;
        for (int step = k > bounds[1]; step <= (k >= bounds[1]); step++) {
            r.low[step] = fmin(r.low[step], r.path);
            r.high[step] = fmax(r.high[step], r.path);
        }
    }
    return r;
}

int travel_rises(const travel_state *s, double gap_s, const int64_t contacts_ns[3], rises *out)
{
    int64_t oldest = s->total > s->capacity ? s->total - s->capacity : 0, bounds[3];
    for (int k = 0; k < 3; k++)
        bounds[k] = sample_at(s, contacts_ns[k]);
    if (bounds[2] >= s->total || bounds[0] >= bounds[1] || bounds[1] >= bounds[2]
        || contacts_ns[0] < time_of(s, oldest))
        return 0;
    double up[3] = {0.0, 0.0, 0.0};
    if (!up_of_stride(s, bounds[0], bounds[2], gap_s, up))
        return 0;
    double duration_s = seconds_between(time_of(s, bounds[0]), time_of(s, bounds[2]));
    rise_and_fall raw = along_up(s, bounds, up, 0.0, 0.0);
    double constant_mps2 = raw.velocity / duration_s;
    double start_mps = 0.5 * raw.velocity - raw.path / duration_s;
    rise_and_fall level = along_up(s, bounds, up, constant_mps2, start_mps);
    *out = (rises){.rise_m = {level.high[0] - level.low[0], level.high[1] - level.low[1]},
                   .yaw_deg = level.yaw_deg};
    return 1;
}
