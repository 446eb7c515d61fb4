/* See limiter.h. Class Limiter of mixer.py is the same in Python.
 *
 * The gain is a running mean of the least gain needed by any frame in the window, so it is low
 * enough by the time a peak comes out. Gains are integers: a running sum that never drifts.
 */
#include "limiter.h"
#include <float.h>
#include <math.h>

void limiter_begin(limiter *l, float cap)
{
    *l = (limiter){.cap = cap, .hold = LIMITER_UNITY};
    l->held_sum = (int64_t)LIMITER_UNITY * LIMITER_WINDOW;
    for (int i = 0; i < LIMITER_WINDOW; i++)
        l->need[i] = l->held[i] = LIMITER_UNITY;
}

/* Stores a frame, without what is not a number or infinite; returns its largest sample. */
static float take_in(limiter *l, const float x[LIMITER_CHANNELS])
{
    float largest = 0;
    for (int c = 0; c < LIMITER_CHANNELS; c++) {
        float size = fabsf(x[c]);
        int finite = size <= FLT_MAX;
        l->delay[l->at][c] = finite ? x[c] : 0;
        if (finite && size > largest)
            largest = size;
    }
    return largest;
}

static int32_t least_need(limiter *l)
{
    int32_t least = LIMITER_UNITY;
    if (l->over_left > 0) {
        l->over_left--;
        for (int i = 0; i < LIMITER_WINDOW; i++)
            least = l->need[i] < least ? l->need[i] : least;
    }
    return least;
}

void limiter_pass(limiter *l, float x[LIMITER_CHANNELS])
{
    float size = take_in(l, x);
    int32_t need = LIMITER_UNITY;
    if (size > l->cap) {
        need = (int32_t)(l->cap / size * (float)LIMITER_UNITY);
        l->over_left = LIMITER_WINDOW;
    }
    l->need[l->at] = need;
    int32_t least = least_need(l);
    int32_t recovered = l->hold + ((LIMITER_UNITY - l->hold) >> LIMITER_RELEASE_SHIFT) + 1;
    l->hold = least < recovered ? least : recovered;
    l->held_sum += l->hold - l->held[l->at];
    l->held[l->at] = l->hold;
    l->at = (l->at + 1) % LIMITER_WINDOW;
    float gain = (float)(l->held_sum / LIMITER_WINDOW) / (float)LIMITER_UNITY;
    for (int c = 0; c < LIMITER_CHANNELS; c++) {
        float y = l->delay[l->at][c] * gain;
        x[c] = y > l->cap ? l->cap : y < -l->cap ? -l->cap : y;
    }
}

void limiter_fade(limiter *l, int32_t ramp)
{
    for (int32_t k = 0; k < LIMITER_DELAY; k++)
        for (int c = 0; c < LIMITER_CHANNELS; c++)
            l->delay[(l->at + 1 + k) % LIMITER_WINDOW][c] *=
                k + 1 < ramp ? (float)(ramp - k - 1) / (float)ramp : 0;
}
