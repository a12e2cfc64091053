# namespaces(7): without tasks a cgroup namespace lives while its file is open or mounted somewhere
spawn --cgroup w
kept=$(readlink /proc/2/ns/cgroup)
exec 7< /proc/2/ns/cgroup
touch /tmp/ns
mount --bind /proc/2/ns/cgroup /tmp/ns
w exit
wait
spawn x
x nsenter --cgroup=/tmp/ns
expect $(x readlink /proc/self/ns/cgroup) == $kept
umount /tmp/ns
x setns /proc/1/ns/cgroup
x setns /proc/self/fd/7
expect $(x readlink /proc/self/ns/cgroup) == $kept
expect { grep -c . /tmp/ns } prints "0"
