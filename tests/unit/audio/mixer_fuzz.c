/* Random commands to the mixer: fuzz SEED ROUNDS checks one thread, fuzz SEED ROUNDS threads two.
 *
 * Exit status 0 when no sample exceeded the cap and every accepted sound was reported once.
 */
#define _GNU_SOURCE
#include "mixer.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHANNELS = 2, MAX_BLOCK = 700, SOUND = 400 };

static uint64_t state;
static float *sound; /* on the heap, so that a read past its end is seen */
static const float cap = 0.5f;
static _Atomic int stop;
static _Atomic long over_cap;

static uint64_t below(uint64_t n) /* xorshift64; Marsaglia, Journal of Statistical Software 8(14) */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % n;
}

static int64_t some_frame(mixer *m)
{
    switch (below(8)) {
    case 0: return INT64_MAX;
    case 1: return INT64_MIN;
    case 2: return mixer_frame(m) - (int64_t)below(500);
    default: return mixer_frame(m) + (int64_t)below(2000);
    }
}

static float some_gain(void)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 3e38f, 1e-45f, 0.0f, -2.0f};
    return below(4) ? (float)below(3000) / 1000.0f : odd[below(sizeof odd / sizeof *odd)];
}

static int some_command(mixer *m, int64_t id)
{
    switch (below(16)) {
    case 0: mixer_fade_all(m, (int32_t)(below(3) ? below(1000) : (uint32_t)-1 >> below(2))); return 0;
    case 1: mixer_cancel_from(m, some_frame(m)); return 0;
    default: return mixer_play(m, id, some_frame(m), sound, (int32_t)below(SOUND + 1), some_gain(),
                                some_gain());
    }
}

static int take_reports(mixer *m)
{
    int n = 0;
    mixer_report r;
    while (mixer_next_report(m, &r))
        n += r.outcome >= MIXER_PLAYED && r.outcome <= MIXER_CANCELLED;
    return n;
}

static void give_out(mixer *m, unsigned long n, unsigned long flags)
{
    float *out = malloc(sizeof(float) * CHANNELS * (n ? n : 1));
    mixer_callback(NULL, out, n, NULL, flags, m);
    for (unsigned long i = 0; i < n * CHANNELS; i++)
        if (!(fabsf(out[i]) <= cap))
            atomic_fetch_add(&over_cap, 1);
    free(out);
}

static void *stream_thread(void *user)
{
    for (unsigned n = 1; !atomic_load(&stop); n = n * 5 % 509)
        give_out(user, n, n % 64 ? 0 : 4);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    state = strtoull(argv[1], NULL, 10) * 2 + 1;
    sound = malloc(sizeof(float) * SOUND);
    for (int i = 0; i < SOUND; i++)
        sound[i] = i % 50 ? (float)below(2001) / 1000.0f - 1.0f : NAN;
    mixer *m = mixer_new(CHANNELS, cap);
    pthread_t thread;
    int threaded = argc > 3;
    if (threaded && pthread_create(&thread, NULL, stream_thread, m))
        return 2;
    long accepted = 0, reported = 0;
    mixer_block_time t = {0};
    for (long round = strtol(argv[2], NULL, 10); round > 0; round--) {
        accepted += some_command(m, round);
        if (!threaded && below(4) == 0)
            give_out(m, below(MAX_BLOCK), below(20) ? 0 : 4);
        if (below(8) == 0)
            reported += take_reports(m);
        while (below(2) && mixer_next_block_time(m, &t))
            ;
    }
    if (threaded) {
        atomic_store(&stop, 1);
        pthread_join(thread, NULL);
    }
    mixer_fade_all(m, 7);
    give_out(m, 1, 0);
    reported += take_reports(m);
    printf("%ld accepted, %ld reported, %ld samples over the cap, %lld underflows\n", accepted,
           reported, atomic_load(&over_cap), (long long)t.underflows);
    mixer_free(m);
    free(sound);
    return accepted == reported && over_cap == 0 ? 0 : 1;
}
