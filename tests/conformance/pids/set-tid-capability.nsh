# alloc_pid(): who demands a pid has CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over each namespace
spawn w
w setuid 1000
expect { w clone2 -n a --set-tid 500 } fails EPERM
expect { w clone2 -n a --set-tid 1 } fails EPERM
expect { w clone2 -n a --set-tid 99999999 } fails EINVAL
spawn --user u
expect { u clone2 -n b --set-tid 501 } fails EPERM
expect { u clone2 -n b --set-tid 1,502 NEWPID } fails EPERM
expect { u clone2 -n b --set-tid 1 NEWPID } matches /^[0-9]+$/
expect { clone2 -n d --set-tid 500 } prints "500"
