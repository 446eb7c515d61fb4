#!/bin/sh
# Runs as the only process of the emulated machine: loads the kernel's own drivers on a bus of
# registers, and prints what they say. One line each: "oracle CHIP NAME VALUES".
export PATH=/bin
/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
echo "oracle - kernel $(uname -r)"

stub=$(cat /stub_addresses)
while read -r module; do
    case $module in
        *i2c-stub*) insmod "$module" "chip_addr=$stub" ;;
        *) insmod "$module" ;;
    esac || echo "oracle - failed $module"
done </modules

bus=$(basename "$(dirname "$(grep -l 'SMBus stub' /sys/bus/i2c/devices/i2c-*/name)")")
number=${bus#i2c-}

tell() {    # chip, directory: every attribute that a driver shows and that we compare
    for file in "$2"/name "$2"/*scale "$2"/*_available; do
        [ -f "$file" ] && echo "oracle $1 $(cat "$2"/name):$(basename "$file") $(cat "$file")"
    done
}

# For each value on offer: what the driver writes into the register that our table names.
codes() {    # chip, directory, address, register, attribute
    [ -f "$2/$5" ] || return
    for value in $(cat "$2/$5_available"); do
        echo "$value" >"$2/$5" 2>/dev/null || continue
        echo "oracle $1 code:$5 $value $(i2cget -f -y "$number" "$3" "$4")"
    done
}

while read -r chip driver address acc_register gyr_register rate_register registers; do
    for pair in $registers; do
        i2cset -y "$number" "$address" "${pair%=*}" "${pair#*=}" b
    done
    echo "$driver $address" >"/sys/bus/i2c/devices/$bus/new_device"
    sleep 1
    for device in /sys/bus/i2c/devices/"$number"-00"${address#0x}"/iio:device*; do
        if [ ! -d "$device" ]; then
            echo "oracle $chip failed no device; $(dmesg | grep -i "${address#0x}" | tail -n 1)"
            continue
        fi
        tell "$chip" "$device"
        codes "$chip" "$device" "$address" "$acc_register" in_accel_scale
        codes "$chip" "$device" "$address" "$gyr_register" in_anglvel_scale
        [ "$rate_register" = none ] && continue
        codes "$chip" "$device" "$address" "$rate_register" sampling_frequency
        codes "$chip" "$device" "$address" "$rate_register" in_accel_sampling_frequency
    done
done </chips
dmesg | grep -iE 'lsm6dsx|mpu6050|icm42600' | tail -n 20
echo "oracle - done"
poweroff -f
