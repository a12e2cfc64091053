# namespaces(7): a time namespace without tasks lives on while a file of it is open
unshare --time
echo boottime 900000 0 > /proc/self/timens_offsets
spawn a
a unshare --time
kept=$(a readlink /proc/self/ns/time)
exec 7< /proc/$(a getpid)/ns/time
a exit
wait
unshare --time
setns /proc/self/fd/7
expect $(readlink /proc/self/ns/time) == $kept
expect { cat /proc/uptime } matches /^9\d{5}\./
