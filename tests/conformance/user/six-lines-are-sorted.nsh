# map_write(): up to five lines stay in order; more are kept sorted by the number inside
spawn --user w
printf '9 9 1\n3 3 1\n7 7 1\n1 1 1\n5 5 1\n' > /proc/2/uid_map
expect { cut -c 1-10 /proc/2/uid_map } matches /^ +9\n +3\n +7\n +1\n +5$/
printf '9 9 1\n3 3 1\n7 7 1\n1 1 1\n5 5 1\n2 2 1\n' > /proc/2/gid_map
expect { cut -c 1-10 /proc/2/gid_map } matches /^ +1\n +2\n +3\n +5\n +7\n +9$/
