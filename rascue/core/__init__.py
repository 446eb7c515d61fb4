"""Words everyone uses: types, clocks, units, limits, faults, errors."""
