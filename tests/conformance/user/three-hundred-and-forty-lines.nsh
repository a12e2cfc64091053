# user_namespaces(7): a map has at most 340 lines, and less than a page in one write
spawn --user w
expect { printf '%s %s 1\n' $(seq 682) > /proc/2/uid_map } fails EINVAL
expect { head -c 4096 /dev/zero > /proc/2/uid_map } fails EINVAL
printf '%s %s 1\n' $(seq 680) > /proc/2/uid_map
expect { wc -l < /proc/2/uid_map } prints "340"
