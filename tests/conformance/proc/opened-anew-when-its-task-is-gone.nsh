# nd_jump_link(): who has a file of proc open may open it anew: ESRCH or EINVAL, or to read nothing
spawn gone
for name in status uid_map setgroups mountinfo timers { open --path /proc/2/$name }
open --path /proc/2/comm; open --path /proc/2/task/2/comm; open -m rw /proc/2/loginuid
gone exit 0
waitpid -n
expect { open -m r /proc/self/fd/3 }
expect { open -m r /proc/self/fd/4 } fails EINVAL
expect { open -m r /proc/self/fd/5 } fails ESRCH
expect { open -m r /proc/self/fd/6 } fails EINVAL
expect { open -m r /proc/self/fd/7 } fails ESRCH
expect { open -m r /proc/self/fd/8 }
expect { open -m r /proc/self/fd/9 } fails ESRCH
expect { cat /proc/self/fd/3 } fails ESRCH
expect { echo 5 > /proc/self/fd/10 } fails EPERM
