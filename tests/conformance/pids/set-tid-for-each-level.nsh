# clone(2), set_tid: one number for each level, the innermost first; all of them must be free
unshare --pid
spawn first
expect { clone2 --name a --set-tid 50 } prints "3"
expect { clone2 --name b --set-tid 51,500 } prints "500"
expect { clone2 --name c --set-tid 1 } fails EEXIST
expect { clone2 --name c --set-tid 52,500 } fails EEXIST
expect { clone2 --name c --set-tid 52 } prints "4"
expect { grep NSpid /proc/500/status } prints "NSpid:	500	51"
