# execve(2): a privileged one has its addresses randomized again (PER_CLEAR_ON_SETID)
for name in a b c d e { mkdir /tmp/$name; touch /tmp/$name/cat; chmod 755 /tmp/$name/cat }
chmod 4755 /tmp/a/cat
chmod 2755 /tmp/b/cat
setcap cap_dac_override=ep /tmp/c/cat
chown 5 /tmp/d/cat
chmod 4755 /tmp/d/cat
spawn w
expect { setarch -R /tmp/a/cat /proc/self/personality } prints "00000000"
expect { setarch -R /tmp/c/cat /proc/self/personality } prints "00040000"
w setuid 5
expect { w setarch -R --uname-2.6 /tmp/a/cat /proc/self/personality } prints "00020000"
expect { w setarch -R /tmp/b/cat /proc/self/personality } prints "00000000"
expect { w setarch -R /tmp/c/cat /proc/self/personality } prints "00000000"
expect { w setarch -R /tmp/d/cat /proc/self/personality } prints "00000000"
expect { w setarch -R /tmp/e/cat /proc/self/personality } prints "00040000"
w setpriv --no-new-privs setarch -R /tmp/a/cat /proc/self/personality > /tmp/kept
expect { cat /tmp/kept } prints "00040000"
w setpriv --no-new-privs setarch -R /tmp/c/cat /proc/self/personality > /tmp/kept
expect { cat /tmp/kept } prints "00000000"
