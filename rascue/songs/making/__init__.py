"""Makes a song ready, in a process of its own: beat map, then versions at other tempi."""
