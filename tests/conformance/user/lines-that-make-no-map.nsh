# map_write(): three numbers a line, no range twice nor empty nor past the end, 4294967295 is nobody
spawn --user w
expect { echo '0 0' > /proc/2/uid_map } fails EINVAL
expect { echo '0 0 x' > /proc/2/uid_map } fails EINVAL
expect { echo '0 0 1 1' > /proc/2/uid_map } fails EINVAL
expect { echo '0 0 0' > /proc/2/uid_map } fails EINVAL
expect { echo '4294967295 0 1' > /proc/2/uid_map } fails EINVAL
expect { echo '0 4294967295 1' > /proc/2/uid_map } fails EINVAL
expect { echo '4294967290 0 10' > /proc/2/uid_map } fails EINVAL
expect { printf '0 0 10\n5 20 1\n' > /proc/2/uid_map } fails EINVAL
expect { printf '0 0 10\n20 5 1\n' > /proc/2/uid_map } fails EINVAL
expect { printf '0 0 10\n\n' > /proc/2/uid_map } fails EINVAL
expect { printf '' > /proc/2/uid_map }
expect { cat /proc/2/uid_map } prints ""
printf ' 0\t0 10\n20 20 1\n' > /proc/2/uid_map
expect { cat /proc/2/uid_map } matches /^ +0 +0 +10\n +20 +20 +1$/
