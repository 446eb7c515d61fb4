/* Look-ahead limiter: nothing louder than its cap comes out, whatever goes in (R2). */
#ifndef RASCUE_LIMITER_H
#define RASCUE_LIMITER_H
#include <stdint.h>

enum {
    LIMITER_CHANNELS = 2,                /* most channels; one gain serves all, so no image moves */
    LIMITER_WINDOW = 96,                 /* attack: 2 ms at 48 kHz. Source: AUDIO.md 8 */
    LIMITER_DELAY = LIMITER_WINDOW - 1,  /* frames between going in and coming out */
    LIMITER_UNITY = 1 << 24,             /* gain 1; integers up to here are exact as float */
    LIMITER_RELEASE_SHIFT = 12           /* recovery in 4096 frames, 85 ms: default, not evidence */
};

typedef struct {
    float cap, delay[LIMITER_WINDOW][LIMITER_CHANNELS];
    int32_t need[LIMITER_WINDOW], held[LIMITER_WINDOW], hold, over_left;
    int64_t held_sum;
    int at;
} limiter;

void limiter_begin(limiter *l, float cap);
/* Takes the newest frame in x and replaces it by the one LIMITER_DELAY older. */
void limiter_pass(limiter *l, float x[LIMITER_CHANNELS]);
/* Fades what has gone in but not come out: to zero in ramp frames from now. */
void limiter_fade(limiter *l, int32_t ramp);
#endif
