# namespaces(7): a zombie is still in its user namespace, which lives until it is waited for
spawn --user w
exec 3< /proc/2/ns/user
as w unshare --uts
expect $(readlink /proc/2/ns/user) == $(readlink /proc/self/fd/3)
w exit 0
expect $(readlink /proc/2/ns/user) == $(readlink /proc/self/fd/3)
expect { readlink /proc/2/ns/uts } fails ENOENT
wait
spawn x
x setns /proc/self/fd/3 || true
setns /proc/self/fd/3
expect { id -u } prints "65534"
