# namespaces(7): /proc/sys/user limits each user in each namespace, for those inside as well
spawn --user w
echo '0 0 100' > /proc/2/uid_map; echo '0 0 100' > /proc/2/gid_map
expect { w cat /proc/sys/user/max_uts_namespaces } prints "2147483647"
as w echo 2 > /proc/sys/user/max_uts_namespaces
as w echo 1 > /proc/sys/user/max_user_namespaces
w unshare --uts
w spawn --uts x
expect { w spawn --uts y } fails ENOSPC
w setresuid -1 5 -1
expect { as w echo 9 > /proc/sys/user/max_uts_namespaces } fails EACCES
w setresuid -1 0 -1
x exit 0
w wait
w spawn --uts z
w spawn --user u
expect { w spawn --user v } fails ENOSPC
