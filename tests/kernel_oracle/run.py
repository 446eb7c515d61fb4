"""Debian's own kernel as a second opinion on our register tables:  make kernel-oracle

Boots that kernel in QEMU (emulated, no KVM) with a bus of plain registers, filled as our chip
models are after power-up. The kernel's own drivers find the chips there; what they say of
identity, scales and rates, and which codes they write, is compared with the drivers' tables.

Needs: apt-get install qemu-system-x86 busybox-static cpio kmod; the kernel itself is fetched with
apt-get download and only unpacked. Some minutes on a busy machine.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rascue.sensor import icm42688, lsm6dsox, mpu60x0
from rascue.sensor.chip import STANDARD_GRAVITY_MPS2
from rascue.sensor.registers import ALL_BITS
from rascue.session.host import HostClock
from rascue.testing.i2c.models import MODELS
from rascue.testing.i2c.motion import NoisyRest

HERE = Path(__file__).parent
MODULES = ("i2c-dev", "i2c-stub", "st_lsm6dsx_i2c", "inv-mpu6050-i2c", "inv-icm42600-i2c")
BOOT_S = 600
RATE_MASK_ICM = 0x0F
RATIO_OFF_MAX = 2e-3
"""Both sides round their factors; 61 ug/LSB is told with two or three digits."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One of our models, on an address of its own, and the kernel's name for it."""

    model: str
    driver: str
    address: int
    acc_register: int
    gyr_register: int
    rate_register: int | None
    """None where the kernel writes the rate only while it samples, for which it needs a line for
    interrupts that a bus of registers does not have."""
    obstacle: str = ""
    """Why the kernel's driver cannot take it on a bus of registers, where that is known."""


ST = (lsm6dsox.CTRL1_XL.address, lsm6dsox.CTRL2_G.address, None)
MPU = (
    mpu60x0.ACCEL_CONFIG.address,
    mpu60x0.GYRO_CONFIG.address,
    mpu60x0.SMPLRT_DIV.address,
)
ICM = (
    icm42688.ACCEL_CONFIG0.address,
    icm42688.GYRO_CONFIG0.address,
    icm42688.ACCEL_CONFIG0.address,
)
CHIPS = (
    Chip("lsm6dso", "lsm6dso", 0x60, *ST),
    Chip("lsm6dsox", "lsm6dsox", 0x61, *ST),
    Chip("ism330dhcx", "ism330dhcx", 0x62, *ST),
    Chip("mpu6050", "mpu6050", 0x63, *MPU),
    Chip("mpu6500", "mpu6500", 0x64, *MPU),
    Chip("mpu9250", "mpu9250", 0x65, *MPU, "its driver wants the magnetometer inside to answer"),
    Chip("icm42688", "icm42688", 0x66, *ICM, "its driver wants an interrupt; 6.1 lacks the name"),
)


def main() -> int:
    """Boot, compare, print the result and store it; 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/kernel_oracle"))
    parser.add_argument("--out", type=Path, help="where to write what was found (text)")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    root = _kernel(args.work)
    said = _said(_boot(args.work, root))
    lines = list(_compared(said))
    text = "\n".join([*_heading(said), *lines]) + "\n"
    print(text)
    if args.out is not None:
        args.out.write_text(text, "utf-8")
    return int(any(line.startswith("DIFFERS") for line in lines) or not lines)


# --- the machine -------------------------------------------------------------------------------


def _kernel(work: Path) -> Path:
    """Fetch and unpack the kernel that Debian recommends; return where it lies."""
    root = work / "kernel"
    if not any(root.glob("boot/vmlinuz-*")):
        depends = _output("apt-cache", "depends", "linux-image-amd64")
        package = next(line.split()[1] for line in depends.splitlines() if "linux-image-" in line)
        subprocess.run(["apt-get", "download", package], cwd=work, check=True)
        archive = next(work.glob("linux-image-*.deb"))
        subprocess.run(["dpkg-deb", "-x", archive, root], check=True)
    return root


def _boot(work: Path, root: Path) -> str:
    kernel = next(root.glob("boot/vmlinuz-*"))
    initrd = _initrd(work, root, kernel.name.removeprefix("vmlinuz-"))
    call = [
        "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu", "max", "-m", "512",
        "-kernel", kernel, "-initrd", initrd, "-nographic", "-no-reboot",
        "-append", "console=ttyS0 quiet panic=-1 mitigations=off",
    ]  # fmt: skip
    console = subprocess.run(
        call, capture_output=True, timeout=BOOT_S, stdin=subprocess.DEVNULL, check=True
    ).stdout
    text = console.decode(errors="replace")
    (work / "console.txt").write_text(text, "utf-8")
    return text


def _initrd(work: Path, root: Path, version: str) -> Path:
    tree = work / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "bin").mkdir(parents=True)
    shutil.copy("/bin/busybox", tree / "bin/busybox")
    (tree / "bin/sh").symlink_to("busybox")
    shutil.copy(HERE / "init.sh", tree / "init")
    (tree / "init").chmod(0o755)
    modules = _modules(root, version)
    for module in modules:
        shutil.copy(module, tree)
    (tree / "modules").write_text("".join(f"/{module.name}\n" for module in modules))
    (tree / "stub_addresses").write_text(",".join(hex(chip.address) for chip in CHIPS))
    (tree / "chips").write_text("".join(_chip_line(chip) for chip in CHIPS))
    names = "\n".join(str(path.relative_to(tree)) for path in sorted(tree.rglob("*")))
    packed = subprocess.run(
        ["cpio", "-o", "-H", "newc", "--quiet"],
        cwd=tree, input=names.encode(), capture_output=True, check=True,
    )  # fmt: skip
    initrd = work / "initrd"
    initrd.write_bytes(packed.stdout)
    return initrd


def _modules(root: Path, version: str) -> list[Path]:
    """Return the modules wanted and all they need, in the order in which they are loaded."""
    subprocess.run(["depmod", "-b", root, version], check=True)
    found: dict[Path, None] = {}
    for name in MODULES:
        shown = _output("modprobe", "-d", str(root), "-S", version, "--show-depends", name)
        found |= dict.fromkeys(Path(line.split()[1]) for line in shown.splitlines())
    return list(found)


def _chip_line(chip: Chip) -> str:
    registers = MODELS[chip.model](NoisyRest(1), HostClock(), 1.0, None).registers
    filled = " ".join(f"0x{at:02x}=0x{value:02x}" for at, value in enumerate(registers) if value)
    rate = "none" if chip.rate_register is None else f"0x{chip.rate_register:02x}"
    return (
        f"{chip.model} {chip.driver} 0x{chip.address:02x} "
        f"0x{chip.acc_register:02x} 0x{chip.gyr_register:02x} {rate} {filled}\n"
    )


def _output(*call: str) -> str:
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout


# --- what it said ------------------------------------------------------------------------------

Said = dict[str, list[tuple[str, list[str]]]]
"""Chip -> attribute and its values, in order."""


def _said(console: str) -> Said:
    said: Said = {}
    for line in console.splitlines():
        _, oracle, rest = line.partition("oracle ")
        words = rest.split()
        if oracle and len(words) > 1:
            said.setdefault(words[0], []).append((words[1], words[2:]))
    return said


def _heading(said: Said) -> list[str]:
    kernel = next((values for name, values in said.get("-", []) if name == "kernel"), ["?"])
    qemu = _output("qemu-system-x86_64", "--version").splitlines()[0]
    date = datetime.now(UTC).date().isoformat()
    return [f"{date}; Debian kernel {kernel[0]}; {qemu}", ""]


def _compared(said: Said) -> Iterator[str]:
    for chip in CHIPS:
        told = said.get(chip.model, [])
        failed = [" ".join(values) for name, values in told if name == "failed"]
        if failed and chip.obstacle:
            yield f"cannot   {chip.model}: {chip.obstacle}"
            continue
        if failed or not told:
            yield f"DIFFERS  {chip.model}: not taken by the kernel's driver: {failed or 'silent'}"
            continue
        names = sorted({values[0] for name, values in told if name.endswith(":name")})
        yield f"agrees   {chip.model}: identity is taken, as {', '.join(names)}"
        yield from _scales(chip, told)
        yield from _rates(chip, told)


def _scales(chip: Chip, told: list[tuple[str, list[str]]]) -> Iterator[str]:
    acc, gyr = _our_scales(chip)
    for attribute, ours, unit in (
        ("in_accel_scale", acc, "m/s2"),
        ("in_anglvel_scale", gyr, "rad/s"),
    ):
        codes = [values for name, values in told if name == f"code:{attribute}"]
        for value, byte in codes:
            scale, code = float(value), int(byte, 16)
            match = [row for row in ours if abs(row[0] / scale - 1) < RATIO_OFF_MAX]
            if not match:
                yield f"unused   {chip.model}: {scale:g} {unit} per LSB is not in our table"
                continue
            same = code >> match[0][2] & match[0][3] == match[0][1]
            word = "agrees " if same else "DIFFERS"
            yield f"{word}  {chip.model}: {scale:g} {unit} per LSB, register holds 0x{code:02x}"
        if not codes:
            yield f"DIFFERS  {chip.model}: the kernel offers no {attribute}"


Row = tuple[float, int, int, int]
"""Scale in the kernel's unit, code, shift and mask of its field."""


def _our_scales(chip: Chip) -> tuple[list[Row], list[Row]]:
    g, rad = STANDARD_GRAVITY_MPS2, math.radians(1.0)
    if chip.acc_register == lsm6dsox.CTRL1_XL.address:
        acc = [(scale * g, code, 2, 3) for _, code, scale in lsm6dsox.ACC_RANGES]
        return acc, [(scale * rad, code, 2, 3) for _, code, scale in lsm6dsox.GYR_RANGES]
    if chip.acc_register == mpu60x0.ACCEL_CONFIG.address:
        acc = [(g / per_g, code, 3, 3) for code, (_, per_g) in enumerate(mpu60x0.ACC_LSB_PER_G)]
        per_dps = enumerate(mpu60x0.GYR_LSB_PER_DPS)
        return acc, [(rad / lsb, code, 3, 3) for code, (_, lsb) in per_dps]
    full = icm42688.FULL_SCALE
    acc = [(g * at / full, code, 5, 7) for at, code in icm42688.ACC_RANGES]
    return acc, [(rad * at / full, code, 5, 7) for at, code in icm42688.GYR_RANGES]


def _rates(chip: Chip, told: list[tuple[str, list[str]]]) -> Iterator[str]:
    offered = {
        float(value)
        for name, values in told
        if name.endswith("sampling_frequency_available")
        for value in values
    }
    ours = _our_rates(chip)
    missing = [rate for rate, _ in ours if rate not in offered]
    if missing:
        yield f"DIFFERS  {chip.model}: the kernel does not offer {missing} Hz but {sorted(offered)}"
    else:
        shown = ", ".join(f"{rate:g}" for rate, _ in ours)
        yield f"agrees   {chip.model}: {shown} Hz are offered"
    for name, values in told:
        if name.endswith("sampling_frequency") and name.startswith("code:"):
            yield from _rate_code(chip, float(values[0]), int(values[1], 16), dict(ours))


def _rate_code(chip: Chip, rate_hz: float, byte: int, ours: dict[float, int]) -> Iterator[str]:
    if rate_hz not in ours:
        return
    mask = RATE_MASK_ICM if chip.model.startswith("icm") else ALL_BITS
    word = "agrees " if byte & mask == ours[rate_hz] else "DIFFERS"
    yield f"{word}  {chip.model}: {rate_hz:g} Hz, register holds 0x{byte:02x}"


def _our_rates(chip: Chip) -> tuple[tuple[float, int], ...]:
    if chip.acc_register == lsm6dsox.CTRL1_XL.address:
        return lsm6dsox.RATE_CODES
    if chip.acc_register == icm42688.ACCEL_CONFIG0.address:
        return icm42688.RATE_CODES
    return ((100.0, 9), (200.0, 4))


if __name__ == "__main__":
    sys.exit(main())
