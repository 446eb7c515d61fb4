/* Places sounds into a stream of frames; one thread commands, another takes the samples.
 *
 * mixer_build.py also reads this file for cffi: preprocessor lines, plain declarations, comments.
 */
#ifndef RASCUE_MIXER_H
#define RASCUE_MIXER_H
#include <stdint.h>

typedef struct mixer mixer;

enum {
    MIXER_LEAD_FRAMES = 95, /* a sound must be known this long before its frame: look-ahead */
    MIXER_MAX_AWAITED = 256 /* sounds whose outcome has not been taken yet */
};

enum { MIXER_PLAYED = 1, MIXER_LATE = 2, MIXER_CANCELLED = 3 };

typedef struct {
    int64_t id;
    int64_t frame;
    int32_t outcome;
} mixer_report;

typedef struct {
    int64_t frame;      /* first frame of a block */
    int64_t at_ns;      /* CLOCK_MONOTONIC when it was asked for */
    int64_t underflows; /* how often the device had run dry until then */
} mixer_block_time;

/* --- before and after the stream runs --- */

/* No sample will leave the mixer above cap (0..1). NULL: cap or channels (1, 2) out of range, or
 * no memory. */
mixer *mixer_new(int channels, float cap);
void mixer_free(mixer *m);

/* --- control thread; none of these waits --- */

/* Starts a sound at a frame, with a gain for each channel; a stream of one channel plays left.
 * pcm must live as long as the mixer. 0: too many are awaited. */
int mixer_play(mixer *m, int64_t id, int64_t frame, const float *pcm, int32_t length, float left,
               float right);
/* Takes back what would start at frame or later. 0: the command ring is full. */
int mixer_cancel_from(mixer *m, int64_t frame);
/* Silences all that sounds within ramp_frames and takes back the rest. Cannot be refused.
 * The same again, with nothing given in between, changes nothing. */
void mixer_fade_all(mixer *m, int32_t ramp_frames);
/* Each fills *out and returns 1, or returns 0 when there is nothing to tell. */
int mixer_next_report(mixer *m, mixer_report *out);
int mixer_next_block_time(mixer *m, mixer_block_time *out);
/* Frames given out so far. */
int64_t mixer_frame(mixer *m);

/* --- stream thread, or whoever stands in for it --- */

/* Writes n frames, the channels interleaved. */
void mix_block(mixer *m, float *out, unsigned long n);
/* The same with the signature of a PaStreamCallback; user is the mixer. */
int mixer_callback(const void *in, void *out, unsigned long n, const void *times,
                   unsigned long flags, void *user);
#endif
