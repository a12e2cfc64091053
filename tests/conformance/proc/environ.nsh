# proc_pid_environ(5): what the program was given when it was executed, not what it has set since
spawn before; A=1; B='two words'; sleep infinity &
expect { tr '\0' '\n' < /proc/$!/environ } matches /^A=1\nB=two words$/
expect { cat /proc/$!/environ | wc -c } matches /^16$/
env -i ONLY=this sleep infinity &
( while ! grep -q ONLY /proc/$!/environ { true } )
expect { tr '\0' '\n' < /proc/$!/environ } matches /^ONLY=this$/
spawn dead; as dead exit
expect { cat /proc/$!/environ } fails ESRCH
expect { as before { setuid 1000; cat /proc/1/environ } } fails EACCES
