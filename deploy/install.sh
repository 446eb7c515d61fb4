#!/usr/bin/env bash
# Installs or updates rascue on Raspberry Pi OS (64 bit, Bookworm or newer) from this checkout.
# Run it again at any time: what is already as it should be stays untouched.
set -euo pipefail

readonly usage='sudo deploy/install.sh [OPTION]...

  --dry-run            say what would be done, change nothing (needs no root)
  --dac NAME           sound card: the overlay of your HAT, or usb   (default: hifiberry-dac)
  --restart            put an update in force at once; without this a running engine keeps running
  --rollback           go back to the release that was in force before
  --files-only DIR     only write the settings files, below DIR instead of / (images, tests)'

readonly packages=(python3 python3-venv python3-dev gcc libc6-dev libportaudio2 libstdc++6)
readonly services=(rascue-engine.service rascue-dashboard.service)
# Debian's own Python, by its path: one in somebody's home would be closed to the services.
readonly python=/usr/bin/python3
readonly releases=/opt/rascue/releases
readonly begin='# >>> rascue >>>' end='# <<< rascue <<<'

source_dir=$(cd "$(dirname "$0")/.." && pwd)
dry=no dac='' restart=no rollback=no root=''
boot_changed=no

say() { printf '%s\n' "$*"; }

die() {
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

run() {
    if [ $dry = yes ]; then
        say "would run: $*"
    else
        "$@"
    fi
}

read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --dry-run) dry=yes ;;
        --restart) restart=yes ;;
        --rollback) rollback=yes ;;
        --dac | --files-only)
            if [ $# -lt 2 ] || [ -z "$2" ]; then die "$1 needs a value" 2; fi
            if [ "$1" = --dac ]; then dac=$2; else root=${2%/}; fi
            shift
            ;;
        -h | --help)
            say "$usage"
            exit 0
            ;;
        *) die "unknown option $1; see --help" 2 ;;
        esac
        shift
    done
    [[ $dac =~ ^[A-Za-z0-9_,=-]*$ ]] || die "--dac takes the name of an overlay, or usb; not '$dac'" 2
}

check_machine() {
    [ $dry = yes ] || [ "$(id -u)" = 0 ] || die "must run as root: sudo $0"
    case $(uname -m) in
    aarch64 | x86_64) ;;
    *) die "needs a 64-bit system; this one is $(uname -m). Use the 64-bit image of Raspberry Pi OS." ;;
    esac
    command -v apt-get >/dev/null || die "needs Raspberry Pi OS or Debian: apt-get not found"
    [ ! -x $python ] || $python -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        die "needs Python 3.11 or newer: use Raspberry Pi OS Bookworm or newer"
}

install_packages() {
    local name missing=()
    for name in "${packages[@]}"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed ||
            missing+=("$name")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "unchanged: system packages"
        return
    fi
    run apt-get -q -o DPkg::Lock::Timeout=300 update
    run env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends "${missing[@]}"
}

make_user() {
    local group
    for group in i2c audio dialout gpio input; do
        getent group "$group" >/dev/null || run groupadd --system "$group"
    done
    if id rascue >/dev/null 2>&1; then
        say "unchanged: user rascue"
    else
        run useradd --system --user-group --home-dir /var/lib/rascue --no-create-home \
            --shell /usr/sbin/nologin rascue
    fi
}

# Part of a release's name: compiled parts belong to the Python they were built with.
python_tag() {
    if [ -x $python ]; then
        $python -c 'import sys; print("py%d.%d" % sys.version_info[:2])'
    else
        printf 'py3'
    fi
}

# A name that changes when, and only when, what gets installed changes.
release_name() {
    local digest
    digest=$(cd "$source_dir" && find rascue pyproject.toml setup.py requirements.txt package-lock.json -type f \
        ! -path '*/__pycache__/*' ! -path '*/static/vendor/*' ! -name '*.so' -print0 |
        sort -z | xargs -0 sha256sum | sha256sum)
    printf '%s-%s-%s' "$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source_dir/pyproject.toml")" "$(python_tag)" \
        "${digest:0:10}"
}

# Builds beside the release in force, which keeps working whatever happens here.
build_release() {
    local target=$1 copy
    if [ -e "$target/complete" ]; then
        say "unchanged: release $(basename "$target")"
        return
    fi
    if [ $dry = yes ]; then
        say "would build: $target"
        return
    fi
    copy=$(mktemp -d)
    # shellcheck disable=SC2064  # the directory of now is meant
    trap "rm -rf '$copy' '$target'" EXIT
    tar -C "$source_dir" --exclude=./.git --exclude=./.venv --exclude=./build --exclude='*.so' \
        --exclude=__pycache__ --exclude=node_modules -cf - . | tar -C "$copy" -xf -
    rm -rf "$target"
    mkdir -p "$target"
    $python -m venv "$target/venv"
    "$target/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
        -r "$copy/requirements.txt"
    PYTHON=$python "$copy/deploy/browser_assets.sh" "$copy"
    "$target/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation "$copy"
    cp "$copy/README.md" "$copy/LICENSE" "$copy/NOTICES" "$target/"
    "$target/venv/bin/rascue" --help >/dev/null || die "the new release does not start; the old one stays in force"
    chmod -R go=rX "$target"
    touch "$target/complete"
    rm -rf "$copy"
    trap - EXIT
    say "built: $target"
}

put_in_force() {
    local target=$1 now
    now=$(readlink /opt/rascue/current || true)
    [ "$now" != "$target" ] || return 0
    [ -z "$now" ] || run ln -sfn "$now" /opt/rascue/previous
    run ln -sfn "$target" /opt/rascue/current
    run ln -sfn current/venv /opt/rascue/venv
    run ln -sfn current/README.md /opt/rascue/README.md
}

drop_old_releases() {
    local each
    for each in "$releases"/*; do
        [ -d "$each" ] || continue
        [ "$each" = "$(readlink /opt/rascue/current)" ] || [ "$each" = "$(readlink /opt/rascue/previous)" ] ||
            run rm -rf "$each"
    done
}

# place SOURCE TARGET: copies when the content differs.
place() {
    local from=$source_dir/deploy/$1 to=$root$2
    if cmp -s "$from" "$to"; then
        say "unchanged: $2"
    elif [ $dry = yes ]; then
        say "would write: $to"
    else
        install -D -m 644 "$from" "$to"
        say "written: $2"
    fi
}

write_settings() {
    local service
    for service in "${services[@]}"; do
        place "systemd/$service" "/etc/systemd/system/$service"
    done
    place udev/70-rascue.rules /etc/udev/rules.d/70-rascue.rules
    place system/modules-load.conf /etc/modules-load.d/rascue.conf
    place system/watchdog.conf /etc/systemd/system.conf.d/rascue-watchdog.conf
    place system/journald.conf /etc/systemd/journald.conf.d/rascue.conf
    if [ -e "$root/etc/rascue/rascue.toml" ]; then
        say "kept: /etc/rascue/rascue.toml (yours)"
    else
        place rascue.toml /etc/rascue/rascue.toml
    fi
    write_boot_lines
}

boot_lines() {
    say "$begin"
    case ${dac:-hifiberry-dac} in
    usb) grep -v '^dtoverlay=hifiberry-dac$' "$source_dir/deploy/boot/config.txt" ;;
    *) sed "s/^dtoverlay=hifiberry-dac\$/dtoverlay=${dac:-hifiberry-dac}/" "$source_dir/deploy/boot/config.txt" ;;
    esac
    say "$end"
}

write_boot_lines() {
    local file=$root/boot/firmware/config.txt new
    [ -e "$file" ] || file=$root/boot/config.txt
    if [ ! -e "$file" ]; then
        say "skipped: config.txt (not a Raspberry Pi)"
        return
    fi
    if grep -qxF "$begin" "$file" && [ -z "$dac" ]; then
        say "kept: the lines of rascue in ${file#"$root"} (renew them with --dac NAME)"
        return
    fi
    new=$(mktemp)
    awk -v b="$begin" -v e="$end" '$0 == b { skip = 1 } !skip { print } $0 == e { skip = 0 }' "$file" >"$new"
    boot_lines >>"$new"
    if cmp -s "$new" "$file"; then
        say "unchanged: ${file#"$root"}"
    elif [ $dry = yes ]; then
        say "would write: $file"
    else
        cp "$file" "$file.before-rascue"
        # Beside the file, then renamed: a power cut here must not leave half of it.
        cp "$new" "$file.new"
        sync "$file.new"
        mv "$file.new" "$file"
        boot_changed=yes
        say "written: ${file#"$root"} (the old one is config.txt.before-rascue)"
    fi
    rm -f "$new"
}

start_services() {
    if ! [ -d /run/systemd/system ]; then
        say "skipped: services (systemd does not run here)"
        return
    fi
    run systemctl daemon-reload
    run udevadm control --reload
    run systemctl enable "${services[@]}"
    if [ $restart = yes ]; then
        run systemctl restart "${services[@]}"
    elif systemctl is-active --quiet rascue-engine.service; then
        say "The engine is running and was left alone: somebody may be walking. When nobody is:"
        say "    sudo systemctl restart ${services[*]}"
    elif [ $boot_changed = no ]; then
        run systemctl start "${services[@]}"
    fi
}

roll_back() {
    local before
    before=$(readlink /opt/rascue/previous) || die "there is no earlier release to go back to"
    [ -e "$before/complete" ] || die "the earlier release $before is incomplete"
    put_in_force "$before"
    start_services
    say "In force: $(basename "$before")"
}

say_what_next() {
    [ $boot_changed = no ] || say "Restart the Pi now: sudo reboot"
    say "The page:            http://$(hostname).local:8000  or one of: $(hostname -I 2>/dev/null || true)"
    say "First-login code:    sudo journalctl -u rascue-dashboard -n 20"
    say "Check of the device: sudo -u rascue /opt/rascue/venv/bin/rascue check --config /etc/rascue/rascue.toml"
}

main() {
    local release
    read_options "$@"
    if [ -n "$root" ]; then
        write_settings
        exit 0
    fi
    check_machine
    if [ $rollback = yes ]; then
        roll_back
        exit 0
    fi
    release=$releases/$(release_name)
    install_packages
    make_user
    build_release "$release"
    write_settings
    put_in_force "$release"
    drop_old_releases
    start_services
    say_what_next
}

main "$@"
