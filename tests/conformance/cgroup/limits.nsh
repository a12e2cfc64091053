# inc_cgroup_namespaces(): max_cgroup_namespaces limits those of a user, until they end
spawn --user w
echo '0 0 100' > /proc/2/uid_map; echo '0 0 100' > /proc/2/gid_map
expect { w cat /proc/sys/user/max_cgroup_namespaces } prints "2147483647"
as w echo 2 > /proc/sys/user/max_cgroup_namespaces
w unshare --cgroup
w spawn --cgroup x
expect { w spawn --cgroup y } fails ENOSPC
expect { w unshare --cgroup } fails ENOSPC
w spawn --uts v
v exec 3< /proc/self/ns/cgroup
x exit
w wait x
expect { w spawn --cgroup z }
expect { w unshare --cgroup } fails ENOSPC
w setns /proc/self/ns/cgroup
expect { w unshare --cgroup } fails ENOSPC
