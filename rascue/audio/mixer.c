/* See mixer.h. mixer.py is the same in Python; tests compare the two sample by sample.
 *
 * Compile with -ffp-contract=off: a fused multiply-add would round differently from mixer.py.
 * The stream thread allocates nothing, takes no lock, prints nothing and makes no system call but
 * clock_gettime, which Linux serves without entering the kernel.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#endif
#include "mixer.h"
#include "limiter.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

_Static_assert((int)MIXER_LEAD_FRAMES == (int)LIMITER_DELAY,
               "a sound is known when it enters the limiter");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "the fade word must be lock-free");

enum {
    COMMANDS = 2 * MIXER_MAX_AWAITED, /* powers of two: the ring counters wrap at 2^32 */
    VOICES = 2 * MIXER_MAX_AWAITED,   /* waiting and sounding */
    REPORTS = MIXER_MAX_AWAITED,      /* one per awaited sound, so it cannot overflow */
    BLOCK_TIMES = 1024,               /* 5 s of 256-frame blocks between two polls */
    CHUNK = 64,
    CHANNELS = LIMITER_CHANNELS,
    OUTPUT_UNDERFLOW = 4 /* paOutputUnderflow in portaudio.h */
};

enum kind { PLAY, CANCEL_FROM };

typedef struct {
    enum kind kind;
    int64_t id, frame;
    const float *pcm;
    int32_t length;
    float gain[CHANNELS];
} command;

typedef struct {
    int64_t id, start;
    const float *pcm;
    int32_t length, next;
    float gain[CHANNELS];
    int32_t fade_left, fade_total; /* total 0: not fading */
} voice;

struct mixer {
    /* Rings of one writer and one reader: w is advanced by the writer, r by the reader. */
    _Atomic uint32_t command_w, command_r, report_w, report_r, time_w, time_r;
    _Atomic uint64_t fade; /* commands given before it << 32 | ramp; one word: never refused */
    _Atomic int64_t frame;
    command commands[COMMANDS];
    mixer_report reports[REPORTS];
    mixer_block_time times[BLOCK_TIMES];
    uint32_t awaited; /* control thread only; all below: stream thread only */
    uint64_t fade_seen;
    int64_t underflows;
    int64_t mix_frame; /* next frame to mix; it leaves the limiter MIXER_LEAD_FRAMES later */
    int n_voices, channels;
    voice voices[VOICES];
    limiter limiter;
};

mixer *mixer_new(int channels, float cap)
{
    if (channels < 1 || channels > CHANNELS || !(cap >= 0 && cap <= 1))
        return NULL;
    mixer *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->channels = channels;
    m->mix_frame = MIXER_LEAD_FRAMES;
    limiter_begin(&m->limiter, cap);
    return m;
}

void mixer_free(mixer *m)
{
    free(m);
}

/* --- control thread --- */

static int push(mixer *m, command c)
{
    uint32_t w = atomic_load_explicit(&m->command_w, memory_order_relaxed);
    if (w - atomic_load_explicit(&m->command_r, memory_order_acquire) >= COMMANDS)
        return 0;
    m->commands[w % COMMANDS] = c;
    atomic_store_explicit(&m->command_w, w + 1, memory_order_release);
    return 1;
}

int mixer_play(mixer *m, int64_t id, int64_t frame, const float *pcm, int32_t length, float left,
               float right)
{
    command c = {PLAY, id, frame, pcm, length, {left, right}};
    if (m->awaited >= MIXER_MAX_AWAITED || !push(m, c))
        return 0;
    m->awaited++;
    return 1;
}

int mixer_cancel_from(mixer *m, int64_t frame)
{
    return push(m, (command){.kind = CANCEL_FROM, .frame = frame});
}

void mixer_fade_all(mixer *m, int32_t ramp_frames)
{
    uint64_t given = atomic_load_explicit(&m->command_w, memory_order_relaxed);
    uint64_t ramp = ramp_frames > 1 ? (uint32_t)ramp_frames : 1;
    atomic_store_explicit(&m->fade, given << 32 | ramp, memory_order_release);
}

int mixer_next_report(mixer *m, mixer_report *out)
{
    uint32_t r = atomic_load_explicit(&m->report_r, memory_order_relaxed);
    if (r == atomic_load_explicit(&m->report_w, memory_order_acquire))
        return 0;
    *out = m->reports[r % REPORTS];
    atomic_store_explicit(&m->report_r, r + 1, memory_order_release);
    m->awaited--;
    return 1;
}

int mixer_next_block_time(mixer *m, mixer_block_time *out)
{
    uint32_t r = atomic_load_explicit(&m->time_r, memory_order_relaxed);
    if (r == atomic_load_explicit(&m->time_w, memory_order_acquire))
        return 0;
    *out = m->times[r % BLOCK_TIMES];
    atomic_store_explicit(&m->time_r, r + 1, memory_order_release);
    return 1;
}

int64_t mixer_frame(mixer *m)
{
    return atomic_load_explicit(&m->frame, memory_order_relaxed);
}

/* --- stream thread: commands --- */

static void report(mixer *m, int64_t id, int64_t frame, int32_t outcome)
{
    uint32_t w = atomic_load_explicit(&m->report_w, memory_order_relaxed);
    m->reports[w % REPORTS] = (mixer_report){id, frame, outcome};
    atomic_store_explicit(&m->report_w, w + 1, memory_order_release);
}

static void cancel_waiting(mixer *m, int64_t from)
{
    int kept = 0;
    for (int i = 0; i < m->n_voices; i++) {
        voice v = m->voices[i];
        if (v.start >= m->mix_frame && v.start >= from)
            report(m, v.id, v.start, MIXER_CANCELLED);
        else
            m->voices[kept++] = v;
    }
    m->n_voices = kept;
}

static void take(mixer *m, const command *c)
{
    if (c->kind == CANCEL_FROM)
        cancel_waiting(m, c->frame);
    else if (c->frame < m->mix_frame)
        report(m, c->id, c->frame, MIXER_LATE);
    else
        m->voices[m->n_voices++] = (voice){
            c->id, c->frame, c->pcm, c->length, 0, {c->gain[0], c->gain[1]}, 0, 0};
}

/* From the level it has now down to zero, at the end of this ramp or of an earlier shorter one. */
static int fade_voice(voice *v, int32_t ramp)
{
    int32_t left = ramp - MIXER_LEAD_FRAMES;
    if (left <= 0)
        return 0;
    for (int c = 0; c < CHANNELS; c++) {
        v->gain[c] *= (float)left / (float)ramp;
        if (v->fade_total)
            v->gain[c] *= (float)v->fade_left / (float)v->fade_total;
    }
    if (v->fade_total && v->fade_left < left)
        left = v->fade_left;
    v->fade_left = v->fade_total = left;
    return 1;
}

static void fade_all(mixer *m, int32_t ramp)
{
    limiter_fade(&m->limiter, ramp); /* mixed already, not yet given out */
    cancel_waiting(m, INT64_MIN);
    int kept = 0;
    for (int i = 0; i < m->n_voices; i++)
        if (fade_voice(&m->voices[i], ramp))
            m->voices[kept++] = m->voices[i];
    m->n_voices = kept;
}

static void obey(mixer *m)
{
    uint64_t fade = atomic_load_explicit(&m->fade, memory_order_acquire);
    uint32_t r = atomic_load_explicit(&m->command_r, memory_order_relaxed);
    if (fade != m->fade_seen) { /* R1 */
        m->fade_seen = fade;
        fade_all(m, (int32_t)(fade & UINT32_MAX));
        for (; (int32_t)((uint32_t)(fade >> 32) - r) > 0; r++)
            if (m->commands[r % COMMANDS].kind == PLAY)
                report(m, m->commands[r % COMMANDS].id, m->commands[r % COMMANDS].frame,
                       MIXER_CANCELLED);
    }
    uint32_t w = atomic_load_explicit(&m->command_w, memory_order_acquire);
    for (; r != w && m->n_voices < VOICES; r++)
        take(m, &m->commands[r % COMMANDS]);
    atomic_store_explicit(&m->command_r, r, memory_order_release);
}

/* --- stream thread: samples --- */

/* Adds what the voice gives to the next n frames; returns 0 when it has no more to give. */
static int mix_voice(mixer *m, voice *v, float mix[][CHANNELS], int n)
{
    int64_t offset = v->start - m->mix_frame;
    if (offset >= n)
        return 1;
    if (offset >= 0)
        report(m, v->id, v->start, MIXER_PLAYED);
    for (int i = offset > 0 ? (int)offset : 0; i < n && v->next < v->length; i++) {
        float fading = 1;
        if (v->fade_total) {
            if (--v->fade_left == 0)
                return 0;
            fading = (float)v->fade_left / (float)v->fade_total;
        }
        for (int c = 0; c < m->channels; c++)
            mix[i][c] += v->pcm[v->next] * (v->gain[c] * fading);
        v->next++;
    }
    return v->next < v->length;
}

static void mix_chunk(mixer *m, float *out, int n)
{
    float mix[CHUNK][CHANNELS] = {0};
    int kept = 0;
    for (int i = 0; i < m->n_voices; i++) /* in order of arrival: the sum rounds alike always */
        if (mix_voice(m, &m->voices[i], mix, n))
            m->voices[kept++] = m->voices[i];
    m->n_voices = kept;
    m->mix_frame += n;
    for (int i = 0; i < n; i++) {
        limiter_pass(&m->limiter, mix[i]);
        for (int c = 0; c < m->channels; c++)
            *out++ = mix[i][c];
    }
}

void mix_block(mixer *m, float *out, unsigned long n)
{
    obey(m);
    for (unsigned long done = 0; done < n; done += CHUNK) {
        int part = n - done < CHUNK ? (int)(n - done) : CHUNK;
        mix_chunk(m, out + done * (unsigned long)m->channels, part);
    }
    atomic_fetch_add_explicit(&m->frame, (int64_t)n, memory_order_relaxed);
}

static void note_block_time(mixer *m)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint32_t w = atomic_load_explicit(&m->time_w, memory_order_relaxed);
    if (w - atomic_load_explicit(&m->time_r, memory_order_acquire) >= BLOCK_TIMES)
        return; /* nobody follows the clock */
    int64_t at_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    m->times[w % BLOCK_TIMES] = (mixer_block_time){mixer_frame(m), at_ns, m->underflows};
    atomic_store_explicit(&m->time_w, w + 1, memory_order_release);
}

int mixer_callback(const void *in, void *out, unsigned long n, const void *times,
                   unsigned long flags, void *user)
{
    (void)in, (void)times; /* PortAudio's own times jump. Source: AUDIO.md 3a (3) */
    mixer *m = user;
    if (flags & OUTPUT_UNDERFLOW)
        m->underflows++;
    note_block_time(m);
    mix_block(m, out, n);
    return 0; /* paContinue */
}
