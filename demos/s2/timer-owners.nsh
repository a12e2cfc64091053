#: # Whose number is in the timer statistics?
#:
#: Among what the pid namespaces still lacked in 2007, the notes have *"timer stat"*: a file that
#: told which process had set which timer, by a number that meant nothing inside a container. What
#: mainline has today tells it in the reader's numbers.
profile mainline
spawn --pid --mount web
as web mount -t proc proc /proc
as web spawn httpd
as httpd timer create -c boottime -s USR1
as httpd timer create -n none

#: From outside, the kernel's own number: httpd is 3.
cat /proc/3/timers
expect { cat /proc/3/timers } matches /^notify: signal\/pid\.3$/

#: Inside, it is 2, in the directory's name and in the file alike.
as web cat /proc/2/timers
expect { as web cat /proc/2/timers } matches /^notify: signal\/pid\.2$/
expect { as web cat /proc/2/timers } matches /^ID: 1\n/

#: A timer can signal one thread, and that is told in the same way.
as httpd spawn -t thread
as httpd timer create -c monotonic -s USR2 -t $(as thread gettid)
expect { as web cat /proc/2/timers } matches /^notify: signal\/tid\.3$/
expect { cat /proc/3/timers } matches /^notify: signal\/tid\.4$/

# Shows N5, N12.
