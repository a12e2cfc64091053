# pid_namespaces(7): what an init handles it gets, from inside and from outside
spawn --pid inner
inner { trap USR1 { echo "$SI_PID" >> /tmp/told }; spawn child }
kill -USR1 2
expect { child kill -USR1 1 }
expect { cat /tmp/told } matches /^0\n2$/
