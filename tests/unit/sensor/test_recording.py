from __future__ import annotations

import numpy as np
import pytest

from rascue.core.errors import RecordingError
from rascue.core.types import BlockFlag, Frame, Placement, SourceInfo
from rascue.sensor.recording import load_recording, recording_of_blocks
from rascue.sensor.replay import blocks


def test_a_clean_recording(npz, walk):
    recording = load_recording(npz())
    assert recording.warnings == ()
    assert recording.info == SourceInfo(
        "lower_back", Placement.LOWER_BACK, 100.0, True, description="recording walk.npz"
    )
    assert recording.t_ns[:3].tolist() == [0, 10_000_000, 20_000_000]
    assert recording.acc_mps2.dtype == recording.gyr_dps.dtype == np.float32
    assert np.array_equal(recording.acc_mps2, walk["acc"].astype(np.float32))
    assert not recording.gap_before.any()
    assert recording.duration_s == pytest.approx(4.99)
    assert recording.frame is Frame.SENSOR


def test_npz_turns_radians_into_degrees(npz, walk):
    assert load_recording(npz()).gyr_dps[:, 1].max() == pytest.approx(57.2958, abs=1e-3)


def test_csv_and_npz_of_one_walk_agree(npz, csv_file):
    one, other = load_recording(npz()), load_recording(csv_file())
    assert np.array_equal(one.t_ns, other.t_ns)
    assert np.allclose(one.acc_mps2, other.acc_mps2, atol=1e-5)
    assert np.allclose(one.gyr_dps, other.gyr_dps, atol=1e-5)


def test_times_in_single_precision_fall_on_the_grid(npz, walk):
    late = (walk["t"] + 100.0).astype(np.float32)
    steps = np.diff(load_recording(npz(t=late)).t_ns)
    assert steps.tolist() == [10_000_000] * 499


def test_uneven_times_are_kept(npz, walk):
    uneven = walk["t"] + np.where(np.arange(500) % 2, 0.001, 0.0)
    steps = np.diff(load_recording(npz(t=uneven)).t_ns)
    assert steps[:2].tolist() == [11_000_000, 9_000_000]


@pytest.mark.parametrize(
    ("location", "sides", "placement"),
    [
        ("left_foot", "L", Placement.LEFT_FOOT),
        ("right_foot", "R", Placement.RIGHT_FOOT),
        ("trunk", "", Placement.LOWER_BACK),
        ("neck_pouch", "LR", Placement.POCKET),
        ("ankle", "R", Placement.RIGHT_SHANK),
        ("ankle", "", Placement.UNKNOWN),
        ("hat", "", Placement.UNKNOWN),
        (None, None, Placement.UNKNOWN),
    ],
)
def test_placement_comes_from_the_location(npz, location, sides, placement):
    recording = load_recording(npz(location=location, sides=sides))
    assert recording.info.placement is placement
    assert recording.info.source_id == placement.value
    assert bool(recording.warnings) == (placement is Placement.UNKNOWN)


def test_a_placement_known_better_wins(npz):
    assert load_recording(npz(), Placement.POCKET).info.placement is Placement.POCKET


def test_without_gyroscope(npz, csv_file):
    for path in (
        npz(gyr=None),
        npz(gyr=np.empty((0, 3))),
        csv_file(lambda lines: [",".join(line.split(",")[:4]) for line in lines]),
    ):
        recording = load_recording(path)
        assert not recording.info.has_gyro
        assert recording.gyr_dps.shape == (0, 3)


def test_nan_samples_become_a_gap_and_are_told(npz, walk):
    walk["acc"][100, 2] = np.nan
    walk["gyr"][101, 0] = np.inf
    recording = load_recording(npz())
    assert len(recording.t_ns) == 498
    assert np.isfinite(recording.acc_mps2).all()
    assert np.flatnonzero(recording.gap_before).tolist() == [100]
    assert recording.warnings == (
        "2 samples without usable values were left out, the first is sample 100",
        "1 gaps, the longest of 0.03 s at 0.99 s",
    )


def test_leading_nan_samples_are_left_out_without_a_gap(npz, walk):
    walk["acc"][:5] = np.nan
    recording = load_recording(npz())
    assert recording.t_ns[0] == 0
    assert not recording.gap_before.any()


def test_values_beyond_any_sensor_are_left_out(npz, walk):
    walk["acc"][7, 0] = 1e30
    assert len(load_recording(npz()).t_ns) == 499


def test_missing_samples_are_marked(npz, walk):
    kept = np.r_[0:200, 320:500]
    recording = load_recording(npz(**{key: walk[key][kept] for key in ("t", "acc", "gyr")}))
    assert np.flatnonzero(recording.gap_before).tolist() == [200]
    assert recording.warnings == ("1 gaps, the longest of 1.21 s at 1.99 s",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda w: {"acc": None}, "has no acc; a recording needs the keys t"),
        (lambda w: {"t": None, "acc": None}, "has no t and no acc"),
        (lambda w: {"acc": w["acc"] / 9.80665}, "looks like g: multiply by 9.80665"),
        (lambda w: {"acc": w["acc"] / 0.00980665}, "looks like mg: multiply by 0.00980665"),
        (lambda w: {"acc": w["acc"] * 5}, r"49\.\d+ in the median .*multiply by about 0\.2"),
        (lambda w: {"acc": w["acc"] - [9.81, 0, 0]}, "gravity seems to have been removed"),
        (lambda w: {"acc": w["acc"] * np.nan}, "no sample has an acceleration"),
        (lambda w: {"acc": w["acc"][:, :2]}, r"acc has the shape \(500, 2\); it must be \(N, 3\)"),
        (lambda w: {"acc": w["acc"][:-1]}, r"t has the shape \(500,\), acc \(499, 3\)"),
        (lambda w: {"acc": w["acc"].astype("U4")}, "acc does not hold numbers"),
        (lambda w: {"gyr": w["gyr"][:-1]}, "gyr has 499 rows, acc 500"),
        (lambda w: {"gyr": w["gyr"] * 5000}, "not plausible; this kind of file holds rad/s"),
        (lambda w: {"t": w["t"] * 1000}, "seconds .these look like milliseconds: divide by 1000"),
        (lambda w: {"t": w["t"] * 1e-6}, "is not plausible; times must be in seconds"),
        (lambda w: {"t": w["t"] + 1e6 * (w["t"] > 2)}, r"spans 11\.6 days; times must be in sec"),
        (lambda w: {"t": w["t"] - 1e300}, "sample 0: the time is not a number"),
        (lambda w: {"t": w["t"] * 10, "fs": 10.0}, "10 samples/s are too few .* 25 or more"),
        (lambda w: {"t": w["t"][::-1]}, r"sample 1: time does not increase \(4\.99 s, then 4\.98"),
        (lambda w: {"t": np.where(w["t"] == 2, 1.99, w["t"])}, "sample 200: time does not incr"),
        (lambda w: {"t": np.where(w["t"] == 2, np.nan, w["t"])}, "sample 200: the time is not a n"),
        (lambda w: {"fs": 50.0}, "fs states 50 samples/s, the times say 100"),
        (lambda w: {"fs": 0.0}, "fs must be one number above 0"),
        (lambda w: {"fs": np.array([1.0, 2.0])}, "fs must be one number"),
        (lambda w: {key: w[key][:1] for key in ("t", "acc", "gyr")}, "holds 1 samples"),
        (lambda w: {key: w[key][:0] for key in ("t", "acc", "gyr")}, "holds 0 samples"),
        (lambda w: {"acc": np.array([{}] * 500)}, "holds Python objects, which are not read"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(npz, walk, change, told):
    path = npz(**change(walk))
    with pytest.raises(RecordingError, match=told) as caught:
        load_recording(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_mostly_unusable_samples_are_refused(npz, walk):
    walk["acc"][::2] = np.nan
    walk["gyr"][1] = np.nan
    with pytest.raises(RecordingError, match=r"251 of 500 samples .* first is sample 0; record"):
        load_recording(npz())


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.npz", b"", "is empty; copy it again"),
        ("a.npz", b"PK\x03\x04 nonsense", "is damaged or not an .npz file"),
        ("a.npz", b"\x80\x04K\x01.", "is damaged or not an .npz file"),
        ("a.csv", b"", "is empty; the first line must be t,ax,ay,az"),
        ("a.csv", b"t,ax,ay,az\n", "holds 0 samples"),
        ("a.csv", bytes(range(128, 256)), "is not a text file"),
        ("a.csv", b't,ax\n"', "line 1 has no column ay, az"),
        ("a.csv", b't,ax,ay,az\n0,"1,2,3\n', "is not a CSV file"),
        ("a.wav", b"RIFF", r"recordings are .npz or .csv files"),
        ("a", b"", r"recordings are .npz or .csv files"),
    ],
)
def test_foreign_and_damaged_files(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=told):
        load_recording(path)


def test_a_bare_array_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(3))
    path = (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(RecordingError, match="one bare array; save it with the keys t and acc"):
        load_recording(path)


def test_an_absent_file(tmp_path):
    with pytest.raises(RecordingError, match="there is no such file; check the name"):
        load_recording(tmp_path / "absent.npz")


def test_any_truncated_npz_is_refused(npz, tmp_path):
    whole = npz().read_bytes()
    cut = tmp_path / "cut.npz"
    for length in range(0, len(whole), 997):
        cut.write_bytes(whole[:length])
        with pytest.raises(RecordingError):
            load_recording(cut)


def test_csv_columns_are_found_by_name(csv_file):
    def reordered(lines):
        rows = [line.split(",") for line in lines]
        return [",".join([*row[1:], "note" if row[0] == "t" else "x", row[0]]) for row in rows]

    plain = load_recording(csv_file())
    other = load_recording(csv_file(reordered))
    assert np.array_equal(plain.acc_mps2, other.acc_mps2)
    assert "columns not used: note" in other.warnings


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda ls: [ls[0], *ls[1:7], "0.06,9.8,oops,0,0,0,0", *ls[8:]], 'line 8: ay is "oops"'),
        (lambda ls: [*ls[:7], ls[7][:9], *ls[8:]], "line 8 has fewer cells than the header"),
        (lambda ls: [*ls[:9], ls[8], *ls[9:]], "line 10: time does not increase"),
        (lambda ls: ls[1:], "line 1 has no column t, ax, ay, az"),
        (lambda ls: [line.replace(",", ";") for line in ls], "separated by commas"),
        (lambda ls: ["t,ax,ay,az,gx,gy", *ls[1:]], "line 1 has no column gz"),
        (lambda ls: ["t,ax,ax,ay,az", *ls[1:]], "line 1 has the column ax twice"),
        (lambda ls: [ls[0], *("nan" + line[8:] for line in ls[1:])], "line 2: the time is not a"),
    ],
)
def test_csv_errors_name_the_line(csv_file, edit, told):
    with pytest.raises(RecordingError, match=told):
        load_recording(csv_file(edit))


def test_a_csv_cut_off_in_its_last_line_is_read(csv_file):
    recording = load_recording(csv_file(lambda lines: [*lines[:-1], lines[-1][:12]]))
    assert len(recording.t_ns) == 499
    assert "line 501 is cut off and left out" in recording.warnings


def test_empty_cells_and_lines_in_a_csv(csv_file):
    def with_holes(lines):
        cells = lines[11].split(",")
        return [*lines[:11], "", ",".join([cells[0], "", *cells[2:]]), *lines[12:]]

    recording = load_recording(csv_file(with_holes))
    assert len(recording.t_ns) == 499
    assert "1 samples without usable values were left out, the first is line 13" in (
        recording.warnings
    )


def test_a_csv_in_radians_is_doubted(csv_file):
    recording = load_recording(csv_file(gyr_factor=1.0))
    assert any("holds deg/s: check the unit" in line for line in recording.warnings)


def test_a_sensor_at_rest_is_not_doubted(csv_file, walk):
    walk["acc"][:] = [9.81, 0, 0]
    walk["gyr"][:] = 0.0
    assert load_recording(csv_file(), Placement.POCKET).warnings == ()


def test_blocks_of_a_recording_make_the_recording(npz, walk):
    kept = np.r_[0:200, 320:500]
    recording = load_recording(npz(**{key: walk[key][kept] for key in ("t", "acc", "gyr")}))
    again = recording_of_blocks(recording.info, blocks(recording, 7))
    for name in ("t_ns", "acc_mps2", "gyr_dps", "gap_before"):
        assert np.array_equal(getattr(again, name), getattr(recording, name)), name


def test_blocks_that_begin_with_a_gap(npz):
    given = [*blocks(load_recording(npz()), 50)][3:]
    assert given[0].flags is BlockFlag.NONE
    assert not recording_of_blocks(load_recording(npz()).info, given).gap_before.any()


def test_no_blocks_make_no_recording():
    info = SourceInfo("w", Placement.UNKNOWN, 100.0, False, description="session s.sqlite")
    with pytest.raises(RecordingError, match=r"session s\.sqlite: holds no samples of w"):
        recording_of_blocks(info, [])


@pytest.mark.parametrize(
    ("name", "placement", "rate_hz"),
    [
        ("mobgap_HA001_Test11_Trial1_lower_back.npz", Placement.LOWER_BACK, 100.0),
        ("gaitmap_5047_2x20m_left_foot.npz", Placement.LEFT_FOOT, 204.8),
        ("daphnet_S02R01_thigh.npz", Placement.THIGH, 64.0),
        ("oxford_ox1_pixel_neck_pouch.npz", Placement.POCKET, 100.0),
    ],
)
def test_real_recordings_are_clean(gait_file, name, placement, rate_hz):
    recording = load_recording(gait_file(name))
    assert (recording.info.placement, recording.info.rate_hz) == (placement, rate_hz)
    assert recording.warnings == ()
    assert np.ptp(np.diff(recording.t_ns)) <= 1
