"""The configuration of one device, as frozen models; the text of a field is its documentation.

This is not the prescription: what is asked of a person stands in a programme
(``rascue.config.program``), edited on the tablet and stored with each session.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rascue.core.limits import HARD_LIMITS, CueLimits


class Section(BaseModel):
    """A table of the configuration file: unknown keys are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_list(value: object) -> object:
    """Let one text stand for a list of one."""
    return (value,) if isinstance(value, str) else value


class SensorConfig(Section):
    """[sensor]: where samples come from and what the detector is."""

    source: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Field(
        description="simulated[:SCENARIO], replay:FILE, i2c:CHIP@BUS:ADDR or pod:PORT; for both "
        'feet or shanks a list, each with its place: ["left_foot=i2c:...", "right_foot=i2c:..."]'
    )
    placement: str = Field(
        description="where the one sensor is worn (lower_back, left_foot, ...); "
        '"" = what the source says'
    )
    detector: str = Field(description='step detector by name; "" = the one for the placement')
    up_axis: Literal["", "+x", "-x", "+y", "-y", "+z", "-z"] = Field(
        default="",
        description="axis of the sensor that points up when it is worn as it should be, as "
        '`rascue mount` tells; then it is told when it is upside down. "" = not known',
    )
    leg_length_m: float = Field(
        default=0.9,
        ge=0.4,
        le=1.4,
        description="height of a sensor at the lower back above the ground, for the length of "
        "strides; 0.9 is a default, not evidence",
    )


class AudioConfig(Section):
    """[audio]: the sound output."""

    output: str = Field(description="portaudio[:DEVICE], offline:FILE.wav or none")
    rate_hz: int = Field(ge=8000, le=192_000, description="sampling rate of the output, Hz")
    block_frames: int = Field(ge=32, le=8192, description="frames the output asks for at a time")
    buffered_blocks: int = Field(
        ge=2, le=16, description="blocks that wait in the output: more survive a busier computer"
    )
    latency_s: float | None = Field(
        default=None,
        ge=0.0,
        le=2.0,
        description="measured time from mixer to sound, s; left out = the driver's word is taken",
    )
    latency_sd_s: float | None = Field(
        default=None, ge=0.0, le=1.0, description="spread of that latency, s"
    )
    level_offset_db: float | None = Field(
        default=None,
        ge=60.0,
        le=150.0,
        description="measured level at the ear, dB(A), minus level in the stream, dBFS; "
        "left out = what `rascue calibrate --level` found, or a conservative cap",
    )


BEAT_LEAD_S = 0.1
"""A beat is placed no later than this before it sounds (``cue.planner``), s."""


class EngineConfig(Section):
    """[engine]: timing of decisions."""

    tick_s: float = Field(ge=0.01, le=0.2, description="time between two looks at the clock, s")
    horizon_s: float = Field(
        ge=0.1, le=2.0, description="beats nearer than this are fixed and with the mixer, s"
    )
    sensor_gap_s: float = Field(
        ge=0.05, le=1.0, description="a pause in the samples longer than this is reported, s"
    )
    sensor_stale_s: float = Field(
        ge=0.2, le=5.0, description="without samples for longer than this the beat is held, s"
    )
    beats_late_per_minute_max: int = Field(
        ge=0, le=60, description="more late beats than this within a minute fade the cue"
    )

    @model_validator(mode="after")
    def _every_beat_is_seen_in_time(self) -> Self:
        least_s = round(self.tick_s + BEAT_LEAD_S, 6)
        if self.horizon_s < least_s:
            raise ValueError(
                f"horizon_s = {self.horizon_s:g} must be at least tick_s + {BEAT_LEAD_S:g} s, "
                f"here {least_s:g}"
            )
        return self


class LimitsConfig(Section):
    """[limits]: the device's envelope for cues; it may only tighten the hard limits."""

    cadence_min_spm: float = Field(ge=HARD_LIMITS.cadence_min_spm, description="steps/min")
    cadence_max_spm: float = Field(le=HARD_LIMITS.cadence_max_spm, description="steps/min")
    rate_max_spm_per_s: float = Field(
        gt=0, le=HARD_LIMITS.rate_max_spm_per_s, description="fastest tempo change, steps/min per s"
    )
    change_max_ratio_per_beat: float = Field(
        gt=0,
        le=HARD_LIMITS.change_max_ratio_per_beat,
        description="largest change of the interval from beat to beat, share of the interval",
    )
    phase_step_max_ratio: float = Field(
        ge=0,
        le=HARD_LIMITS.phase_step_max_ratio,
        description="largest shift of one beat against the pulse, share of the interval",
    )
    distance_max_ratio: float = Field(
        gt=0,
        le=HARD_LIMITS.distance_max_ratio,
        description="largest distance of the cue from the person's own cadence, share of it",
    )
    interval_min_s: float = Field(
        ge=HARD_LIMITS.interval_min_s, description="shortest time between beats, s"
    )
    level_max_dbfs: float = Field(
        ge=-60, le=HARD_LIMITS.level_max_dbfs, description="highest peak level, dB re full scale"
    )
    level_rise_max_db_per_s: float = Field(
        gt=0, le=HARD_LIMITS.level_rise_max_db_per_s, description="fastest rise of level, dB/s"
    )
    without_steps_max_s: float = Field(
        gt=0, le=HARD_LIMITS.without_steps_max_s, description="cueing without a step, s, then fade"
    )
    hold_max_s: float = Field(
        ge=0, le=HARD_LIMITS.hold_max_s, description="holding after information is lost, s"
    )
    fade_s: float = Field(gt=0, le=HARD_LIMITS.fade_s, description="length of the fade, s")
    cued_part_max_s: float = Field(
        gt=0, le=HARD_LIMITS.cued_part_max_s, description="longest cued part of a session, s"
    )
    session_max_s: float = Field(
        gt=0, le=HARD_LIMITS.session_max_s, description="longest session, s"
    )

    @model_validator(mode="after")
    def _leaves_a_tempo(self) -> Self:
        highest_spm = min(self.cadence_max_spm, 60.0 / self.interval_min_s)
        if self.cadence_min_spm > highest_spm:
            raise ValueError(
                f"cadence_min_spm = {self.cadence_min_spm:g} is above {highest_spm:g} steps/min, "
                "the highest that cadence_max_spm and interval_min_s allow"
            )
        return self

    def to_limits(self) -> CueLimits:
        """Return the same values as the type that the guard takes."""
        return CueLimits(**self.model_dump())


class HearingConfig(Section):
    """[hearing]: how much sound ears may have."""

    reference_dba: float = Field(
        ge=60.0,
        le=80.0,
        description="level that may be heard for 40 hours a week, dB(A): 80 for adults, 75 for "
        "children and sensitive ears (WHO-ITU H.870)",
    )


class StopButtonConfig(Section):
    """[stop_button]: stops the sound without a tablet, also while the dashboard is dead."""

    device: str = Field(
        description="Linux input device, any key of which stops the sound, for example "
        '/dev/rascue-stop; "" = there is none'
    )


class StoreConfig(Section):
    """[store]: session files."""

    free_min_mb: int = Field(
        ge=0, le=1_000_000, description="with less free space no session is started, MB"
    )


class DashboardConfig(Section):
    """[dashboard]: the therapist's pages."""

    host: str = Field(description="address to listen on; 127.0.0.1 = this computer only")
    port: int = Field(ge=1, le=65535, description="TCP port")
    allowed_hosts: tuple[str, ...] = Field(
        description="further names under which the page may be opened"
    )


class RascueConfig(Section):
    """The whole file."""

    sensor: SensorConfig
    audio: AudioConfig
    engine: EngineConfig
    limits: LimitsConfig
    hearing: HearingConfig
    stop_button: StopButtonConfig
    store: StoreConfig
    dashboard: DashboardConfig
