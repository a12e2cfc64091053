# time_namespaces(7), timens_offsets: EINVAL for what is no offset, ERANGE for a time before 0
unshare --time
expect { echo realtime 1 1 > /proc/self/timens_offsets } fails EINVAL
expect { echo 0 1 1 > /proc/self/timens_offsets } fails EINVAL
expect { echo monotonic 1 > /proc/self/timens_offsets } fails EINVAL
expect { echo monotonic 1 -1 > /proc/self/timens_offsets } fails EINVAL
expect { echo monotonic 1 1000000000 > /proc/self/timens_offsets } fails EINVAL
expect { echo monotonic +1 1 > /proc/self/timens_offsets } fails EINVAL
expect { printf '\n' > /proc/self/timens_offsets } fails EINVAL
expect { echo monotonic -9000000000 0 > /proc/self/timens_offsets } fails ERANGE
expect { echo boottime 9000000000 0 > /proc/self/timens_offsets } fails ERANGE
expect { echo boottime 99999999999 0 > /proc/self/timens_offsets } fails ERANGE
expect { cat /proc/self/timens_offsets } matches /^monotonic +0 +0\nboottime +0 +0$/
echo '  monotonic   5    6 and more' > /proc/self/timens_offsets
expect { cat /proc/self/timens_offsets } matches /^monotonic +5 +6$/
