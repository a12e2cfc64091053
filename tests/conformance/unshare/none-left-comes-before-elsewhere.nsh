# create_new_namespaces(): mounts, uts and ipc come before pids, and are refused before them
spawn --user w
echo 0 0 1 > /proc/2/uid_map
as w { echo 1 > /proc/sys/user/max_uts_namespaces; echo 0 > /proc/sys/user/max_net_namespaces }
w unshare --uts --pid
expect { w unshare --pid } fails EINVAL
expect { w unshare --pid --ipc } fails EINVAL
expect { w unshare --pid --net } fails EINVAL
expect { w unshare --pid --uts } fails ENOSPC
expect { w spawn --pid --uts c } fails ENOSPC
expect { w spawn --pid --net c } fails EINVAL
as w { echo 0 > /proc/sys/user/max_user_namespaces }
expect { w unshare --pid --user } fails ENOSPC
