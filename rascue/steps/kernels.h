/*
 * Step detection, one sample at a time: what Python sees of the C kernels.
 *
 * Every kernel is a state machine fed with samples in order.  A state is a plain struct that the
 * caller owns; zero it, call <kernel>_start once, then <kernel>_feed for each run of samples.
 * Nothing is allocated, nothing is global, and a sample is treated alike whatever run it comes in.
 * This file is also what cffi reads, so it holds declarations only.
 */
#ifndef RASCUE_STEPS_KERNELS_H
#define RASCUE_STEPS_KERNELS_H

#include <stdint.h>

/* No kernel reports more than this for one sample. */
#define REPORTS_PER_SAMPLE 6

enum report_kind {
    REPORT_STEP = 1,      /* initial contact, announced */
    REPORT_FINAL = 2,     /* final contact */
    REPORT_ACTIVITY = 3,  /* detail: enum activity */
    REPORT_CONCERN = 4,   /* detail: enum concern, side: 1 raised, 0 cleared */
    REPORT_FREEZE = 5     /* detail: 1 raised, 0 cleared; confidence: the index */
};

enum activity {
    ACTIVITY_UNKNOWN = 0,
    ACTIVITY_STANDING = 1,
    ACTIVITY_WALKING = 2,
    ACTIVITY_TURNING = 3
};

enum side { SIDE_UNKNOWN = 0, SIDE_LEFT = 1, SIDE_RIGHT = 2 };

typedef struct {
    int64_t at_ns;        /* instant of the event */
    int64_t detected_ns;  /* time of the sample that decided it */
    int32_t kind;         /* enum report_kind */
    int32_t index;        /* which contact (steps), which bout (activity) */
    int32_t side;         /* enum side, or raised/cleared of a concern */
    int32_t detail;       /* enum activity or enum concern */
    double confidence;    /* 0..1 */
} report;

/* Second-order section, direct form II transposed, a0 = 1. */
typedef struct { double b0, b1, b2, a1, a2; } biquad_coefficients;
typedef struct { double z1, z2; } biquad_state;

/* Where up is in the sensor's frame, learned while the sensor is at rest. */
typedef struct {
    double acc[3];  /* running mean of the acceleration, m/s2; zero until the first sample */
} direction;

/* Largest-variance direction of a vector signal, tracked sample by sample. */
typedef struct {
    double c[6];    /* covariance: xx, yy, zz, xy, xz, yz */
    double dir[3];  /* unit vector; zero until the first sample */
} principal_axis;

/* --- walking and standing ------------------------------------------------------------------ */

typedef struct {
    double standing_after_s;      /* no contact for so long at most: standing */
    double standing_after_steps;  /* no contact for so many intervals: standing */
    double standing_min_s;        /* but not sooner than this */
    double turn_start_dps, turn_end_dps;  /* smoothed rate about the vertical */
    int32_t steps_to_walk;        /* contacts in a row that make a walking bout */
} activity_params;

typedef struct {
    int64_t last_ic_ns, first_ic_ns;
    double interval_s;
    int32_t steps_in_row, bout, now;
} activity_state;

/* --- foot or shank: medio-lateral angular rate ---------------------------------------------- */

typedef struct {
    double rate_hz;               /* nominal sampling rate */
    double gap_s;                 /* samples further apart than this: start anew */
    double delay_max_s;           /* a contact found later than this after it is not told */
    double contact_offset_s;      /* contact minus zero crossing of the filtered rate */
    double lift_offset_s;         /* final contact minus zero crossing of the filtered rate */
    double fade_offset_s;         /* end of a swing that fades minus start of rest */
    double tilt_share;            /* of the usual swing angle: toes up, the foot is not flat yet */
    double tilted_rest_s;         /* rest_s of such a foot */
    double rest_offset_s;         /* contact minus start of rest, where no swing was seen */
    double up_memory_s;           /* of rest */
    double axis_memory_s;         /* of movement */
    double square_deg;            /* so near the medio-lateral axis, a sensor's axis is it */
    double rest_rate_dps, rest_s; /* slower than this for so long: the foot rests */
    double confirm_rate_dps;      /* opposite rate that makes a zero crossing certain */
    double confirm_s;             /* or so long beyond zero */
    double swing_peak_min_dps, swing_angle_min_deg, swing_min_s;
    double swing_share_min;       /* of the usual swing angle: announced at once */
    double own_push_share_min;    /* of the swing's angle: a push that belongs to it... */
    double own_push_swing_min_deg;  /* ...so that a swing as small as this is announced at once */
    double push_share_min;        /* of the usual push angle: a new movement without a rest */
    double lift_share_min;        /* of the usual push angle: told as it ends, as the final contact */
    double pair_share_min;        /* of the swing's angle: a push, while the direction is unknown */
    double first_swing_min_deg;   /* a swing, while the direction is unknown */
    double vote_min_deg;          /* smaller lobes tell nothing about the direction */
    double direction_known_deg;   /* evidence after which the swing direction is fixed */
    double alike_share_min, longer_ratio;  /* lobes alike in angle, one so much longer: no swing */
    double next_swing_share_min, next_push_share_min;  /* a stride though the foot did not rest */
    double duration_weight;       /* of the swing's angle, as evidence of its direction */
    double rotation_min_deg;      /* all rotation of a movement that counts without a swing */
    double walk_memory_s;         /* only so long after a contact may one without swing follow */
    double stride_min_s;          /* between two contacts of one foot */
    double doubtful_stride_min_s; /* the same where the second ended no clear swing */
    double learning;              /* share of the newest swing in what is usual */
    activity_params activity;
} foot_params;

/* A stretch during which the rate keeps one sign. */
typedef struct {
    int64_t start_ns;
    double peak_dps, angle_deg, duration_s;
    int32_t sign;
} lobe;

/* What happened since the foot last rested or landed. */
typedef struct {
    lobe best[2];       /* largest lobe against and along the axis */
    int64_t end_ns[2];  /* where it fell through zero */
    double rotation_deg;
    int32_t active, announced;
} foot_movement;

typedef struct {
    biquad_coefficients low_pass;
    biquad_state filter[3];
    direction up;
    principal_axis axis;
    lobe now, before;
    foot_movement movement;
    int64_t t_ns, crossing_ns, quiet_ns, last_ic_ns, lift_ns;
    double rate_dps, beyond_s, direction_votes_deg, usual_swing_deg, usual_push_deg, pitch_deg;
    int32_t crossing, started, index;
    activity_state activity;
} foot_state;

void foot_start(foot_state *s, const biquad_coefficients *low_pass);
void foot_restart(foot_state *s);
int foot_feed(foot_state *s, const foot_params *p, int n, const int64_t *t_ns,
              const float *acc_mps2, const float *gyr_dps, report *out);

/* --- lower back: vertical and backward acceleration ------------------------------------------ */

typedef struct {
    double rate_hz, gap_s;
    double contact_offset_s;   /* contact minus upward zero crossing of the timing signal */
    double untimed_offset_s;   /* contact minus certainty, where no such crossing is found */
    double end_offset_s;       /* the same, where certainty came with the end of the rise */
    double look_back_s, look_ahead_s;  /* where that crossing is sought around the certainty */
    double up_memory_s;        /* of the mean that tells up */
    double backward_memory_s;  /* of movement, for the direction of walking */
    double side_power_memory_s;  /* of the strength of sway and pelvic rotation */
    double backward_weight;    /* of the backward acceleration beside the vertical: to find steps */
    double timing_weight;      /* the same: to time them */
    double shock_weight, shock_timing_weight;  /* the same of the shock of landing */
    double shock_level_share;  /* how much of the shock's horizontal part counts */
    double moving_mps2;        /* vertical acceleration of a walk; less counts less */
    double step_min_s;         /* between two contacts */
    double first_step_max_s;   /* longest step time taken from the first two contacts */
    double early_share;        /* of the usual step time: a contact before is early */
    double late_share;         /* of the usual step time: a contact after is late */
    double rise_min_mps2;      /* smallest rise that ever counts */
    double stir_mps2, rest_s;  /* within this for so long: the body rests */
    double swing_min_s;        /* no step ends sooner after rest */
    double tip_max_dps;        /* out of rhythm and tipping faster than this: no step */
    double first_level_share;  /* of a rise, while a walk is new: above zero at its end */
    double level_share;        /* of the usual rise, above zero: so high it must have come */
    double rise_now_share;     /* of the usual rise: announced before the rise has ended */
    double rise_share;         /* of the usual rise: counts at any time */
    double rise_early_share;   /* counts when it is early */
    double rise_due_share;     /* counts when a step is due */
    double fall_share;         /* of the rise: the signal must fall so far before the next */
    double pattern_memory_s;   /* without steps for so long the walk is forgotten */
    double side_memory;        /* share of the earlier evidence that a step inherits, reversed */
    double side_known;         /* evidence after which the side is told */
    int32_t has_gyro;
    int32_t weak_max;          /* weak contacts in a row that may lean on the rhythm */
    activity_params activity;
} lumbar_params;

#define LUMBAR_HISTORY 256

typedef struct {
    biquad_coefficients high_pass, low_pass, timing_pass;
    biquad_state low, timing, vertical_high, vertical_low, level_high[3];
    double up[3], backward[3], vertical_power, level_power;
    biquad_coefficients shock_low_pass, shock_high_pass;
    biquad_state shock_low[4], shock_high[4], envelope_high;  /* of the vertical, then level */
    biquad_coefficients sway_pass, yaw_pass, turn_pass, tip_pass;
    biquad_state sway_filter, yaw_high, yaw_filter, turn_filter, tip_filter[3];
    double tip_dps, sway, sway_power, yaw, yaw_power, heading_rate_dps, side_evidence;
    double history[LUMBAR_HISTORY];
    int64_t history_ns[LUMBAR_HISTORY];
    int64_t t_ns, sure_ns, untimed_ns, deadline_ns, last_ic_ns, stirred_ns, onset_ns;
    double lowest, highest, usual_rise, usual_step_s;
    int32_t started, samples, index, announced, weak, weak_in_row;
    activity_state activity;
} lumbar_state;

/* The state's filter coefficients must have been set; the rest is cleared. */
void lumbar_start(lumbar_state *s);
void lumbar_restart(lumbar_state *s);
int lumbar_feed(lumbar_state *s, const lumbar_params *p, int n, const int64_t *t_ns,
                const float *acc_mps2, const float *gyr_dps, report *out);

/* --- any placement: magnitude of the acceleration ------------------------------------------- */

typedef struct {
    double rate_hz, gap_s;
    double contact_offset_s;      /* contact minus peak of the filtered magnitude */
    double step_min_s;            /* between two contacts */
    double peak_min_mps2;         /* smallest peak of the filtered magnitude */
    double peak_ratio;            /* of the running standard deviation */
    double memory_s;              /* of the running standard deviation */
    activity_params activity;
} norm_params;

typedef struct {
    biquad_coefficients high_pass, low_pass;
    biquad_state high, low;
    int64_t t_ns, peak_ns, last_ic_ns, start_ns;
    double y1, y2, variance;
    int32_t started, index;
    activity_state activity;
} norm_state;

void norm_start(norm_state *s, const norm_params *p, const biquad_coefficients *high_pass,
                const biquad_coefficients *low_pass);
void norm_restart(norm_state *s);
int norm_feed(norm_state *s, const norm_params *p, int n, const int64_t *t_ns,
              const float *acc_mps2, report *out);

/* --- the sensor itself ---------------------------------------------------------------------- */

/* In the order of core.types.SensorConcern. */
enum concern {
    CONCERN_STUCK = 0,
    CONCERN_SATURATED = 1,
    CONCERN_LOOSE = 2,
    CONCERN_UPSIDE_DOWN = 3,
    CONCERN_WRONG_UNITS = 5
};

typedef struct {
    double period_s;               /* nominal time between samples */
    double gap_s;                  /* samples further apart than this say nothing about stuck */
    double stuck_s;                /* acceleration unchanged for so long: stuck */
    double saturated_s;            /* so long without a value at the range: cleared */
    double acc_range_mps2;         /* 0: not known */
    double gyr_range_dps;          /* 0: not known */
    double gravity_memory_s;       /* of the mean magnitude */
    double gravity_min_mps2, gravity_max_mps2;
    double shake_smooth_s;         /* of the power of shaking, before its logarithm */
    double shake_memory_s;         /* of that logarithm and of the power of walking */
    double walk_power_min;         /* (m/s2)^2: less is no walk */
    double loose_on;               /* shaking over walking power; 0: not judged */
    double loose_off_share;        /* part of it that clears */
    double loose_s;                /* so long beyond either */
    double up[3];                  /* which way was up when it was mounted; zero: not known */
    double up_memory_s;            /* of the mean acceleration that tells it now */
    double up_off_cos, up_on_cos;  /* cosine of the angle between both that raises and clears */
    int32_t has_gyro;
} health_params;

typedef struct {
    float acc[3], first[3];
    int64_t t_ns, start_ns, changed_ns, saturated_ns;
    double magnitude;
    biquad_coefficients shake_pass, walk_bands[2];  /* walking: high, low */
    biquad_state shake_filter[3], walk_filter[3][2];
    double shake_power, shake_log, walk_power, loose_for_s;
    double mean[3];
    int32_t samples;
    int stuck, saturated, loose, upside_down, wrong_units;
} health_state;

/* The state's filter coefficients must have been set; the rest must be zero. */
int health_feed(health_state *s, const health_params *p, int n, const int64_t *t_ns,
                const float *acc_mps2, const float *gyr_dps, report *out);

/* --- freezing of gait ----------------------------------------------------------------------- */

typedef struct {
    double rate_hz, gap_s;
    double memory_s;           /* of the power in either band */
    double raise_ratio;        /* index over the person's own in walking that raises the flag */
    double clear_share;        /* of that ratio: below it the flag is cleared */
    double power_min;          /* less power in both bands together is standing */
    double hold_s;             /* so long below before the flag is cleared */
    double own_walk_s;         /* first walking over which the own index is averaged */
    double usual_index;        /* taken for it until then */
    double own_index_max;      /* never taken for higher than this */
} freeze_params;

typedef struct {
    biquad_coefficients bands[4]; /* walking band: high, low; trembling band: high, low */
    biquad_state filter[3][4];
    float first[3];
    int64_t t_ns;
    double walk_power, tremble_power, below_s;
    double own_log_sum, own_s;    /* logarithm of the index over the first walking, and its time */
    int32_t started, freezing;
} freeze_state;

void freeze_restart(freeze_state *s);
int freeze_feed(freeze_state *s, const freeze_params *p, int n, const int64_t *t_ns,
                const float *acc_mps2, report *out);

/* --- travel of a foot, rise of a back -------------------------------------------------------- */

typedef struct {
    double stride_max_s;       /* contacts further apart make no stride */
    double rest_part;          /* of the time to the next contact, in which the foot rests */
    double rest_rate_max_dps;  /* turning faster at its quietest, it did not rest */
    int32_t window;            /* samples over which it is quietest */
} travel_params;

typedef struct {
    int64_t *t_ns;             /* ring of samples, owned by the caller */
    float *acc, *gyr;
    int64_t capacity, total;   /* room, and samples ever taken */
    int64_t ic_ns[3];
    int64_t contacts;
} travel_state;

typedef struct {
    int64_t ic_ns, next_ic_ns;    /* the contacts before the two rests */
    double length_m, duration_s;  /* level distance between the rests, and its time */
    double toe_deg;               /* from the way travelled to where the foot points, left positive */
    double yaw_deg;               /* turned about the vertical, left positive */
} travel;

void travel_restart(travel_state *s);
void travel_feed(travel_state *s, int n, const int64_t *t_ns, const float *acc_mps2,
                 const float *gyr_dps);
/* Returns 1 and fills `out` when the stride before the newest one is known. */
int travel_contact(travel_state *s, const travel_params *p, int64_t ic_ns, travel *out);

typedef struct {
    double rise_m[2];          /* highest minus lowest in the first and the second step */
    double yaw_deg;            /* turned about the vertical in the stride, left positive */
} rises;

/* Returns 1 and fills `out` unless samples of the stride are missing or forgotten; the contacts are
 * first, other foot, next. */
int travel_rises(const travel_state *s, double gap_s, const int64_t contacts_ns[3], rises *out);

#endif
